"""Another day, hour or zone: never two mails in a week, never two within 72 hours, and no week is lost."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.mailing import HOUR, prefer, weekly
from tests.people import ada
from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.reminders import queries, services
from tracker.reminders.schedule import ensure_preference, period_of

DAY = dt.timedelta(days=1)
ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kathmandu", "UTC")


def save(session: Session, user: User, now: dt.datetime, **wishes: object) -> ReminderPreference:
    chosen: dict[str, object] = {"enabled": True, "weekday": 0, "hour": 9, "timezone": user.timezone, **wishes}
    return services.save_preferences(session, user_id=user.id, now=now, **chosen)  # type: ignore[arg-type]


def mail(session: Session, mail_id: int) -> OutboxMail:
    return session.get_one(OutboxMail, mail_id, populate_existing=True)


def test_the_first_wish_is_the_first_slot_from_now(session: Session) -> None:
    assert save(session, ada(session), NOW, weekday=1, hour=7).next_due_at == dt.datetime(2027, 3, 2, 6, tzinfo=dt.UTC)


def test_enrolling_plans_the_first_mail_once(session: Session) -> None:
    user = ada(session)
    with transaction(session):
        first = ensure_preference(session, user, now=NOW).next_due_at
    with transaction(session):
        assert ensure_preference(session, user, now=NOW + DAY).next_due_at == first
    assert first == dt.datetime(2027, 3, 8, 7, tzinfo=dt.UTC)


def test_enrolling_again_respects_that_reminders_were_turned_off(session: Session) -> None:
    user = ada(session)
    services.unsubscribe(session, user_id=user.id)
    with transaction(session):
        assert ensure_preference(session, user, now=NOW).next_due_at is None


def test_a_mail_that_waits_moves_to_the_new_slot_of_its_week(session: Session) -> None:
    user = ada(session)
    prefer(session, user, hour=9)
    waiting = weekly(session, user)
    preference = save(session, user, NOW, weekday=4, hour=17)
    friday = dt.datetime(2027, 3, 5, 16, tzinfo=dt.UTC)
    assert (mail(session, waiting).due_at, mail(session, waiting).state) == (friday, "queued")
    assert mail(session, waiting).rev == preference.rev
    assert preference.next_due_at == friday + 7 * DAY
    assert queries.next_send(session, user.id) == friday


def test_after_this_weeks_mail_the_new_day_begins_next_week(session: Session) -> None:
    user = ada(session)
    preference = prefer(session, user, hour=9, last_sent_at=NOW)
    weekly(session, user, state="sent", sent_at=NOW)
    preference = save(session, user, NOW + HOUR, weekday=5, hour=9)
    assert preference.next_due_at == dt.datetime(2027, 3, 13, 8, tzinfo=dt.UTC), "this Saturday's week has its mail"


@pytest.mark.parametrize("state", ["sent", "sending", "unknown"])
def test_sunday_night_and_monday_morning_are_two_weeks_but_too_close(session: Session, state: str) -> None:
    user = ada(session)
    sunday = dt.datetime(2027, 3, 7, 21, tzinfo=dt.UTC)
    prefer(session, user, weekday=6, hour=22, last_sent_at=sunday if state == "sent" else None)
    weekly(session, user, due_at=sunday, state=state)
    preference = save(session, user, sunday + HOUR, weekday=0, hour=8)
    assert preference.next_due_at == dt.datetime(2027, 3, 15, 7, tzinfo=dt.UTC)


def test_turning_them_off_and_on_again_makes_no_second_mail(session: Session) -> None:
    user = ada(session)
    prefer(session, user, hour=9, last_sent_at=NOW)
    weekly(session, user, state="sent", sent_at=NOW)
    save(session, user, NOW + HOUR, enabled=False)
    preference = save(session, user, NOW + 2 * HOUR, weekday=2)
    assert preference.next_due_at == dt.datetime(2027, 3, 10, 8, tzinfo=dt.UTC)


class Learner:
    """Somebody who keeps changing their mind, and a worker that is always there."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.dice, self.user = session, random.Random(seed), ada(session)
        self.now = NOW
        self.sent: list[dt.datetime] = []
        save(session, self.user, self.now)

    def change(self) -> None:
        timezone = self.dice.choice(ZONES) if self.dice.random() < 0.5 else self.user.timezone
        save(
            self.session,
            self.user,
            self.now,
            weekday=self.dice.randrange(7),
            hour=self.dice.randrange(24),
            timezone=timezone,
        )

    def live_until(self, end: dt.datetime) -> None:
        while (moment := self.next_event()) <= end:
            self.now = moment
            services.enqueue_due(self.session, now=self.now, spread_minutes=0)
            with transaction(self.session):
                due = OutboxMail.state == "queued", OutboxMail.available_at <= self.now
                for row in self.session.scalars(select(OutboxMail).where(*due)):
                    row.state, row.sent_at = "sent", self.now
                    self.session.get_one(ReminderPreference, self.user.id).last_sent_at = self.now
                    self.sent.append(self.now)
        self.now = end

    def next_event(self) -> dt.datetime:
        due = queries.next_send(self.session, self.user.id)
        assert due is not None, "somebody who wants reminders always has a next one"
        assert due > self.now
        return due


@pytest.mark.parametrize("seed", range(8))
def test_somebody_who_keeps_changing_their_mind_gets_one_a_week_at_most_and_is_not_forgotten(
    session: Session, seed: int
) -> None:
    learner = Learner(session, seed)
    for _ in range(12):
        learner.live_until(learner.now + dt.timedelta(hours=learner.dice.randrange(3 * 24, 40 * 24)))
        learner.change()
    gaps = [after - before for before, after in zip(learner.sent, learner.sent[1:], strict=False)]
    rows = session.scalars(select(OutboxMail)).all()
    assert len({row.period for row in rows}) == len(rows) == len(learner.sent)
    assert min(gaps) >= 72 * HOUR
    assert max(gaps) < 21 * DAY
    assert all(row.state == "sent" for row in rows)
    assert period_of(NOW, "UTC") == "2027-W09"
