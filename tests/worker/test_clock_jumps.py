"""A clock that jumps while the process runs: the scheduler goes on at once, whatever the clock says."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time

import pytest
import time_machine

from tests.worker.conftest import Town
from tracker import clock, housekeeping
from tracker.housekeeping import Worker

REAL = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)


def wait_for(worker: Worker, after: dt.datetime | None) -> dt.datetime:
    """The next pass after one, once it is over."""
    deadline = time.monotonic() + 10
    while (
        worker.last_pass is None or worker.last_pass == after or any(t.name == "_scan" for t in threading.enumerate())
    ):
        assert time.monotonic() < deadline, "the worker looks for nothing"
        worker.watch()
        time.sleep(0.02)
    return worker.last_pass


@pytest.mark.parametrize("hours", [-1, 1, 24 * 365 * 10])
def test_after_a_jump_it_looks_for_what_is_due_at_once(
    town: Town, hours: int, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(town.settings, town.sessions, {})
    with caplog.at_level(logging.WARNING):
        with time_machine.travel(REAL, tick=True):
            worker.start()
            first = wait_for(worker, None)
            assert caplog.text == ""
        with time_machine.travel(REAL + dt.timedelta(hours=hours), tick=True):
            second = wait_for(worker, first)
            assert abs(second - clock.now_utc()) < dt.timedelta(minutes=1)
            assert "the clock jumped" in caplog.text
            worker.end()


def test_a_start_after_years_is_no_jump(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(REAL + dt.timedelta(days=3650), tick=True), caplog.at_level(logging.WARNING):
        worker = Worker(town.settings, town.sessions, {})
        worker.start()
        wait_for(worker, None)
        worker.end()
    assert caplog.text == ""


def test_a_scan_that_stopped_without_a_jump_is_noticed_and_said(
    town: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "STALLED_SECONDS", 0.2)
    worker = Worker(town.settings, town.sessions, {})
    worker.start()
    first = wait_for(worker, None)
    with caplog.at_level(logging.ERROR):
        wait_for(worker, first)
    assert "waking the scheduler" in caplog.text
    worker.end()
