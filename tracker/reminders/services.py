"""Changing when the weekly mail comes, stopping it, and putting what is due into the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple, cast

from sqlalchemy import Integer, Table, bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.language import gettext_noop
from tracker.meanwhile import check_mark
from tracker.models import ReminderPreference, Suppression, User
from tracker.outbox.enqueue import Week, enqueue_week, in_whose
from tracker.planning import cadence, catch_up, weeks_after
from tracker.reminders import schedule
from tracker.reminders.schedule import CATCH_UP, WEEKLY
from tracker.reminders.slots import TURNED_OFF, back_to_weekly, preference_of, reschedule, sign_of_life, skip_waiting

BATCH = 250
AT_ONCE = {"sqlite": BATCH, "postgresql": 100}
"""Reminders in one commit: as many as keep a write lock under 20 ms. PostgreSQL takes longer over each."""
UNCONFIRMED = gettext_noop("The address is not confirmed.")
MISSED = gettext_noop("It was due while no mail could be sent, more than 48 hours ago.")


def save_preferences(
    session: Session,
    *,
    user_id: int,
    enabled: bool,
    weekday: int,
    hour: int,
    timezone: str,
    now: dt.datetime,
    seen: str = "",
) -> ReminderPreference:
    """Sets when the weekly mail comes and the learner's zone. Saving the same again changes nothing.

    ``seen``: the mark of what the form showed. Raises Conflict where something else was saved since.
    """
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        preference = preference_of(session, user_id)
        present = (preference.enabled, preference.weekday, preference.hour, user.timezone)
        if (enabled, weekday, hour, timezone) != present:
            check_mark(seen, *present)
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
    total, plan = Enqueued(), cache(partial(_plan, now))
    while (batch := _enqueue_batch(session, plan, now, spread_minutes * 60)).due:
        total += batch
    return total


_preference, _user = cast(Table, ReminderPreference.__table__), cast(Table, User.__table__)
DUE = (
    select(
        _preference.c.user_id,
        _preference.c.next_due_at,
        _preference.c.weekday,
        _preference.c.hour,
        _user.c.timezone,
        _preference.c.unanswered,
        _user.c.email_confirmed_at.is_not(None),
    )
    .join_from(_preference, _user, _user.c.id == _preference.c.user_id)
    # In the index's own words: SQLite finds it for `enabled`, not for `enabled = 1`, which an attribute would become.
    .where(text("reminder_preference.enabled"), _preference.c.next_due_at <= bindparam("now"))
    .order_by(_preference.c.next_due_at, _preference.c.user_id)
    .limit(bindparam("most", type_=Integer(), literal_execute=True))
    .with_for_update(of=_preference, skip_locked=True)
)
_MOVE_ON = {
    dialect: update(_preference).where(in_whose(_preference.c.user_id, dialect)).values(next_due_at=bindparam("next"))
    for dialect in AT_ONCE
}


class _Plan(NamedTuple):
    """What becomes of a slot that is due: the same for all who share zone, day and hour."""

    week: Week | None
    """None where the question whether to go on had no answer: no mail, and no further slot."""
    next_due: dt.datetime | None


def _enqueue_batch(session: Session, plan: Callable[..., _Plan], now: dt.datetime, spread_seconds: int) -> Enqueued:
    """One transaction, with a statement for all who share a plan: row by row it takes four times as long."""
    alike: dict[_Plan, list[int]] = {}
    with transaction(session):
        dialect = session.get_bind().dialect.name
        for user_id, *slot in session.execute(DUE, {"now": now, "most": AT_ONCE[dialect]}):
            alike.setdefault(plan(*slot), []).append(user_id)
        done = Enqueued()
        for of_all, whose in alike.items():
            made = 0
            if of_all.week:
                made = enqueue_week(session, of_all.week, whose, now=now, spread_seconds=spread_seconds)
            session.execute(_MOVE_ON[dialect], {"whose": whose, "next": of_all.next_due})
            skipped = of_all.week is not None and of_all.week.reason != ""
            done += Enqueued(len(whose), 0 if skipped else made, made if skipped else 0)
    return done


def _plan(
    now: dt.datetime, due: dt.datetime, weekday: int, hour: int, timezone: str, unanswered: int, confirmed: bool
) -> _Plan:
    """The mail of the latest slot that was missed, never one for each missed week; then a week on, or a month where
    nobody answers."""
    if cadence(unanswered) == "stopped":
        return _Plan(None, None)
    zone = schedule.sound_zone(timezone)
    found = catch_up(due, now=now, weekday=weekday, hour=hour, timezone=zone)
    slot, following = found.slot or due, found.next_due
    for _ in range(weeks_after(unanswered) - 1):
        following = schedule.next_slot(following, weekday, hour, zone)
    reason = MISSED if not found.send else "" if confirmed else UNCONFIRMED
    return _Plan(Week(WEEKLY, schedule.period_of(slot, zone), slot, slot + CATCH_UP, reason), following)


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
