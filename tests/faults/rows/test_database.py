"""Rows 19 to 21: a database that is locked, full, or started anew in the middle of it."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.faults.server import Server
from tests.faults.table import LONG, form
from tests.faults.trial import PATIENCE, QUICK, Once, Trial, outcome, wait_until
from tests.smtp_sink import SmtpSink
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.housekeeping import SENDERS
from tracker.migrate import migrate

pytestmark = pytest.mark.process
Say = Callable[[str], None]
SCALE = form(5, 1)
"""The short form takes a fifth of all times, the worker's own patience with a lock included."""


@pytest.mark.parametrize("seconds", [8, 15])
@pytest.mark.fault(19, "database locked for 8 s and for 15 s", "waits or says so and tries again; lost 0; lives")
def test_a_database_that_is_locked(trial: Trial, sink: SmtpSink, seen: Say, seconds: int) -> None:
    trial.learners(40)
    gone_on = threading.Event()
    patience = {**QUICK, "tracker.db.BUSY_SECONDS": db.BUSY_SECONDS / SCALE}

    def policy(stage: str, _recipient: str, count: int) -> None:
        if stage == "dot" and count > 5:  # some are between fence and record, others between claim and fence
            wait_for_lock.set()
            gone_on.wait(60)

    wait_for_lock, sink.policy = threading.Event(), policy
    worker = trial.child(sink.url, patch=patience).start()
    assert wait_for_lock.wait(60)
    with trial.locked("outbox_mail IN ACCESS EXCLUSIVE MODE"):
        gone_on.set()
        time.sleep(seconds / SCALE)
        assert worker.is_alive()
    wait_until(trial.all_are(40, "sent"))
    found = outcome(trial, sink)
    said = worker.said().count("cannot be recorded yet") + worker.said().count("cannot be used at the moment")
    scaled = "" if LONG else f" (all times / {SCALE})"
    seen(f"{seconds} s{scaled}: said {said} times, {found}")
    assert (found.lost, found.doubled, worker.is_alive()) == (0, 0, True)
    worker.stop()


class Full:
    """A disk without room for one more page, for one worker, from one moment to another."""

    def __init__(self, trial: Trial, flag: Path) -> None:
        self.trial, self.flag, self.pid = trial, flag, 0

    def begins(self, states: tuple[str, ...]) -> None:
        """From now on rows that come into one of these states find no room."""
        if not self.trial.is_sqlite:
            self._refuse(states)
        elif states == ("queued",):
            self.flag.touch()  # PRAGMA max_page_count: SQLite's own "database or disk is full"
        else:
            log = Path(self.trial.url.removeprefix("sqlite:///") + "-wal")
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))

    def ends(self) -> None:
        """Somebody has made room."""
        if not self.trial.is_sqlite:
            self._run("DROP TRIGGER full_disk ON outbox_mail")
        self.flag.unlink(missing_ok=True)
        if self.pid:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def _refuse(self, states: tuple[str, ...]) -> None:
        """PostgreSQL's error of a full disk (53100), raised where it would raise it."""
        self._run(
            "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        wanted = ", ".join(f"'{state}'" for state in states)
        self._run(
            "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON outbox_mail FOR EACH ROW "
            f"WHEN (NEW.state IN ({wanted})) EXECUTE FUNCTION full_disk()"
        )

    def _run(self, statement: str) -> None:
        with self.trial.sessions.kw["bind"].begin() as connection:
            connection.execute(text(statement))


@pytest.fixture
def full(trial: Trial, tmp_path: Path) -> Full:
    return Full(trial, tmp_path / "full")


def is_full(said: str) -> bool:
    return any(word in said for word in ("disk is full", "disk I/O error", "No space left"))


@pytest.mark.fault(20, "disk full at the tick", "0 rows, said; then a row for each without help")
def test_a_disk_that_is_full_at_the_tick(trial: Trial, sink: SmtpSink, full: Full, seen: Say) -> None:
    trial.learners(100)
    full.begins(("queued",))
    worker = trial.child(sink.url, faults={"FULL": str(full.flag)} if trial.is_sqlite else {}).start()
    wait_until(lambda: worker.said().count("cannot be used at the moment") >= 2)
    between = len(trial.mails())
    full.ends()
    wait_until(trial.all_are(100, "sent"))
    found = outcome(trial, sink)
    seen(f"{between} rows, then {found}")
    assert is_full(worker.said())
    assert (between, found.lost, found.doubled, worker.is_alive()) == (0, 0, 0, True)


@pytest.mark.parametrize(("stage", "state"), [("data", "sending"), ("dot", "sent")])
@pytest.mark.fault(20, "disk full at the mark, at recording", "mark: 0 sent; recording: kept trying, none doubled")
def test_a_disk_that_is_full_in_the_middle(
    trial: Trial, sink: SmtpSink, full: Full, seen: Say, stage: str, state: str
) -> None:
    trial.learners(12)
    with trial.sessions.kw["bind"].connect() as connection:
        if trial.is_sqlite:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        lock, first, started = threading.Lock(), Once(), threading.Event()

        def policy(at: str, _recipient: str, _count: int) -> None:
            with lock:
                if at == stage and first():
                    started.wait()  # a mail may be under way before the number of its process is known here
                    full.begins((state,))

        sink.policy = policy
        # Emptying SQLite's log in the middle of it would make room again.
        worker = trial.child(sink.url, patch={**QUICK, "tracker.housekeeping.empty_log": {"slow": 2 * PATIENCE}})
        worker.start()
        full.pid = worker.pid if trial.is_sqlite else 0
        started.set()
        wait_until(lambda: is_full(worker.said()))
        time.sleep(1)
        between = len(sink.messages)
        full.ends()
        wait_until(trial.all_are(12, "sent"))
    found, doubt = outcome(trial, sink), sum(mail.ambiguous for mail in trial.mails())
    where = "at the mark" if stage == "data" else "at recording"
    seen(f"{where}: {between} had left, then {found}, in doubt {doubt}")
    assert (found.lost, found.doubled, worker.is_alive()) == (0, 0, True)
    assert between <= (0 if stage == "data" else SENDERS)


@pytest.mark.fault(21, "PostgreSQL restarted (immediate) in the middle", "as row 2: lost 0, doubled at most 4 each")
def test_a_server_that_is_restarted(tmp_path: Path, catalog: Catalog, sink: SmtpSink, seen: Say) -> None:
    restarts, learners = form(2, 10), form(120, 1000)
    with Server() as server:
        engine = db.make_engine(server.url)
        migrate(engine)
        trial = Trial(server.url, tmp_path, db.make_sessions(engine), catalog)
        try:
            trial.learners(learners)
            sink.policy = lambda stage, _r, _n: time.sleep(0.02) if stage == "dot" else None
            worker = trial.child(sink.url).start()
            for number in range(restarts):
                wanted = (number + 1) * learners // (restarts + 2)
                wait_until(lambda wanted=wanted: len(sink.messages) >= wanted)  # type: ignore[misc]
                server.restart()
                engine.dispose()
            wait_until(trial.all_are(learners, "sent", "unknown"))
            found = outcome(trial, sink)
            seen(f"{restarts} restarts, {found}")
            assert (found.lost, found.tripled, found.unasked, worker.is_alive()) == (0, 0, 0, True)
            assert found.doubled <= SENDERS * restarts
            worker.stop()
        finally:
            trial.clean_up()
