"""Rows 5 to 13: whatever the mail server does, in a conversation with a real worker."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.faults.trial import MINUTE, QUICK, MovedClock, Once, Trial, outcome, wait_until
from tests.smtp_sink import DROP, KEEP_THEN_DROP, SmtpSink
from tracker import housekeeping
from tracker.models import MailAlarm, ReminderPreference, Suppression
from tracker.outbox import claim
from tracker.outbox.smtp import Patience

pytestmark = pytest.mark.process
Say = Callable[[str], None]
SOON = {**QUICK, "tracker.outbox.claim.RESEND_AFTER": {"seconds": 0}}


@pytest.mark.fault(5, "mail server away for two hours", "0 dead, no attempt counted; all sent when it is back")
def test_a_server_that_is_away(trial: Trial, moved_clock: MovedClock, seen: Say) -> None:
    trial.learners(25)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound but deaf: nobody else gets the port, and every connection is refused
        port = reserved.getsockname()[1]
        worker = trial.child(f"smtp://127.0.0.1:{port}", faults=moved_clock.faults).start()
        for _ in range(2):
            said = worker.said().count("sending pauses")
            wait_until(lambda said=said: worker.said().count("sending pauses") > said + 4)  # type: ignore[misc]
            moved_clock.moves(60 * MINUTE)
        attempts = max(mail.attempts for mail in trial.mails())
        states = dict(trial.states())
    with SmtpSink(port=port) as sink:
        wait_until(trial.all_are(25, "sent"))
        found = outcome(trial, sink)
        seen(f"away for {moved_clock.ahead}: {states}, attempts {attempts}; then {found}")
    assert (set(states) <= {"queued", "claimed"}, attempts) == (True, 0)
    assert (found.lost, found.doubled) == (0, 0)
    assert housekeeping.LONGEST_PAUSE <= 300, "five minutes after its return at the latest"


@pytest.mark.fault(6, "it hangs before its greeting", "left after a while (30 s), back to queued, nothing in doubt")
def test_a_server_that_hangs_before_its_greeting(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    trial.learners(4)
    over = threading.Event()

    def hang(stage: str, _recipient: str, _count: int) -> None:
        if stage == "greeting":
            over.wait(60)

    sink.policy = hang
    worker = trial.child(sink.url, faults={"PATIENCE": "1,20"}).start()
    wait_until(lambda: worker.said().count("timed out") >= 2)
    between = [(mail.state, mail.attempts, mail.ambiguous) for mail in trial.mails()]
    over.set()
    wait_until(trial.all_are(4, "sent"))
    found = outcome(trial, sink)
    seen(f"left {worker.said().count('timed out')} times, then {found}")
    assert {row[1:] for row in between} == {(0, 0)}
    assert (found.lost, found.doubled) == (0, 0)
    assert Patience().answer == 30


@pytest.mark.fault(7, "421 or a cut at greeting, MAIL, RCPT, DATA", "given back, no attempt counted, 0 dead, 1 copy")
def test_a_server_that_closes_down(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    trial.learners(12)
    stages, replies = ("greeting", "mail", "rcpt", "data"), ("421 4.3.2 bye", DROP)
    times = {(stage, reply): Once(2) for stage in stages for reply in replies}

    def policy(stage: str, _recipient: str, _count: int) -> str | None:
        return next((reply for (at, reply), once in times.items() if at == stage and once()), None)

    sink.policy = policy
    trial.child(sink.url, patch={**QUICK, "tracker.outbox.deliver.AGAIN_SECONDS": 1}).start()
    wait_until(trial.all_are(12, "sent"))
    found, attempts = outcome(trial, sink), sum(mail.attempts for mail in trial.mails())
    seen(f"{2 * len(times)} times, attempts {attempts}, {found}")
    assert all(not once() for once in times.values()), "every one of them happened"
    assert (attempts, found.lost, found.doubled, found.unknown) == (0, 0, 0, 0)


@pytest.mark.fault(8, "450 twice, then 250", "tried three times, each pause within 15 min x 2^n; 1 mail")
def test_a_passing_refusal(trial: Trial, sink: SmtpSink, moved_clock: MovedClock, seen: Say) -> None:
    trial.learners(1)
    sink.policy = lambda stage, _r, count: "450 4.2.0 later" if stage == "rcpt" and count <= 2 else None
    trial.child(sink.url, faults=moved_clock.faults).start()
    pauses = []
    for attempt in (1, 2):
        wait_until(lambda attempt=attempt: trial.mails() and trial.mails()[0].attempts == attempt)  # type: ignore[misc]
        pauses.append(trial.mails()[0].available_at - moved_clock.now())
        moved_clock.moves(max(pauses[-1], dt.timedelta()))
    wait_until(trial.all_are(1, "sent"))
    minutes = [pause / MINUTE for pause in pauses]
    seen(f"{sink.stages['rcpt']} tries, pauses of {minutes[0]:.0f} and {minutes[1]:.0f} min, {outcome(trial, sink)}")
    assert (sink.stages["rcpt"], len(sink.messages)) == (3, 1)
    assert all(-1 <= pause <= 15 * 2**n for n, pause in enumerate(minutes))


@pytest.mark.fault(9, "550 5.1.1 at RCPT", "dead after 1 attempt, address suppressed, next week skipped")
def test_an_address_that_does_not_exist(trial: Trial, sink: SmtpSink, moved_clock: MovedClock, seen: Say) -> None:
    gone, fine = trial.learners(2)
    sink.policy = lambda stage, who, _n: "550 5.1.1 no such user" if (stage, who) == ("rcpt", gone) else None
    trial.child(sink.url, faults=moved_clock.faults).start()
    wait_until(trial.all_are(2, "sent", "dead"))
    with trial.sessions() as session:
        slot = session.scalars(select(ReminderPreference.next_due_at)).first()
    assert slot
    moved_clock.moves(slot + MINUTE - moved_clock.now())
    wait_until(trial.all_are(4, "sent", "dead", "skipped"))
    with trial.sessions() as session:
        blocked = [row.address for row in session.query(Suppression)]
    rows = [(mail.state, mail.attempts, mail.reason) for mail in trial.mails() if mail.recipient == gone]
    seen(f"{rows[0][0]} after {rows[0][1]} attempt, blocked {len(blocked)}, a week later {rows[1][0]}: {rows[1][2]}")
    assert blocked == [gone]
    assert [row[0] for row in rows] == ["dead", "skipped"]
    assert sink.recipients == [fine, fine]
    assert sink.stages["rcpt"] == 3


@pytest.mark.fault(
    10,
    "554 5.7.1 for all, after a good week of two workers",
    "at most 10 + 8 connections dead, then all pause; an alarm",
)
def test_refusals_that_are_our_own_fault(trial: Trial, sink: SmtpSink, moved_clock: MovedClock, seen: Say) -> None:
    trial.learners(60)
    workers = [trial.child(sink.url, faults=moved_clock.faults).start() for _ in range(2)]
    wait_until(lambda: all(trial.is_up(worker) for worker in workers))
    wait_until(trial.all_are(60, "sent"))
    sink.policy = lambda stage, _r, _n: "554 5.7.1 you are on a list" if stage == "rcpt" else None
    with trial.sessions() as session:
        slot = session.scalars(select(ReminderPreference.next_due_at)).first()
    assert slot
    moved_clock.moves(slot + MINUTE - moved_clock.now())
    wait_until(lambda: trial.senders() and all(sender.alarm for sender in trial.senders()))
    wait_until(lambda: set(trial.states()) == {"sent", "dead", "queued"})
    dead, tried = trial.states()["dead"], sink.stages["rcpt"]
    time.sleep(1)  # several polls of each sender
    assert (trial.states()["dead"], sink.stages["rcpt"]) == (dead, tried), "they pause"
    sink.policy = lambda *_: None
    with trial.sessions() as session:
        row = session.query(MailAlarm).one()
        assert row.paused_until
        pause = row.paused_until - moved_clock.now()
        blocked = session.query(Suppression).count()
    moved_clock.moves(pause + MINUTE)
    wait_until(trial.all_are(120, "sent", "dead"))
    said = sum(worker.said().count("so all senders pause") for worker in workers[:1])  # both write into one log
    seen(f"{dead} dead, {said} alarm, pause of {pause / MINUTE:.0f} min, then the other {60 - dead} sent")
    assert 10 <= dead <= 10 + 2 * housekeeping.SENDERS
    assert (trial.states()["dead"], blocked, said) == (dead, 0, 1)


@pytest.mark.parametrize(("rule", "copies", "state"), [("resend", 2, "sent"), ("hold", 1, "unknown")])
@pytest.mark.fault(11, "drop after the dot, before 250", "resend: 2 copies, one Message-ID; hold: 1 and unknown")
def test_an_answer_that_is_lost(trial: Trial, sink: SmtpSink, seen: Say, rule: str, copies: int, state: str) -> None:
    trial.learners(1)
    sink.policy = lambda stage, _r, count: KEEP_THEN_DROP if (stage, count) == ("dot", 1) else None
    trial.child(sink.url, patch=SOON, MAIL_AMBIGUOUS=rule).start()
    wait_until(trial.all_are(1, state))
    outcome(trial, sink)  # one Message-ID
    seen(f"{rule}: {len(sink.messages)} copies, {state}")
    assert len(sink.messages) == copies


@pytest.mark.fault(12, "250 long after other answers are due (9 min)", "waited for: 1 copy")
def test_a_slow_answer_after_the_dot(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    trial.learners(1)

    def slow(stage: str, _recipient: str, _count: int) -> None:
        if stage == "dot":
            time.sleep(3)

    sink.policy = slow
    trial.child(sink.url, patch=SOON, faults={"PATIENCE": "1,30"}).start()
    wait_until(trial.all_are(1, "sent"))
    seen(f"after 3 s where others have 1 s: {outcome(trial, sink)}; the real limits: {Patience().dot:.0f} s and lease")
    assert (len(sink.messages), trial.mails()[0].ambiguous) == (1, 0)
    assert 540 < Patience().dot < claim.SENDING_LEASE.total_seconds()


@pytest.mark.fault(13, "drop after 250", "sent, 1 copy")
def test_a_connection_that_ends_after_the_answer(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    trial.learners(6)
    sink.hangs_up = True
    trial.child(sink.url, patch=SOON).start()
    wait_until(trial.all_are(6, "sent"))
    found = outcome(trial, sink)
    seen(f"{found}, in doubt {sum(mail.ambiguous for mail in trial.mails())}")
    assert (found.doubled, sum(mail.ambiguous + mail.attempts for mail in trial.mails())) == (0, 0)
