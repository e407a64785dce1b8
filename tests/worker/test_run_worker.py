"""The reminder process: quick with account mail, hard to end by accident, easy to end on purpose."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

import config
from tests.smtp_sink import SmtpSink
from tests.worker.conftest import Town
from tests.worker_process import WorkerProcess
from tracker import clock

pytestmark = pytest.mark.process


@contextmanager
def running(town: Town, sink: SmtpSink) -> Iterator[WorkerProcess]:
    """A worker that has made its first pass."""
    with WorkerProcess(town.instance, town.url, sink.url) as worker:
        sink.wait_until(lambda: any(sender.last_pass_at for sender in town.senders()))
        yield worker


def test_account_mail_leaves_within_five_seconds(town: Town) -> None:
    with SmtpSink() as sink, running(town, sink):
        for number in range(1, 4):
            began = time.monotonic()
            town.account_mail(town.user_id)
            sink.wait_until(lambda wanted=number: len(sink.messages) == wanted, 5)  # type: ignore[misc]
            assert time.monotonic() - began < 5


def test_a_reminder_that_is_due_at_the_start_is_sent(town: Town) -> None:
    town.due(town.user_id, clock.now_utc() - dt.timedelta(hours=40))
    with SmtpSink() as sink, running(town, sink):
        sink.wait_until(lambda: "sent" in town.states())
        assert sink.recipients == ["ada@example.org"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_when_asked_and_leaves_no_heartbeat(town: Town, number: int) -> None:
    with SmtpSink() as sink, running(town, sink) as worker:
        assert worker.stop(number) < 3
        assert town.senders() == []
        assert "Traceback" not in worker.said()


def test_asked_to_end_it_finishes_the_mail_that_has_left(town: Town) -> None:
    asked = threading.Event()

    def slow(stage: str, _recipient: str, _count: int) -> None:
        if stage == "dot":
            asked.wait(10)
            time.sleep(1)

    with SmtpSink(slow) as sink, running(town, sink) as worker:
        town.account_mail(town.user_id)
        sink.wait_until(lambda: town.states() == ["sending"])
        asked.set()
        assert worker.stop() < 6
        assert town.states() == ["sent"]
        assert len(sink.messages) == 1


def test_asked_to_end_it_gives_back_the_mail_that_a_hanging_server_has_not_taken(town: Town) -> None:
    over = threading.Event()

    def hang(stage: str, _recipient: str, _count: int) -> None:
        if stage == "rcpt":
            over.wait(60)

    with SmtpSink(hang) as sink, running(town, sink) as worker:
        town.account_mail(town.user_id)
        sink.wait_until(lambda: sink.stages["rcpt"] == 1)
        assert worker.stop() < 6
        assert town.states() == ["queued"]
        over.set()
        time.sleep(0.2)
        assert sink.messages == []


@contextmanager
def no_database(town: Town) -> Iterator[None]:
    """SQLite: somebody else writes for longer than anybody waits. PostgreSQL: every connection is cut."""
    engine = town.sessions.kw["bind"]
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execution_options(writes=True).execute(text("SELECT 1"))
            time.sleep(6)
            yield
            connection.rollback()
        return
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        yield


def test_a_database_that_is_away_does_not_end_it_and_loses_nothing(town: Town) -> None:
    with SmtpSink() as sink, running(town, sink) as worker:
        town.account_mail(town.user_id)
        with no_database(town):
            assert worker.is_alive()
        town.sessions.kw["bind"].dispose()
        town.account_mail(town.other_id)
        sink.wait_until(lambda: sorted(sink.recipients) == ["ada@example.org", "eve@example.org"], 30)
        assert worker.is_alive()
        assert worker.stop() < 6


def test_where_it_is_asked_to_it_ends_with_its_parent(town: Town) -> None:
    child = "import config; from tracker.worker import run_worker; run_worker(config.load(), with_parent=True)"
    parent = (
        "import subprocess, sys, time\n"
        f"print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid, flush=True)\n"
        "time.sleep(60)"
    )
    with SmtpSink() as sink:
        env = WorkerProcess(town.instance, town.url, sink.url).env
        process = subprocess.Popen(
            [sys.executable, "-c", parent], env=env, cwd=config.ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.stdout.close()
        sink.wait_until(lambda: len(town.senders()) == 1)
        process.kill()
        process.wait(10)
        sink.wait_until(lambda: town.senders() == [], 10)
        sink.wait_until(lambda: not alive(pid), 10)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
