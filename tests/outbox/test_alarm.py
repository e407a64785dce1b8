"""A run of refusals that are our own fault pauses all senders, of every process, instead of burning the list."""

from __future__ import annotations

import datetime as dt
import logging
import threading

import pytest
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, PostOffice, post_office, prefer, urgent, weekly
from tests.people import make_user
from tests.smtp_sink import Policy, replies
from tracker.db import SessionFactory
from tracker.housekeeping import Worker
from tracker.models import MailAlarm, Suppression
from tracker.outbox import alarm
from tracker.outbox.outcomes import ServerTrouble
from tracker.reminders.health import outbox_status


def reminders(session: Session, count: int) -> list[int]:
    ids = []
    for number in range(count):
        user = make_user(session, f"{number}@example.org")
        prefer(session, user)
        ids.append(weekly(session, user))
    return ids


def always(stage: str, reply: str) -> Policy:
    return lambda reached, _recipient, _count: reply if reached == stage else None


def counts(office: PostOffice, ids: list[int]) -> tuple[int, int, int]:
    states = [office.mail(mail_id).state for mail_id in ids]
    return states.count("dead"), states.count("queued"), states.count("sent")


def burn(office: PostOffice) -> None:
    with pytest.raises(ServerTrouble):
        office.deliver()


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("rcpt", "554 5.7.1 you are on a list"),
        ("mail", "550 5.1.8 sender address rejected"),
        ("rcpt", "550 5.1.8 sender address rejected"),
        ("rcpt", "550 relay not permitted"),
        ("dot", "554 5.6.0 bad content"),
    ],
)
def test_after_ten_refusals_everybody_pauses(
    session: Session, sessions: SessionFactory, settings: Settings, stage: str, reply: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    ids = reminders(session, 15)
    with post_office(settings, sessions, always(stage, reply)) as office, caplog.at_level(logging.ERROR):
        burn(office)
        assert counts(office, ids) == (10, 5, 0)
        assert caplog.text.count("refused again and again") == 1
        assert session.query(Suppression).count() == 0, "it was never about the learners' addresses"
        urgent(session, make_user(session, "eve@example.org"))
        reached = office.sink.stages[stage]
        office.deliver()  # another process
        assert office.sink.stages[stage] == reached, "nobody tries during the pause, not even account mail"
        office.moment.passes(5 * MINUTE)
        office.sink.policy = lambda *_: None
        office.deliver()
        assert counts(office, ids) == (10, 0, 5)


def test_after_the_pause_one_mail_tries_for_all_and_the_next_pause_is_twice_as_long(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    ids = reminders(session, 15)
    with post_office(settings, sessions, always("rcpt", "554 5.7.1 no")) as office:
        burn(office)
        pauses = []
        for number in range(1, 6):
            row = session.get_one(MailAlarm, 1, populate_existing=True)
            assert row.paused_until is not None
            pauses.append(row.paused_until - office.moment())
            office.moment.now = row.paused_until
            if number < 5:
                burn(office)
                assert counts(office, ids)[0] == 10 + number
    assert pauses == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR]


def test_senders_of_several_processes_count_together(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    ids = reminders(session, 15)
    with post_office(settings, sessions, replies("rcpt", *["554 5.7.1 no"] * 6)) as office:
        office.deliver(stop=StopAfter(office, 6))
        assert counts(office, ids)[0] == 6
        office.sink.policy = always("rcpt", "554 5.7.1 no")
        burn(office)  # as another process
        assert counts(office, ids) == (10, 5, 0)


def test_what_was_taken_before_the_first_refusal_wipes_no_refusal_of_another_process_out(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = make_user(session, "ada@example.org")
    prefer(session, user)

    def more(first: int) -> list[int]:
        return [weekly(session, user, period=f"{first + number}") for number in range(alarm.WINDOW)]

    with post_office(settings, sessions) as office:
        one, other = office.postman(stop=StopAfter(office, 6)), office.postman()
        for number, postman in enumerate((one, other)):
            more(100 * number)
            while postman.round():
                pass
        office.moment.passes(MINUTE)
        ids = more(1000)
        office.sink.policy = always("rcpt", "554 5.7.1 no")
        one.round()
        assert counts(office, ids)[0] == 6
        with pytest.raises(ServerTrouble):
            other.round()
        assert counts(office, ids)[0] == 10
        one.close()
        other.close()


class StopAfter(threading.Event):
    """As a process that is stopped once so many mails have died."""

    def __init__(self, office: PostOffice, dead: int) -> None:
        super().__init__()
        self.office, self.dead = office, dead

    def is_set(self) -> bool:
        return self.office.outcomes["dead"] >= self.dead


def test_a_few_refusals_among_many_mails_that_are_taken_are_no_alarm(session: Session) -> None:
    user = make_user(session, "ada@example.org")
    minutes = iter(range(1, 1000))

    def refused_after(taken: int) -> bool:
        for _ in range(taken):
            minute = next(minutes)
            weekly(session, user, period=str(minute), state="sent", sent_at=NOW + minute * MINUTE)
        return alarm.note_refusal(session, reason="5.7.1", now=NOW + next(minutes) * MINUTE)

    assert not any(refused_after(2) for _ in range(40))
    rings = [refused_after(1) for _ in range(10)]
    assert rings.index(True) >= 5, "ten of the last twenty"


def test_addresses_that_do_not_exist_are_no_alarm(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    ids = reminders(session, 15)
    with post_office(settings, sessions, always("rcpt", "550 5.1.1 no such user")) as office:
        office.deliver()
        assert counts(office, ids) == (15, 0, 0)
    assert session.query(Suppression).count() == 15


def test_a_clock_that_is_set_back_does_not_make_the_pause_longer_than_the_longest(session: Session) -> None:
    for _ in range(alarm.LIMIT):
        alarm.note_refusal(session, reason="5.7.1", now=NOW)
    assert alarm.pausing(session, NOW + 4 * MINUTE)
    assert not alarm.pausing(session, NOW - dt.timedelta(days=1))


def test_a_process_that_was_not_refused_itself_says_so_too(
    session: Session, sessions: SessionFactory, settings: Settings, now: dt.datetime
) -> None:
    Worker(settings, sessions, {})._beat()
    assert outbox_status(session, now=now)["ok"]
    for _ in range(alarm.LIMIT):
        alarm.note_refusal(session, reason="554 5.7.1 no", now=now)
    Worker(settings, sessions, {})._beat()
    status = outbox_status(session, now=now)
    assert (status["ok"], status["alarm"], status["paused"]) == (False, True, "554 5.7.1 no")
