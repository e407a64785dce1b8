"""Reading: what the settings page shows, what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker import clock, words
from tracker.enrolment.queries import OnPath, on_paths
from tracker.language import gettext, gettext_noop, said
from tracker.models import OutboxMail, ReminderPreference, Suppression, User
from tracker.outbox.states import QUEUED
from tracker.reminders import schedule
from tracker.reminders.schedule import SNOOZED, WEEKLY

KINDS = {
    WEEKLY: gettext_noop("Weekly reminder"),
    schedule.PHASE_FINISHED: gettext_noop("Phase finished"),
    schedule.PATH_FINISHED: gettext_noop("Path finished"),
    "confirm-email": gettext_noop("Confirm your address"),
    "address-taken": gettext_noop("Sign-up with your address"),
    "reset-password": gettext_noop("New password"),
    "password-changed": gettext_noop("Password changed"),
    "change-email": gettext_noop("Confirm your new address"),
    "email-changed": gettext_noop("Address changed"),
    "factor-changed": gettext_noop("Second factor changed"),
    "new-device": gettext_noop("New log-in"),
}
STATES = {
    "queued": gettext_noop("waiting"),
    "claimed": gettext_noop("being sent"),
    "sending": gettext_noop("being sent"),
    "sent": gettext_noop("sent"),
    "dead": gettext_noop("not delivered"),
    "skipped": gettext_noop("not sent"),
    "unknown": gettext_noop("maybe sent"),
}


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail as its receiver sees it in the list."""

    what: str
    state: str
    reason: str
    at: dt.datetime
    """When it was sent, or was to be."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """When somebody wants the weekly mail; the defaults for one who was never asked."""

    enabled: bool
    weekday: int
    hour: int
    unanswered: int
    last_sent_at: dt.datetime | None


def wishes_of(session: Session, user_id: int) -> Wishes:
    """What the settings page shows as chosen."""
    return wishes_of_all(session, [user_id])[user_id]


def wishes_of_all(session: Session, user_ids: Collection[int]) -> Mapping[int, Wishes]:
    """The same for many learners, in one query."""
    rows = session.scalars(select(ReminderPreference).where(ReminderPreference.user_id.in_(user_ids)))
    found = {row.user_id: row for row in rows}
    chosen = {user_id: found.get(user_id) or schedule.new_preference(user_id) for user_id in user_ids}
    return {
        user_id: Wishes(row.enabled, row.weekday, row.hour, row.unanswered, row.last_sent_at)
        for user_id, row in chosen.items()
    }


def learner(session: Session, user_id: int) -> User | None:
    """The account that a link names; None when it is gone."""
    return session.get(User, user_id)


def next_send(session: Session, user_id: int) -> dt.datetime | None:
    """The slot of the next weekly mail: one that waits already comes before the one that is scheduled."""
    waiting = select(func.min(OutboxMail.due_at)).where(
        OutboxMail.user_id == user_id, OutboxMail.kind == WEEKLY, OutboxMail.state.in_(("queued", "claimed"))
    )
    scheduled = select(ReminderPreference.next_due_at).where(
        ReminderPreference.user_id == user_id, ReminderPreference.enabled
    )
    slots = session.execute(select(waiting.scalar_subquery(), scheduled.scalar_subquery())).one()
    slot = min((slot for slot in slots if slot is not None), default=None)
    user, preference = session.get(User, user_id), session.get(ReminderPreference, user_id)
    if slot is None or user is None or preference is None:
        return slot
    return _after_pauses(slot, preference, user.timezone, on_paths(session, user_id))


def _after_pauses(
    slot: dt.datetime, preference: ReminderPreference, timezone: str, standings: Sequence[OnPath]
) -> dt.datetime:
    """The first slot from this one on whose day is not paused on every path: until then no mail comes."""
    while standings and all(_paused(standing, slot, timezone) for standing in standings):
        slot = schedule.next_slot(slot, preference.weekday, preference.hour, timezone)
    return slot


def _paused(standing: OnPath, slot: dt.datetime, timezone: str) -> bool:
    day = clock.local_date(slot, schedule.sound_zone(timezone))
    return any(pause.starts_on <= day <= pause.ends_on for pause in standing.pauses)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be said about somebody's reminders: when the next comes, or why none does."""

    slot: dt.datetime | None
    stopped: bool
    """Nobody answered, not even the question whether to go on."""
    unanswered: int
    snoozed: dt.datetime | None
    """The slot that was snoozed and is still to come."""
    refused: str
    """What the mail system said when it refused the address for good; empty when it did not."""


def outlook(session: Session, user: User, *, now: dt.datetime, standings: Sequence[OnPath] | None = None) -> Outlook:
    """In one query, and one more for the learner's paths where ``standings`` does not bring them along."""
    own = select(func.min(OutboxMail.due_at)).where(OutboxMail.user_id == user.id, OutboxMail.kind == WEEKLY)
    waiting = own.where(OutboxMail.state.in_(("queued", "claimed"))).scalar_subquery()
    snoozed = own.where(OutboxMail.reason == SNOOZED, OutboxMail.due_at > now).scalar_subquery()
    row = session.execute(
        select(ReminderPreference, Suppression, waiting, snoozed)
        .select_from(User)
        .outerjoin(ReminderPreference, ReminderPreference.user_id == User.id)
        .outerjoin(Suppression, Suppression.address == User.email)
        .where(User.id == user.id)
    ).one()
    preference, suppression, waits, snoozed_slot = row
    scheduled = preference.next_due_at if preference and preference.enabled else None
    slot = min((slot for slot in (waits, scheduled) if slot is not None), default=None)
    if slot is not None and slot > now and preference is not None:
        own_paths = on_paths(session, user.id) if standings is None else standings
        slot = _after_pauses(slot, preference, user.timezone, own_paths)
    return Outlook(
        slot=slot,
        stopped=preference is not None and schedule.has_stopped(preference),
        unanswered=preference.unanswered if preference else 0,
        snoozed=snoozed_slot,
        refused=(suppression.evidence or gettext("no reason given")) if suppression else "",
    )


def next_reminder_words(session: Session, *, user_id: int, timezone: str) -> str:
    """'Monday 8 March, 08:00, Berlin'; empty when no reminder is to come."""
    slot = next_send(session, user_id)
    return words.slot(slot, zone_of(timezone)) if slot else ""


def zone_of(timezone: str) -> str:
    """The learner's zone, or UTC where this machine does not know it."""
    return schedule.sound_zone(timezone)


def last_mails(session: Session, user_id: int, limit: int = 8) -> Sequence[MailLine]:
    """This learner's newest mails with what became of them."""
    rows = session.scalars(
        select(OutboxMail).where(OutboxMail.user_id == user_id).order_by(OutboxMail.id.desc()).limit(limit)
    )
    return [
        MailLine(
            said(KINDS.get(row.kind, row.kind)), said(STATES[row.state]), said(row.reason), row.sent_at or row.due_at
        )
        for row in rows
    ]


def waiting(session: Session, *, now: dt.datetime) -> Sequence[int]:
    """The weekly mails that may go now but are still there."""
    return session.scalars(
        select(OutboxMail.id).where(
            QUEUED, OutboxMail.kind == WEEKLY, OutboxMail.available_at <= now, OutboxMail.expires_at > now
        )
    ).all()
