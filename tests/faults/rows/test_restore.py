"""Row 30: a backup that is made while everybody writes, and the way back to it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.table import form
from tests.faults.trial import Trial, wait_until
from tests.faults.visitor import FaultySite, Visitor
from tests.people import path_of

pytestmark = pytest.mark.process
Say = Callable[[str], None]
WRITERS, BACKUPS = 4, form(3, 20)
Rows = set[tuple[int, str, str]]


class Writer:
    """A learner who ticks without a pause; ``acknowledged`` is what the site has said yes to."""

    def __init__(self, trial: Trial, url: str, number: int) -> None:
        self.visitor = Visitor(url).log_in(f"learner-{number}@example.org")
        keys = [milestone.key for milestone in path_of(trial.catalog).active]
        self.wanted = [(key, state) for state in ("done", "doing") * 1000 for key in keys]
        self.acknowledged = 0

    def write(self, over: threading.Event) -> None:
        while not over.is_set():
            assert self.visitor.tick(*self.wanted[self.acknowledged]).status == 303
            self.acknowledged += 1
        self.visitor.close()


@contextmanager
def writing(writers: list[Writer]) -> Iterator[None]:
    over = threading.Event()
    threads = [threading.Thread(target=writer.write, args=(over,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def ticks_of(file: Path, writer: int) -> list[tuple[str, str]]:
    """What a database has of one learner, in order; raises where it is not sound."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not copy.execute("PRAGMA foreign_key_check").fetchall()
        return copy.execute(
            "SELECT milestone, to_state FROM progress_log JOIN user_account ON user_account.id = user_id "
            "WHERE email = ? ORDER BY progress_log.id",
            (f"learner-{writer}@example.org",),
        ).fetchall()


@pytest.mark.fault(
    30, "backup while four learners write, kill -9, restore", "sound; nothing missing that was there when it began"
)
def test_a_backup_under_writes_and_the_way_back(trial: Trial, tmp_path: Path, seen: Say) -> None:
    trial.learners(WRITERS)
    live = Path(trial.url.removeprefix("sqlite:///"))
    site = FaultySite(trial.instance, trial.url).start()
    writers = [Writer(trial, site.url, number) for number in range(WRITERS)]
    later = 0
    with writing(writers):
        for number in range(BACKUPS):
            before = [writer.acknowledged for writer in writers]
            wait_until(lambda before=before: all(w.acknowledged > b for w, b in zip(writers, before, strict=True)))  # type: ignore[misc]
            before = [writer.acknowledged for writer in writers]
            file = tmp_path / f"{number}.backup"
            made = site.tracker("backup", str(file))
            assert made.returncode == 0, made.stderr
            found = [ticks_of(file, number) for number in range(WRITERS)]
            for writer, ticks, least in zip(writers, found, before, strict=True):
                assert ticks == writer.wanted[: len(ticks)]
                assert len(ticks) >= least
            later += sum(map(len, found)) - sum(before)
    acknowledged = sum(writer.acknowledged for writer in writers)
    site.kill()  # what it leaves beside the database belongs to a newer state than the backup
    log = live.with_name(f"{live.name}-wal").stat().st_size
    back = site.tracker("restore", str(file))
    assert back.returncode == 0, back.stderr
    with site, Visitor(site.url) as visitor:
        assert [ticks_of(live, number) for number in range(WRITERS)] == found
        visitor.log_in("learner-0@example.org")
        assert visitor.tick(*writers[0].wanted[len(found[0])]).status == 303
    seen(
        f"{BACKUPS} backups among {acknowledged} ticks: missing 0 ({later} came in while they were made); restored "
        f"over a log of {log // 1000} kB, {sum(map(len, found))} ticks are back, and it goes on"
    )
    assert log > 0
