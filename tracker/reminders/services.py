"""Changing when the weekly mail comes, stopping it, and putting what is due into the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.outbox.enqueue import REMINDER, insert_new
from tracker.planning import CatchUp, catch_up
from tracker.reminders import schedule
from tracker.reminders.schedule import CATCH_UP, REST, WEEKLY

BATCH = 500
TURNED_OFF = "Reminders were turned off."
UNCONFIRMED = "The address is not confirmed."
MISSED = "It was due while no mail could be sent, more than 48 hours ago."


def save_preferences(
    session: Session, *, user_id: int, enabled: bool, weekday: int, hour: int, timezone: str, now: dt.datetime
) -> ReminderPreference:
    """Sets when the weekly mail comes and the learner's zone. Saving the same again changes nothing."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        preference = _preference_of(session, user_id)
        wish = (enabled, weekday, hour, timezone)
        same = wish == (preference.enabled, preference.weekday, preference.hour, user.timezone)
        user.timezone = timezone
        if same and (preference.next_due_at is not None or not enabled):
            return preference
        preference.enabled, preference.weekday, preference.hour = enabled, weekday, hour
        reschedule(session, user, preference, now=now)
        return preference


def reschedule(session: Session, user: User, preference: ReminderPreference, *, now: dt.datetime) -> None:
    """After any change of wishes or zone: the next slot anew, at most one mail a week still. Never commits.

    A mail that waits already is moved to the new slot if it is of the same week; of another week it stays as it is,
    for else that week would be lost, and counts as if it went now.
    """
    preference.rev += 1
    preference.tzdata_version = schedule.tzdata_version()
    if not preference.enabled:
        preference.next_due_at = None
        _skip_waiting(session, user.id, TURNED_OFF)
        return
    rows = _recent_rows(session, user.id, now)
    waiting = {row.period: row for row in rows if row.state in ("queued", "claimed")}
    taken = {row.period for row in rows if row.period} - waiting.keys()
    earliest = max(now, _last_sent(preference, rows) + REST - _INSTANT)
    slot = schedule.first_slot(preference, user.timezone, after=earliest, taken=taken)
    if waiting and schedule.period_of(slot, user.timezone) not in waiting:
        after = max(earliest, now + REST)
        slot = schedule.first_slot(preference, user.timezone, after=after, taken=taken)
    for period, mail in waiting.items():
        mail.rev = preference.rev
        if period == schedule.period_of(slot, user.timezone):
            _move(mail, slot)
            taken.add(period)
    if schedule.period_of(slot, user.timezone) in waiting:
        slot = schedule.first_slot(preference, user.timezone, after=slot, taken=taken)
    preference.next_due_at = slot


_INSTANT = dt.timedelta(microseconds=1)
_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def _last_sent(preference: ReminderPreference, rows: Sequence[OutboxMail]) -> dt.datetime:
    """When the last mail went, or may have: one that is on its way at this moment counts."""
    maybe = (row.due_at for row in rows if row.state in ("sending", "unknown"))
    return max((preference.last_sent_at or _NEVER, *maybe))


def _recent_rows(session: Session, user_id: int, now: dt.datetime) -> Sequence[OutboxMail]:
    """This learner's reminders of the last weeks, locked: none can begin to be sent while we decide."""
    return session.scalars(
        select(OutboxMail)
        .where(
            OutboxMail.user_id == user_id, OutboxMail.kind == WEEKLY, OutboxMail.due_at > now - dt.timedelta(days=21)
        )
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()


def _move(mail: OutboxMail, slot: dt.datetime) -> None:
    """To another slot of its week. Whoever had claimed it loses it here, before the fence."""
    mail.state, mail.lease_token, mail.lease_until = "queued", "", None
    mail.due_at = mail.available_at = slot
    mail.expires_at = slot + CATCH_UP


def unsubscribe(session: Session, *, user_id: int) -> None:
    """Turns the weekly mail off, with what waits already; for an account that is gone there is nothing to do."""
    with transaction(session):
        user = session.get(User, user_id, with_for_update=True)
        if user is None:
            return
        preference = _preference_of(session, user_id)
        if preference.enabled:
            preference.enabled = False
            preference.next_due_at = None
            preference.rev += 1
        _skip_waiting(session, user_id, TURNED_OFF)


def _preference_of(session: Session, user_id: int) -> ReminderPreference:
    preference = session.get(ReminderPreference, user_id, with_for_update=True)
    if preference is None:
        preference = schedule.new_preference(user_id)
        session.add(preference)
    return preference


def _skip_waiting(session: Session, user_id: int, reason: str) -> None:
    session.execute(
        update(OutboxMail)
        .where(OutboxMail.user_id == user_id, OutboxMail.kind == WEEKLY, OutboxMail.state.in_(("queued", "claimed")))
        .values(state="skipped", reason=reason, lease_token="", lease_until=None)
    )


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
        mails = [_mail_for(row, plan, now, spread_minutes) for row, plan in plans]
        taken = _taken(session, mails)
        mails = [mail for mail in mails if (mail["user_id"], mail["period"]) not in taken]
        insert_new(session, OutboxMail, mails)
        session.execute(
            update(ReminderPreference),
            [{"user_id": row.user_id, "next_due_at": plan.next_due} for row, plan in plans],
        )
    queued = sum(mail["state"] == "queued" for mail in mails)
    return Enqueued(len(due), queued, len(mails) - queued)


def _catch_up(row: Any, now: dt.datetime) -> CatchUp:
    zone = schedule.sound_zone(row.timezone)
    return catch_up(row.next_due_at, now=now, weekday=row.weekday, hour=row.hour, timezone=zone)


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
