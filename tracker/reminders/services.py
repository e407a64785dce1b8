"""Changing when the weekly mail comes, stopping it, and putting what is due into the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, Suppression, User
from tracker.outbox.enqueue import REMINDER, insert_new
from tracker.planning import CatchUp, cadence, catch_up, weeks_after
from tracker.reminders import schedule
from tracker.reminders.schedule import CATCH_UP, WEEKLY
from tracker.reminders.slots import TURNED_OFF, back_to_weekly, preference_of, reschedule, sign_of_life, skip_waiting

BATCH = 500
UNCONFIRMED = "The address is not confirmed."
MISSED = "It was due while no mail could be sent, more than 48 hours ago."


def save_preferences(
    session: Session, *, user_id: int, enabled: bool, weekday: int, hour: int, timezone: str, now: dt.datetime
) -> ReminderPreference:
    """Sets when the weekly mail comes and the learner's zone. Saving the same again changes nothing."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        preference = preference_of(session, user_id)
        _wish(session, user, preference, enabled=enabled, weekday=weekday, hour=hour, timezone=timezone, now=now)
        return preference


def change_slot(session: Session, *, user_id: int, weekday: int, hour: int, now: dt.datetime) -> ReminderPreference:
    """Another day or hour and nothing else, by a link in a mail. Where reminders are off they stay off."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        sign_of_life(session, user_id=user_id, now=now)
        preference = preference_of(session, user_id)
        enabled, timezone = preference.enabled, user.timezone
        _wish(session, user, preference, enabled=enabled, weekday=weekday, hour=hour, timezone=timezone, now=now)
        return preference


def _wish(
    session: Session,
    user: User,
    preference: ReminderPreference,
    *,
    enabled: bool,
    weekday: int,
    hour: int,
    timezone: str,
    now: dt.datetime,
) -> None:
    wish = (enabled, weekday, hour, timezone)
    same = wish == (preference.enabled, preference.weekday, preference.hour, user.timezone)
    user.timezone = timezone
    if same and (preference.next_due_at is not None or not enabled):
        return
    preference.enabled, preference.weekday, preference.hour = enabled, weekday, hour
    preference.unanswered = 0
    reschedule(session, user, preference, now=now)


def go_on(session: Session, *, user_id: int, now: dt.datetime) -> ReminderPreference:
    """Every week again, from the next slot on. Where reminders are off they stay off."""
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)
        preference = preference_of(session, user_id)
        back_to_weekly(session, preference, now=now)
        return preference


def try_address_again(session: Session, *, user_id: int) -> None:
    """The next reminder goes to the address although it was refused before; if it is again, so it is told again."""
    with transaction(session):
        user = session.get_one(User, user_id)
        session.execute(delete(Suppression).where(Suppression.address == user.email))


def unsubscribe(session: Session, *, user_id: int) -> None:
    """Turns the weekly mail off, with what waits already; for an account that is gone there is nothing to do."""
    with transaction(session):
        user = session.get(User, user_id, with_for_update=True)
        if user is None:
            return
        preference = preference_of(session, user_id)
        if preference.enabled:
            preference.enabled = False
            preference.next_due_at = None
            preference.rev += 1
        skip_waiting(session, user_id, TURNED_OFF)


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What one scan did: slots that were due, mails that wait to be sent, mails skipped with a reason."""

    due: int = 0
    queued: int = 0
    skipped: int = 0

    def __add__(self, other: Enqueued) -> Enqueued:
        return Enqueued(self.due + other.due, self.queued + other.queued, self.skipped + other.skipped)


def enqueue_due(session: Session, *, now: dt.datetime, spread_minutes: int) -> Enqueued:
    """Every slot that is due becomes one outbox row, and the next slot moves on, both or neither.

    In batches, so that no write lock is held for long; any number of processes may run this at once.
    """
    total = Enqueued()
    while (batch := _enqueue_batch(session, now, spread_minutes)).due:
        total += batch
    return total


