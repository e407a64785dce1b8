"""Rows 27 and 28: the site over a disk without room, and over a database that somebody else holds locked."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.faults.table import form
from tests.faults.trial import Trial
from tests.faults.visitor import TICKS, Answer, FaultySite, Visitor
from tests.people import PASSWORD, path_of
from tracker import db
from tracker.models import MilestoneNote, ProgressLog

pytestmark = pytest.mark.process
Say = Callable[[str], None]
SCALE = form(5, 1)
"""The short form takes a fifth of all times."""
NOTE = "What I understood of broadcasting, at some length:\n" + "shapes are compared from the end. " * 40
LEARNER = "learner-0@example.org"
WRITTEN = "milestone_note, milestone_state, progress_log IN EXCLUSIVE MODE"
"""What PostgreSQL keeps from being written; reading goes on beside it."""


class SmallDisk:
    """Where the database lies, with room that can be taken away and given back."""

    def __init__(self, trial: Trial, folder: Path) -> None:
        self.trial, self.folder, self.url, self.faults = trial, folder, trial.url, dict[str, str]()
        self.how = "PostgreSQL's own error of a full disk"
        if trial.is_sqlite:
            self.how = "a tmpfs of 4 MB" if self._mount() else "PRAGMA max_page_count"
        if self.how.startswith("PRAGMA"):
            self.faults = {"FULL": str(folder / "full")}

    def _mount(self) -> bool:
        self.folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(self.folder)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            return False
        self.trial.sessions.kw["bind"].dispose()
        shutil.copy(self.trial.url.removeprefix("sqlite:///"), self.folder / "tracker.db")
        self.url = f"sqlite:///{self.folder / 'tracker.db'}"
        self.trial.sessions.configure(bind=db.make_engine(self.url))
        return True

    def fills(self) -> None:
        """Room is left for a few ticks; where the database itself says that it is full, for none."""
        if self.how.startswith("PostgreSQL"):
            self._refuse("milestone_note", "progress_log", "user_session")
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while self.how.startswith("a tmpfs"):
                    ballast.write(bytes(4096))
            except OSError:
                ballast.truncate(max(0, ballast.tell() - 100_000))
        (self.folder / "full").touch()

    def empties(self) -> None:
        """Somebody has made room."""
        if self.how.startswith("PostgreSQL"):
            self._run("DROP FUNCTION full_disk CASCADE")
            return
        for name in ("ballast", "full"):
            (self.folder / name).unlink(missing_ok=True)

    def _refuse(self, *tables: str) -> None:
        self._run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        for table in tables:
            self._run(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION full_disk()")

    def _run(self, statement: str) -> None:
        with self.trial.sessions.kw["bind"].begin() as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        """Before the next trial."""
        self.trial.sessions.kw["bind"].dispose()
        if self.how.startswith("a tmpfs"):
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(trial: Trial, tmp_path: Path) -> Iterator[SmallDisk]:
    trial.learners(1)
    made = SmallDisk(trial, tmp_path / "disk")
    yield made
    made.close()


def kept(trial: Trial) -> tuple[list[tuple[str, str]], str | None]:
    """What the database has of ticks and of the note."""
    with trial.sessions() as session:
        rows = session.execute(select(ProgressLog.milestone, ProgressLog.to_state).order_by(ProgressLog.id))
        return [(key, state) for key, state in rows], session.scalar(select(MilestoneNote.body))


@pytest.mark.fault(
    27, "disk full while somebody writes", "507 in words, text kept; pages are read; 0 acknowledged lost; goes on"
)
def test_a_disk_without_room(trial: Trial, disk: SmallDisk, seen: Say) -> None:
    keys = [milestone.key for milestone in path_of(trial.catalog).active]
    wanted = [(key, state) for state in ("done", "doing", "todo") * 100 for key in keys]
    acknowledged = wanted[:5]
    with FaultySite(trial.instance, disk.url, faults=disk.faults) as site, Visitor(site.url) as visitor:
        visitor.log_in(LEARNER)
        assert {visitor.tick(key, state).status for key, state in acknowledged} == {303}
        disk.fills()
        for key, state in wanted[5:]:
            refused = visitor.tick(key, state)
            if refused.status != 303:
                break
            acknowledged.append((key, state))
        note = visitor.post(f"{TICKS}/numpy/note", body=NOTE)
        pages = {path: visitor.get(path).status for path in ("/dashboard", "/plan", "/paths", "/readyz")}
        present = kept(trial)
        disk.empties()
        again = visitor.post(f"{TICKS}/numpy/note", **note.fields)
        more = visitor.tick("numpy", "skipped")
        seen(
            f"{disk.how}: {len(acknowledged)} ticks acknowledged and then 507, {len(present[0])} kept; "
            "reading went on, sent again with room it was kept"
        )
        assert site.process
        assert site.process.poll() is None
    for answer in (refused, note):
        assert (answer.status, answer.headers["Retry-After"]) == (507, "60")
        assert "storage is full" in answer.body
    assert note.fields["body"].replace("\r\n", "\n") == NOTE
    assert {status for path, status in pages.items() if path != "/readyz"} == {200}, pages
    assert present == (acknowledged, None)
    assert (again.status, more.status) == (303, 303)
    assert kept(trial) == ([*acknowledged, ("numpy", "skipped")], NOTE)
    assert_sound(trial)


def assert_sound(trial: Trial) -> None:
    if trial.is_sqlite:
        with trial.sessions() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.fault(27, "disk full while somebody logs in", "507 says why; the address is kept; goes on")
def test_a_log_in_without_room(trial: Trial, disk: SmallDisk, seen: Say) -> None:
    with FaultySite(trial.instance, disk.url, faults=disk.faults) as site, Visitor(site.url) as stranger:
        stranger.read_token("/login")
        disk.fills()
        refused = next(answer for answer in (try_to_log_in(site) for _ in range(50)) if answer.status != 303)
        disk.empties()
        again = stranger.post("/login", email=LEARNER, password=PASSWORD)
        seen(f"{disk.how}: {refused.status}, then {again.status} with room")
    assert (refused.status, refused.headers["Retry-After"]) == (507, "60")
    assert "nobody can log in for the moment" in refused.body
    assert f'name="email" value="{LEARNER}"' in refused.body
    assert 'type="password"' in refused.body
    assert PASSWORD not in refused.body
    assert refused.fields["next"] == "/plan"
    assert again.status == 303


def try_to_log_in(site: FaultySite) -> Answer:
    """Where room is left for a few, until there is none."""
    with Visitor(site.url) as visitor:
        visitor.read_token("/login")
        return visitor.post("/login", email=LEARNER, password=PASSWORD, next="/plan")


@pytest.mark.fault(28, "database locked for 3 s", "waited for: 303")
def test_a_lock_that_ends_in_time(trial: Trial, seen: Say) -> None:
    trial.learners(1)
    patience = {"tracker.db.BUSY_SECONDS": db.BUSY_SECONDS}
    with FaultySite(trial.instance, trial.url, patch=patience) as site, Visitor(site.url) as visitor:
        visitor.log_in(LEARNER)
        with ThreadPoolExecutor() as pool:
            with trial.locked(WRITTEN):
                answer = pool.submit(visitor.tick, "numpy", "done")
                time.sleep(3 / SCALE)
            status, seconds = answer.result().status, answer.result().seconds
    seen(f"{status} after {seconds:.1f} s" + ("" if SCALE == 1 else f" (locked for 3 s / {SCALE})"))
    assert (status, kept(trial)[0]) == (303, [("numpy", "done")])


@pytest.mark.fault(
    28, "database locked for 30 s, 16 write at once", "503 in words, Retry-After, text kept; read goes on"
)
def test_a_lock_that_does_not_end(trial: Trial, seen: Say) -> None:
    trial.learners(1)
    patience = {"tracker.db.BUSY_SECONDS": db.BUSY_SECONDS / SCALE}
    with FaultySite(trial.instance, trial.url, patch=patience) as site:
        visitors = [Visitor(site.url) for _ in range(16)]
        for visitor in visitors:
            visitor.log_in(LEARNER)
        with trial.locked(WRITTEN), ThreadPoolExecutor(len(visitors)) as pool:
            begun = threading.Barrier(len(visitors))
            answers = list(pool.map(lambda visitor: write(visitor, begun), visitors))
            read = visitors[0].get("/plan")
        slowest = max(answer.seconds for answer in answers)
        again = visitors[0].post(f"{TICKS}/numpy/note", **answers[0].fields)
        for visitor in visitors:
            visitor.close()
    seen(
        f"{len(answers)} x 503, the slowest after {slowest:.1f} s of {db.BUSY_SECONDS / SCALE:g} s patience; then kept"
    )
    for answer in answers:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert "database is busy" in answer.body
        assert answer.fields["body"].replace("\r\n", "\n") == NOTE
    assert (read.status, again.status, kept(trial)[1]) == (200, 303, NOTE)
    with trial.sessions() as session:
        assert session.scalar(select(func.count()).select_from(MilestoneNote)) == 1


def write(visitor: Visitor, begun: threading.Barrier) -> Answer:
    begun.wait()
    return visitor.post(f"{TICKS}/numpy/note", body=NOTE)
