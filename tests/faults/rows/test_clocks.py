"""Rows 14 and 15: a sender that sleeps over its lease, a clock that jumps while the process runs."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.faults.trial import MINUTE, QUICK, MovedClock, Trial, outcome, wait_until
from tests.smtp_sink import SmtpSink
from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference

pytestmark = pytest.mark.process
Say = Callable[[str], None]
SCAN = 4
SHORT_LEASES = {
    **QUICK,
    "tracker.outbox.claim.LEASE": {"seconds": 3},
    "tracker.outbox.claim.SENDING_LEASE": {"seconds": 3},
}


@pytest.mark.parametrize(("stage", "copies"), [("rcpt", 1), ("dot", 2)])
@pytest.mark.fault(
    14, "a sender is stopped until its lease is over", "before the mark: 1 copy; after the dot: in doubt, 2 at most"
)
def test_a_sender_that_outlives_its_lease(trial: Trial, sink: SmtpSink, seen: Say, stage: str, copies: int) -> None:
    trial.learners(1)
    stopped = threading.Event()

    def hold(at: str, _recipient: str, count: int) -> None:
        if (at, count) == (stage, 1):
            stopped.wait(60)

    sink.policy = hold
    slow = trial.child(sink.url, patch=SHORT_LEASES).start()
    wait_until(lambda: sink.stages[stage] == 1 and trial.states() & Counter(("claimed", "sending")))
    stop_outside_of_a_write(trial, slow.pid)
    stopped.set()
    quick = trial.child(sink.url, patch=SHORT_LEASES).start()
    wait_until(trial.all_are(1, "sent"))
    os.kill(slow.pid, signal.SIGCONT)
    wait_until(lambda: slow.is_alive() and slow.stop() < 30)
    quick.stop()
    found, (mail,) = outcome(trial, sink), trial.mails()
    where = "before the mark" if stage == "rcpt" else "after the dot"
    seen(f"{where}: {len(sink.messages)} copies, in doubt {mail.ambiguous}, {mail.state}")
    assert (len(sink.messages), mail.ambiguous, mail.state, found.lost) == (copies, copies - 1, "sent", 0)


def stop_outside_of_a_write(trial: Trial, pid: int) -> None:
    """Stopped in the middle of a write it would lock SQLite for everybody: another fault, and row 19."""

    def stops() -> bool:
        os.kill(pid, signal.SIGSTOP)
        try:
            with trial.sessions() as session, transaction(session):
                return True
        except OperationalError:
            os.kill(pid, signal.SIGCONT)
            return False

    wait_until(stops)


@pytest.mark.fault(
    15, "the clock jumps by +1 h, -1 h, +10 years", "0 doubled; a look within 3 intervals; said; goes on by catching up"
)
def test_a_clock_that_jumps(trial: Trial, sink: SmtpSink, moved_clock: MovedClock, seen: Say) -> None:
    trial.learners(4)
    worker = trial.child(
        sink.url, patch={**QUICK, "tracker.housekeeping.SCAN_SECONDS": SCAN}, faults=moved_clock.faults
    ).start()
    wait_until(trial.all_are(4, "sent"))
    took = []
    for hours in (1, -1, 24 * 3652):
        jumps = worker.said().count("the clock jumped")
        began = time.monotonic()
        moved_clock.moves(dt.timedelta(hours=hours))
        wait_until(lambda jumps=jumps: worker.said().count("the clock jumped") == jumps + 1)  # type: ignore[misc]
        wait_until(lambda: any(is_near(sender.last_pass_at, moved_clock.now()) for sender in trial.senders()))
        took.append(time.monotonic() - began)
        if hours == -1:
            due_again(trial, moved_clock.now())  # the same learners, in the same week
            wait_until(lambda: not still_due(trial, moved_clock.now()))
    wait_until(lambda: not still_due(trial, moved_clock.now()) and not trial.states()["queued"])
    worker.stop()
    with trial.sessions() as session:
        weeks = Counter(session.execute(select(OutboxMail.user_id, OutboxMail.period)).all())
    per_week = Counter((to, message["Message-ID"]) for to, message in zip(sink.recipients, sink.messages, strict=True))
    # What is twelve weeks old was forgotten, since by this clock it is.
    ahead = [mail.state for mail in trial.mails() if mail.due_at.year > 2030]
    seen(
        f"looked again after {', '.join(f'{one:.1f}' for one in took)} s (interval {SCAN} s), 0 doubled; "
        f"ten years on: {len(ahead)} rows, one a learner, {set(ahead)}"
    )
    assert set(weeks.values()) == set(per_week.values()) == {1}
    assert all(one < 3 * SCAN for one in took)
    assert len(ahead) == 4, "never one for each missed week"


def is_near(one: dt.datetime | None, other: dt.datetime) -> bool:
    return one is not None and abs(one - other) < MINUTE


def due_again(trial: Trial, now: dt.datetime) -> None:
    with trial.sessions() as session, transaction(session):
        for preference in session.scalars(select(ReminderPreference)):
            preference.next_due_at = now - 2 * MINUTE


def still_due(trial: Trial, now: dt.datetime) -> bool:
    with trial.sessions() as session:
        slots = session.scalars(select(ReminderPreference.next_due_at)).all()
    return any(slot is None or slot <= now for slot in slots)
