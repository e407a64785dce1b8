"""The process that writes mails for those that send them: of use while it lives, missed by nobody when it does not."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.mailing import bare, weekly
from tests.people import make_user
from tests.smtp_sink import SmtpSink
from tests.worker.conftest import Town
from tests.worker_process import WorkerProcess
from tracker import clock
from tracker.models import OutboxMail, User
from tracker.outbox.enqueue import enqueue
from tracker.outbox.letters import Desk
from tracker.outbox.render import Content
from tracker.outbox.scribe import Scribe
from tracker.worker import composers

MANY = 30


def mails(town: Town, count: int = MANY) -> list[OutboxMail]:
    """Account mails that wait, as they are in the outbox."""
    with town.sessions() as session:
        user = make_user(session, "grace@example.org")
        for _ in range(count):
            enqueue(session, user_id=user.id, kind="password-changed", recipient=user.email, now=clock.now_utc())
        session.commit()
        found = list(session.scalars(select(OutboxMail)))
        session.expunge_all()
    return found


@contextmanager
def scribe_of(town: Town, **making: object) -> Iterator[Scribe]:
    scribe = Scribe(town.settings, making or composers(town.settings))  # type: ignore[arg-type]  # any callable
    try:
        yield scribe
    finally:
        scribe.end()


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while is_there(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_it_writes_is_what_would_have_been_written_here(town: Town) -> None:
    batch, now = mails(town), clock.now_utc()
    here = Desk(town.settings, town.sessions, composers(town.settings), lambda: now).read(batch)
    with scribe_of(town) as scribe:
        there = scribe.write(batch, now)
    assert there == {number: write() for number, write in here.items()}
    assert len(there) == MANY


def test_a_few_mails_are_sooner_written_here(town: Town) -> None:
    with scribe_of(town) as scribe:
        assert scribe.write(mails(town, 1), clock.now_utc()) == {}


def test_a_mail_that_it_cannot_write_is_left_to_whoever_asked(town: Town) -> None:
    batch = mails(town)
    poison = batch[3].id

    def poisoned(session: object, mail: OutboxMail, user: User, now: object) -> Content:
        if mail.id == poison:
            raise RuntimeError("bad data")
        return bare(session, mail, user, now)  # type: ignore[arg-type]  # it looks at the mail alone

    with scribe_of(town, **{"password-changed": poisoned}) as scribe:
        assert scribe.write(batch, clock.now_utc()).keys() == {mail.id for mail in batch} - {poison}


def test_killed_it_is_missed_by_nobody(town: Town) -> None:
    batch, now = mails(town), clock.now_utc()
    with scribe_of(town) as scribe:
        os.kill(scribe.pid, signal.SIGKILL)
        desk = Desk(town.settings, town.sessions, composers(town.settings), lambda: now, scribe.write)
        for _ in range(2):
            assert len([write() for write in desk.read(batch).values()]) == MANY


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_the_worker(town: Town, number: int) -> None:
    with SmtpSink() as sink, WorkerProcess(town.instance, town.url, sink.url) as worker:
        sink.wait_until(lambda: any(sender.last_pass_at for sender in town.senders()))
        assert worker.process
        pid = worker.process.pid
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        assert len(children) == (1 if (os.cpu_count() or 1) > 1 else 0)
        worker.process.send_signal(number)
        for child in children:
            wait_until_gone(child)


@pytest.mark.process
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="on one core there is none")
def test_an_end_in_good_order_while_it_writes_is_no_trouble(town: Town) -> None:
    with SmtpSink() as sink, WorkerProcess(town.instance, town.url, sink.url) as worker:
        sink.wait_until(lambda: any(sender.last_pass_at for sender in town.senders()))
        assert worker.process
        pid = worker.process.pid
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(child), signal.SIGSTOP)
        with town.sessions() as session:
            user = session.get_one(User, town.user_id)
            for number in range(MANY):
                weekly(session, user, period=str(number), due_at=clock.now_utc())
        sink.wait_until(lambda: "claimed" in town.states())
        worker.process.send_signal(signal.SIGTERM)
        sink.wait_until(lambda: set(town.states()) == {"queued"})
        time.sleep(0.5)  # now the worker ends, and with it the process that writes
        os.kill(int(child), signal.SIGCONT)
        assert worker.process.wait(30) == 0
        assert "WARNING" not in worker.said()
