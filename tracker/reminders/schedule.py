"""When a learner's next weekly mail is due. Nothing here commits: enrolment and the services use it in theirs."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.language import gettext_noop
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.planning import cadence, local_week, next_reminder

WEEKLY = "weekly"
PHASE_FINISHED = "phase-finished"
PATH_FINISHED = "path-finished"
CELEBRATIONS = (PHASE_FINISHED, PATH_FINISHED)
"""Sent once, in the hour of the tick; like a reminder in all else: who turned reminders off gets none."""
SNOOZED = gettext_noop("You snoozed this week.")
"""The reason of a week's row that was skipped before it was due."""
DEFAULT_WEEKDAY = 0
DEFAULT_HOUR = 8
CATCH_UP = dt.timedelta(hours=48)
"""A missed slot older than this is recorded as expired instead of being sent."""
REST = dt.timedelta(hours=72)
"""At least this long lies between two mails, whatever somebody changes in between."""


def ensure_preference(session: Session, user: User, *, now: dt.datetime) -> ReminderPreference:
    """The learner's preference, made with the defaults (Monday 08:00) if there is none; never commits.

    One whose slot is too old to be sent at all is moved on to the future.
    """
    preference = session.get(ReminderPreference, user.id)
    if preference is None:
        preference = new_preference(user.id)
        session.add(preference)
    missed = preference.next_due_at is None or preference.next_due_at < now - CATCH_UP
    if preference.enabled and missed:
        preference.unanswered = 0
        preference.next_due_at = first_slot(preference, user.timezone, after=now)
    return preference


def new_preference(user_id: int) -> ReminderPreference:
    """The defaults, not scheduled yet."""
    return ReminderPreference(
        user_id=user_id,
        enabled=True,
        weekday=DEFAULT_WEEKDAY,
        hour=DEFAULT_HOUR,
        rev=0,
        unanswered=0,
        tzdata_version=tzdata_version(),
    )


def compose_anew(session: Session, user_id: int) -> None:
    """After a change of plan: a mail that a sender has in hand already is taken from it, to be written again.

    Before the fence only; never commits.
    """
    session.execute(
        update(OutboxMail)
        .where(OutboxMail.user_id == user_id, OutboxMail.kind == WEEKLY, OutboxMail.state == "claimed")
        .values(state="queued", lease_token="", lease_until=None)
    )


def has_stopped(preference: ReminderPreference) -> bool:
    """Whether the mail asked if it should go on, and nobody answered."""
    return preference.enabled and preference.next_due_at is None and cadence(preference.unanswered) == "stopped"


def first_slot(
    preference: ReminderPreference, timezone: str, *, after: dt.datetime, taken: Collection[str] = ()
) -> dt.datetime:
    """The first slot strictly after ``after`` whose week has no mail yet."""
    slot = after
    while True:
        slot = next_slot(slot, preference.weekday, preference.hour, timezone)
        if period_of(slot, timezone) not in taken:
            return slot


def next_slot(after: dt.datetime, weekday: int, hour: int, timezone: str) -> dt.datetime:
    """As planning.next_reminder, for a zone that comes from the database."""
    return next_reminder(after, weekday=weekday, hour=hour, timezone=sound_zone(timezone))


def period_of(slot: dt.datetime, timezone: str) -> str:
    """The ISO week of the slot's local date, such as 2027-W03: one mail in each."""
    return local_week(slot, sound_zone(timezone))


@lru_cache(maxsize=1024)
def sound_zone(timezone: str) -> str:
    """The zone if this machine knows it, else UTC: one odd row must not stop everybody's mail."""
    try:
        zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return "UTC"
    return timezone


@cache
def tzdata_version() -> str:
    """Which edition of the world's zones is in use: the system's, else the package's."""
    for folder in zoneinfo.TZPATH:
        try:
            with (Path(folder) / "tzdata.zi").open() as lines:
                return lines.readline().removeprefix("# version ").strip()[:16]
        except OSError:
            continue
    return metadata.version("tzdata")[:16]
