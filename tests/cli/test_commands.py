"""The `tracker` command as somebody at a terminal meets it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.people import PASSWORD
from tests.site import Site
from tracker.catalog.schema import Catalog

pytestmark = pytest.mark.process


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation on SQLite that is not running: the commands alone."""
    return Site(tmp_path)


def test_an_account_is_made_promoted_and_deleted(site: Site) -> None:
    assert site.tracker("users", "create", "Grace@Example.org", given=PASSWORD + "\n").returncode == 0
    assert "administer" in site.tracker("users", "promote", "grace@example.org").stdout
    twice = site.tracker("users", "create", "grace@example.org", given=PASSWORD + "\n")
    assert twice.returncode != 0
    assert "Traceback" not in twice.stderr
    assert site.tracker("users", "delete", "grace@example.org").returncode == 0
    gone = site.tracker("users", "delete", "grace@example.org")
    assert gone.returncode == 1
    assert gone.stderr.strip() == "grace@example.org: there is no such account."


def test_a_weak_password_is_refused_in_a_line(site: Site) -> None:
    refused = site.tracker("users", "create", "grace@example.org", given="short\n")
    assert refused.returncode == 1
    assert "12" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_broken_setting_stops_the_start_with_one_line(tmp_path: Path) -> None:
    refused = Site(tmp_path, TRACKER_MAIL_SPREAD="soon").tracker("serve")
    assert refused.returncode == 1
    assert refused.stderr.strip() == "TRACKER_MAIL_SPREAD: 'soon' is not a whole number from 0 to 1440."


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://ada:secret@127.0.0.1:port/waymark", "must look like postgresql+psycopg://user:password@host"),
        ("postgresql://ada:secret@127.0.0.1:1/waymark", "the database cannot be used: "),
        ("postgresql://ada:secret@127.0.0.1:1/waymark?frob=1", 'invalid connection option "frob"'),
        ("sqlite:///{folder}/nowhere/tracker.db", "unable to open database file"),
        ("sqlite:///{folder}/notes.txt", "file is not a database"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(
    tmp_path: Path, url: str, why: str
) -> None:
    (tmp_path / "notes.txt").write_text("These are notes, and no database. " * 10)
    refused = Site(tmp_path, TRACKER_DATABASE_URL=url.format(folder=tmp_path)).tracker("reminders", "status")
    assert refused.returncode == 1
    assert refused.stderr.startswith("TRACKER_DATABASE_URL: ")
    assert why in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert "secret" not in refused.stderr


def test_a_misspelt_setting_is_warned_about(tmp_path: Path) -> None:
    warned = Site(tmp_path, TRACKER_MAIL_ULR="smtp://127.0.0.1").tracker("reminders", "status")
    assert "TRACKER_MAIL_ULR is not a setting" in warned.stderr


def test_the_shipped_catalogue_is_sound(site: Site) -> None:
    checked = site.tracker("catalog", "check")
    assert checked.returncode == 0
    assert "sound" in checked.stdout


def test_a_broken_path_file_is_told_with_file_and_line(site: Site, tmp_path: Path) -> None:
    broken = tmp_path / "baker.yaml"
    broken.write_text("title: Baker\nphases: [\n")
    checked = site.tracker("catalog", "check", str(broken))
    assert checked.returncode == 1
    assert checked.stdout.startswith(f"{broken}:")
    assert int(checked.stdout.split(":")[1]) >= 1


def test_a_file_that_would_orphan_somebodys_ticks_is_refused(site: Site, tmp_path: Path, catalog: Catalog) -> None:
    assert site.tracker("demo").returncode == 0
    shipped = Path(__file__).parents[2] / "seed_data" / "paths" / "ml-engineer.yaml"
    changed = tmp_path / "ml-engineer.yaml"
    changed.write_text(
        shipped.read_text()
        .replace("\n  numpy:\n", "\n  numpy-and-arrays:\n")
        .replace("numpy,", "")
        .replace(", numpy]", "]")
        .replace("[numpy]", "[]")
    )
    checked = site.tracker("catalog", "check", str(changed))
    assert checked.returncode == 1
    assert "numpy" in checked.stdout


def test_reminders_answer_in_json(site: Site) -> None:
    figures = json.loads(site.tracker("reminders", "run", "--json").stdout.splitlines()[-1])
    assert figures == {"due": 0, "queued": 0, "sent": 0, "retry": 0, "dead": 0, "skipped": 0, "unknown": 0}
    status = json.loads(site.tracker("reminders", "status", "--json").stdout.splitlines()[-1])
    assert status["queued"] == 0


def test_a_backup_is_whole_and_overwrites_nothing(site: Site, tmp_path: Path) -> None:
    site.tracker("demo")
    target = tmp_path / "copy.db"
    assert site.tracker("backup", str(target)).returncode == 0
    assert target.stat().st_mode & 0o077 == 0
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT email FROM user_account").fetchall() == [("demo@example.org",)]
    copy.close()
    before = target.read_bytes()
    refused = site.tracker("backup", str(target))
    assert refused.returncode == 1
    assert "not overwritten" in refused.stderr
    assert target.read_bytes() == before
    assert not list(tmp_path.glob(".*.part"))


def test_a_backup_comes_back_and_what_was_there_is_kept(site: Site, tmp_path: Path) -> None:
    before, after = tmp_path / "before.db", "late@example.org"
    assert site.tracker("backup", str(before)).returncode == 0
    assert site.tracker("users", "create", after, given=f"{PASSWORD}\n").returncode == 0
    said = site.tracker("restore", str(before))
    assert said.returncode == 0, said.stderr
    (kept,) = site.instance.glob("tracker.db.replaced-*")
    assert str(kept) in said.stdout
    assert kept.stat().st_mode & 0o077 == 0
    assert "no such account" in site.tracker("users", "delete", after).stderr
    assert site.tracker("restore", str(kept)).returncode == 0
    assert site.tracker("users", "delete", after).returncode == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read as a backup"),
        (b"no database at all, but long enough to be looked at" * 20, "cannot be read as a backup"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
    ],
    ids=["missing", "something else", "newer"],
)
def test_what_is_no_backup_changes_nothing(site: Site, tmp_path: Path, content: bytes | str | None, said: str) -> None:
    file = tmp_path / "file.db"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        assert site.tracker("backup", str(file)).returncode == 0
        with closing(sqlite3.connect(file, isolation_level=None)) as copy:
            copy.execute(content)
    refused = site.tracker("restore", str(file))
    assert refused.returncode == 1
    assert said in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not list(site.instance.glob("*.replaced-*"))


def test_the_demo_is_refused_in_production(tmp_path: Path) -> None:
    site = Site(tmp_path, TRACKER_ENV="production", TRACKER_SECRET_KEY="k" * 32)
    refused = site.tracker("demo")
    assert refused.returncode == 1
    assert "not made in production" in refused.stderr
