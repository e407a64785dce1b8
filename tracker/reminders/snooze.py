"""A week without its mail. A snooze is that week's row in the outbox, skipped before it was due: so it holds once."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.outbox.enqueue import REMINDER
from tracker.planning import local_week
from tracker.reminders import schedule
from tracker.reminders.schedule import CATCH_UP, SNOOZED, WEEKLY
from tracker.reminders.slots import preference_of, reschedule, sign_of_life

WEEK = dt.timedelta(weeks=1)
Snoozed = Literal["snoozed", "over", "sent", "off"]
"""Done, or why not: that week is over, its mail has gone already, no mail is to come anyway."""


def snooze(session: Session, *, user_id: int, week: str, now: dt.datetime) -> Snoozed:
    """No mail in the week after ``week``, such as 2027-W09, that of the mail which was answered. Twice is once."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        sign_of_life(session, user_id=user_id, now=now)
        preference = preference_of(session, user_id)
        if not preference.enabled or preference.next_due_at is None:
            return "off"
        following = local_week(_monday(week) + WEEK)
        if schedule.period_of(now, user.timezone) > following:
            return "over"
        return _skip(session, user, preference, _slot_in(following, preference, user.timezone), now)


def _skip(session: Session, user: User, preference: ReminderPreference, slot: dt.datetime, now: dt.datetime) -> Snoozed:
    period = schedule.period_of(slot, user.timezone)
    mine = (OutboxMail.user_id == user.id, OutboxMail.kind == WEEKLY, OutboxMail.period == period)
    row = session.scalar(select(OutboxMail).where(*mine).with_for_update())
    if row is None:
        row = OutboxMail(user_id=user.id, kind=WEEKLY, period=period, priority=REMINDER, recipient=user.email)
        row.due_at = row.available_at = slot
        row.expires_at, row.created_at = slot + CATCH_UP, now
        session.add(row)
    elif row.state not in ("queued", "claimed"):
        return "snoozed" if row.reason == SNOOZED else "sent"
    row.state, row.reason, row.lease_token, row.lease_until = "skipped", SNOOZED, "", None
    due = preference.next_due_at
    if due is not None and schedule.period_of(due, user.timezone) == period:
        preference.next_due_at = schedule.first_slot(preference, user.timezone, after=due)
    return "snoozed"


def wake(session: Session, *, user_id: int, now: dt.datetime) -> bool:
    """Takes a snooze back whose week is still to come; whether there was one."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        preference = preference_of(session, user_id)
        ours = (OutboxMail.user_id == user_id, OutboxMail.state == "skipped", OutboxMail.reason == SNOOZED)
        coming = session.scalars(select(OutboxMail.id).where(*ours, OutboxMail.due_at > now)).all()
        if not coming:
            return False
        session.execute(delete(OutboxMail).where(OutboxMail.id.in_(coming)))
        reschedule(session, user, preference, now=now)
        return True


def _slot_in(week: str, preference: ReminderPreference, timezone: str) -> dt.datetime:
    # From the Saturday before on: wherever somebody lives, that is not yet this week.
    slot = dt.datetime.combine(_monday(week), dt.time(), dt.UTC) - dt.timedelta(days=2)
    while schedule.period_of(slot, timezone) != week:
        slot = schedule.next_slot(slot, preference.weekday, preference.hour, timezone)
    return slot


def _monday(week: str) -> dt.date:
    year, number = week.split("-W")
    return dt.date.fromisocalendar(int(year), int(number), 1)