_DUE = (
    select(
        ReminderPreference.user_id,
        ReminderPreference.weekday,
        ReminderPreference.hour,
        ReminderPreference.next_due_at,
        ReminderPreference.rev,
        ReminderPreference.unanswered,
        User.email,
        User.email_confirmed_at,
        User.timezone,
    )
    .join(User, User.id == ReminderPreference.user_id)
    # In the index's own words: SQLite finds it for `enabled`, not for `enabled = 1`, which an attribute would become.
    .where(text("reminder_preference.enabled"), ReminderPreference.next_due_at <= bindparam("now"))
    .order_by(ReminderPreference.next_due_at, ReminderPreference.user_id)
    .limit(BATCH)
    .with_for_update(of=ReminderPreference, skip_locked=True)
)


def _enqueue_batch(session: Session, now: dt.datetime, spread_minutes: int) -> Enqueued:
    with transaction(session):
        due = session.execute(_DUE, {"now": now}).all()
        if not due:
            return Enqueued()
        plans = [(row, _catch_up(row, now)) for row in due]
        mails = [
            _mail_for(row, plan, now, spread_minutes) for row, plan in plans if cadence(row.unanswered) != "stopped"
        ]
        taken = _taken(session, mails)
        mails = [mail for mail in mails if (mail["user_id"], mail["period"]) not in taken]
        insert_new(session, OutboxMail, mails)
        session.execute(
            update(ReminderPreference),
            [{"user_id": row.user_id, "next_due_at": _next_due(row, plan)} for row, plan in plans],
        )
    queued = sum(mail["state"] == "queued" for mail in mails)
    return Enqueued(len(due), queued, len(mails) - queued)


def _catch_up(row: Any, now: dt.datetime) -> CatchUp:
    zone = schedule.sound_zone(row.timezone)
    return catch_up(row.next_due_at, now=now, weekday=row.weekday, hour=row.hour, timezone=zone)


def _next_due(row: Any, plan: CatchUp) -> dt.datetime | None:
    """A week on, or a month where nobody answers; none where the question whether to go on had no answer either."""
    if cadence(row.unanswered) == "stopped":
        return None
    slot = plan.next_due
    for _ in range(weeks_after(row.unanswered) - 1):
        slot = schedule.next_slot(slot, row.weekday, row.hour, row.timezone)
    return slot


def _taken(session: Session, mails: Sequence[dict[str, Any]]) -> set[tuple[int, str | None]]:
    """Weeks that have a mail already, as after a change of day; the unique key would refuse a second one anyway."""
    rows = session.execute(
        select(OutboxMail.user_id, OutboxMail.period).where(
            OutboxMail.user_id.in_({mail["user_id"] for mail in mails}),
            OutboxMail.kind == WEEKLY,
            OutboxMail.period.in_({mail["period"] for mail in mails}),
        )
    )
    return {(user_id, period) for user_id, period in rows}


def _mail_for(row: Any, plan: CatchUp, now: dt.datetime, spread_minutes: int) -> dict[str, Any]:
    """The outbox row of the latest slot that was missed: never one mail for each missed week."""
    slot = plan.slot or row.next_due_at
    reason = MISSED if not plan.send else "" if row.email_confirmed_at else UNCONFIRMED
    return {
        "user_id": row.user_id,
        "kind": WEEKLY,
        "period": schedule.period_of(slot, row.timezone),
        "priority": REMINDER,
        "recipient": row.email,
        "context": {},
        "rev": row.rev,
        "due_at": slot,
        "available_at": slot + schedule.spread(row.user_id, spread_minutes),
        "expires_at": slot + CATCH_UP,
        "state": "skipped" if reason else "queued",
        "reason": reason,
        "created_at": now,
    }


def follow_zone_rules(session: Session, *, now: dt.datetime) -> int:
    """After an update of the world's zones: slots that lie ahead are computed anew; how many were looked at."""
    version, looked_at = schedule.tzdata_version(), 0
    while True:
        with transaction(session):
            rows = session.execute(
                select(ReminderPreference, User.timezone)
                .join(User, User.id == ReminderPreference.user_id)
                .where(ReminderPreference.tzdata_version != version)
                .limit(BATCH)
                .with_for_update(of=ReminderPreference, skip_locked=True)
            ).all()
            for preference, timezone in rows:
                preference.tzdata_version = version
                if preference.next_due_at is not None and preference.next_due_at > now:
                    # Rules change by hours: from half a day before, the walk finds the same day's slot.
                    before = max(now, preference.next_due_at - dt.timedelta(hours=12))
                    preference.next_due_at = schedule.first_slot(preference, timezone, after=before)
        looked_at += len(rows)
        if not rows:
            return looked_at
