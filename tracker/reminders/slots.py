"""The next slot anew after a change, and back to weekly after a sign of life. Nothing here commits.

A sign of life is something only the learner does: a tick through whatever door, a log-in or a visit that is logged in,
and the button behind a link in a mail. Opening a link is none: mail scanners open every one. Any of them brings the
mail back to weekly at once; only where it has stopped, after asking, it stays so until it is asked for again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from tracker.language import gettext_noop
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.outbox.claim import MAYBE
from tracker.planning import cadence
from tracker.reminders import schedule
from tracker.reminders.schedule import CATCH_UP, CELEBRATIONS, REST, WEEKLY

TURNED_OFF = gettext_noop("Reminders were turned off.")
_INSTANT = dt.timedelta(microseconds=1)
_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def sign_of_life(session: Session, *, user_id: int, now: dt.datetime) -> None:
    """The learner is there: mails that went unanswered are forgotten, and a monthly one is weekly again."""
    preference = session.get(ReminderPreference, user_id)
    if preference is None or not preference.unanswered:
        return
    preference = session.get(ReminderPreference, user_id, with_for_update=True, populate_existing=True)
    if preference is not None and not schedule.has_stopped(preference):
        back_to_weekly(session, preference, now=now)


def back_to_weekly(session: Session, preference: ReminderPreference, *, now: dt.datetime) -> None:
    """Weekly from the next slot on, also where the mail had stopped."""
    faded = cadence(preference.unanswered) != "weekly"
    preference.unanswered = 0
    if faded and preference.enabled:
        reschedule(session, session.get_one(User, preference.user_id), preference, now=now)


def preference_of(session: Session, user_id: int) -> ReminderPreference:
    """The learner's preference, locked; made with the defaults if there is none."""
    preference = session.get(ReminderPreference, user_id, with_for_update=True)
    if preference is None:
        preference = schedule.new_preference(user_id)
        session.add(preference)
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
        skip_waiting(session, user.id, TURNED_OFF)
        return
    _take_celebrations_along(session, preference)
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


def _take_celebrations_along(session: Session, preference: ReminderPreference) -> None:
    """A mail that celebrates has no slot: it goes under the new wishes as it would have under the old ones."""
    own = OutboxMail.user_id == preference.user_id, OutboxMail.kind.in_(CELEBRATIONS)
    waiting = OutboxMail.state.in_(("queued", "claimed"))
    session.execute(update(OutboxMail).where(*own, waiting).values(rev=preference.rev))


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


def skip_waiting(session: Session, user_id: int, reason: str) -> None:
    """What waits to be sent is not sent, or not again; the reason is a sentence for the learner."""
    in_doubt = OutboxMail.ambiguous > 0
    session.execute(
        update(OutboxMail)
        .where(OutboxMail.user_id == user_id, OutboxMail.kind == WEEKLY, OutboxMail.state.in_(("queued", "claimed")))
        .values(
            state=case((in_doubt, "unknown"), else_="skipped"),
            reason=case((in_doubt, MAYBE), else_=reason),
            lease_token="",
            lease_until=None,
        )
    )
