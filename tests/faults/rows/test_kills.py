"""Rows 2 to 4: kill -9 and SIGTERM, at random and between every pair of commits."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import update

from tests.faults.table import LONG, form
from tests.faults.trial import MINUTE, Outcome, Trial, outcome, wait_until
from tests.smtp_sink import Policy, SmtpSink
from tracker import clock
from tracker.db import transaction
from tracker.housekeeping import SENDERS
from tracker.models import ReminderPreference

pytestmark = pytest.mark.process
LEARNERS, KILLS = form(120, 3000), form(5, 60)
Say = Callable[[str], None]


@pytest.fixture
def crowd(trial: Trial, sink: SmtpSink) -> Trial:
    """Learners whose mails are due at once, in the long form from `tracker demo --learners`."""
    if LONG:
        demo = trial.child(sink.url, arguments=("demo", "--learners", str(LEARNERS - 1)))  # beside the demo account
        assert demo.start().wait() == 0, demo.said()
        with trial.sessions() as session, transaction(session):
            session.execute(update(ReminderPreference).values(next_due_at=clock.now_utc() - MINUTE))
    else:
        trial.learners(LEARNERS)
    sink.policy = takes_its_time(0.02)
    return trial


def takes_its_time(most: float, least: float = 0) -> Policy:
    """A server that thinks before it answers the dot: the window in which nobody can know."""

    def policy(stage: str, _recipient: str, _count: int) -> None:
        if stage == "dot":
            time.sleep(random.uniform(least, most))

    return policy


def enough(sink: SmtpSink, wanted: int, all_are_over: Callable[[], bool]) -> bool:
    """So many have arrived, or there are no more."""
    return len(sink.messages) >= wanted or all_are_over()


def end_again_and_again(trial: Trial, sink: SmtpSink, number: int, **settings: str) -> tuple[Outcome, int, float]:
    """A worker with four senders is ended after a few mails, again and again; the last one may finish.

    What became of all mails, how many were ended, and the longest that an end took.
    """
    ended, slowest = 0, 0.0
    all_are_over = trial.all_are(LEARNERS, "sent", "skipped", "unknown")
    for _ in range(KILLS):
        worker = trial.child(sink.url, **settings).start()
        wanted = len(sink.messages) + random.randint(1, max(1, LEARNERS // KILLS))
        wait_until(partial(trial.is_up, worker))
        wait_until(partial(enough, sink, wanted, all_are_over))
        time.sleep(random.uniform(0, 0.03))
        if number == signal.SIGKILL:
            worker.kill()
        else:
            slowest = max(slowest, worker.stop(number))
        ended += 1
    assert ended == KILLS
    last = trial.child(sink.url, **settings).start()
    wait_until(lambda: trial.is_up(last) and all_are_over(), "all mails dealt with", 600)
    last.stop()
    return outcome(trial, sink), ended, slowest


@pytest.mark.fault(
    2, "kill -9 of the sender, four connections", "lost 0, tripled 0, doubled at most 4 a kill and only unanswered ones"
)
def test_killed_senders_lose_nothing_and_triple_nothing(crowd: Trial, sink: SmtpSink, seen: Say) -> None:
    found, kills, _ = end_again_and_again(crowd, sink, signal.SIGKILL)
    seen(f"{kills} kills, {found}")
    assert (found.lost, found.tripled, found.unasked) == (0, 0, 0)
    assert found.doubled <= SENDERS * kills


@pytest.mark.fault(2, "the same with TRACKER_MAIL_AMBIGUOUS=hold", "lost 0, doubled 0; in doubt shown as unknown")
def test_where_mail_in_doubt_is_held_nothing_is_doubled(crowd: Trial, sink: SmtpSink, seen: Say) -> None:
    found, kills, _ = end_again_and_again(crowd, sink, signal.SIGKILL, MAIL_AMBIGUOUS="hold")
    seen(f"{kills} kills, {found}")
    assert (found.lost, found.doubled, found.tripled, found.unasked) == (0, 0, 0, 0)
    assert found.unknown <= SENDERS * kills


@pytest.mark.fault(3, "SIGTERM of the sender, four connections", "lost 0, doubled 0, ends in less than 30 s")
def test_senders_that_are_asked_to_end_lose_and_double_nothing(crowd: Trial, sink: SmtpSink, seen: Say) -> None:
    found, ends, slowest = end_again_and_again(crowd, sink, signal.SIGTERM)
    seen(f"{ends} ends, the slowest {slowest:.1f} s, {found}")
    assert (found.lost, found.doubled, found.unknown, found.unasked) == (0, 0, 0, 0)
    assert slowest < 30


@pytest.mark.fault(3, "SIGTERM while the dot is answered after 12 s", "the mail in hand is finished: sent, 1 copy")
def test_a_mail_that_has_left_is_waited_for(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    trial.learners(1)
    sink.policy = takes_its_time(12, 12)
    worker = trial.child(sink.url).start()
    wait_until(trial.all_are(1, "sending"))
    took = worker.stop()
    found = outcome(trial, sink)
    seen(f"ended in {took:.0f} s, {found}")
    assert trial.states() == {"sent": 1}
    assert (found.doubled, took < 30) == (0, True)


def points(trial: Trial, sink: SmtpSink, when: str) -> Iterator[int]:
    """One pass by hand is killed at its first commit, another one at its second … until one lives to its end."""
    for number in range(1, form(8, 100)):
        with trial.sessions() as session, transaction(session):
            session.get_one(ReminderPreference, number).next_due_at = clock.now_utc() - MINUTE
        child = trial.child(sink.url, arguments=("reminders", "run"), faults={"KILL": f"{when}:{number}"})
        if child.start().wait() == 0:
            return
        yield number


@pytest.mark.fault(2, "kill -9 before and after every commit of a mail's way", "lost 0, doubled at most one a kill")
@pytest.mark.parametrize("when", ["before", "after"])
def test_between_every_pair_of_commits(trial: Trial, sink: SmtpSink, seen: Say, when: str) -> None:
    trial.learners(12, due=clock.now_utc() + 60 * 24 * MINUTE)
    kills = len(list(points(trial, sink, when)))
    assert trial.child(sink.url, arguments=("reminders", "run")).start().wait() == 0
    found = outcome(trial, sink)
    seen(f"{when} each of {kills} commits, {found}")
    assert kills >= 4, "scan, claim, mark and record at least"
    assert (found.lost, found.tripled, found.unasked) == (0, 0, 0)
    assert found.doubled <= kills
    assert found.rows >= kills


@pytest.mark.fault(4, "kill -9 in the tick, between INSERT and COMMIT", "0 rows, then one for each; 1 copy")
def test_a_tick_that_is_killed_leaves_nothing_behind(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    addresses = trial.learners(40)
    killed = trial.child(sink.url, arguments=("reminders", "run"), faults={"KILL": "before:1"})
    assert killed.start().wait() == -signal.SIGKILL
    between = len(trial.mails())
    assert trial.child(sink.url, arguments=("reminders", "run")).start().wait() == 0
    found = outcome(trial, sink)
    seen(f"{between} rows, then {found}")
    assert between == 0
    assert (sorted(sink.recipients), found.lost, found.doubled) == (sorted(addresses), 0, 0)
