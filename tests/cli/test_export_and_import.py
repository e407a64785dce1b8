"""`tracker export` and `tracker import`, from one server to a fresh one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.site import Site

pytestmark = pytest.mark.process


@pytest.fixture
def old(tmp_path: Path) -> Site:
    folder = tmp_path / "old"
    folder.mkdir()
    return Site(folder)


def test_a_whole_history_moves(old: Site, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    new, file = Site(tmp_path / "new"), str(tmp_path / "demo.json")
    assert old.tracker("demo").returncode == 0
    assert old.tracker("export", "demo@example.org", "-o", file).returncode == 0
    came = new.tracker("import", "demo@example.org", file)
    assert (came.returncode, "forgot-password" in came.stdout) == (0, True), came.stderr
    again = new.tracker("import", "demo@example.org", file)
    assert again.stdout.startswith("0 records came in")
    one, other = (json.loads(site.tracker("export", "demo@example.org").stdout) for site in (old, new))
    count = {name: len(rows) for name, rows in one["records"].items()}
    assert count == {name: len(rows) for name, rows in other["records"].items()}
    assert count["study_session"] > 50


def test_its_owner_sees_that_it_was_taken(old: Site) -> None:
    assert old.tracker("demo").returncode == 0
    taken = json.loads(old.tracker("export", "demo@example.org").stdout)
    last = taken["only_here"]["security_event"][-1]
    assert (last["kind"], last["device"], last["network"]) == ("data-exported", "", "")


def test_what_exists_is_not_overwritten(old: Site, tmp_path: Path) -> None:
    old.tracker("users", "create", "ada@example.org", given="violet-harbor-quilt-27\n")
    file = tmp_path / "ada.json"
    file.write_text("mine")
    refused = old.tracker("export", "ada@example.org", "-o", str(file))
    assert (refused.returncode, file.read_text()) == (1, "mine")


def test_a_bad_file_makes_no_account(old: Site, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"format": "waymark", "version": 1, "records": {"planet": []}, "account": {"timezone": "Mars"}}')
    refused = old.tracker("import", "ada@example.org", str(file))
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "no such account" in old.tracker("export", "ada@example.org").stderr


def test_a_stranger_cannot_be_exported(old: Site) -> None:
    refused = old.tracker("export", "nobody@example.org")
    assert (refused.returncode, refused.stderr.strip()) == (1, "nobody@example.org: there is no such account.")
