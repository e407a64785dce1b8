"""When the weekly mail is due, by the wall clock where the learner lives."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

DAY = dt.timedelta(days=1)
STILL_WELCOME = dt.timedelta(hours=48)
"""A missed slot older than this is not sent any more."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What to do about a slot that was due, after whatever downtime."""

    slot: dt.datetime | None
    """The latest slot that was missed, the only one that counts; None when nothing is due yet."""
    send: bool
    """Whether that one is sent now; otherwise it is recorded as expired."""
    next_due: dt.datetime
    """The first slot after now."""


def next_reminder(after: dt.datetime, *, weekday: int, hour: int, timezone: str) -> dt.datetime:
    """The first instant (UTC) strictly after ``after`` at which the wall clock in ``timezone`` shows these.

    ``after`` is aware; Monday is 0. A slot in a spring gap comes as much later as the gap, an hour that is
    repeated counts once, the first. Walks over local dates and never adds 7 × 24 h, which a change of the
    clocks would shift. Raises ValueError for a naive time, a weekday or hour that is none, an unknown zone.
    """
    if after.tzinfo is None:
        raise ValueError("a time without zone has no next reminder")
    if weekday not in range(7) or hour not in range(24):
        raise ValueError("weekday is 0 to 6, hour is 0 to 23")
    zone = _zone(timezone)
    # From the day before: a slot of yesterday that fell into a gap may come today.
    day = after.astimezone(zone).date() - DAY
    day += (weekday - day.weekday()) % 7 * DAY
    while True:
        # fold=0: the first of two equal hours; in a gap the offset before it, so as much later as the gap.
        slot = dt.datetime.combine(day, dt.time(hour, fold=0), zone).astimezone(dt.UTC)
        if slot > after:
            return slot
        day += 7 * DAY


def catch_up(due: dt.datetime, *, now: dt.datetime, weekday: int, hour: int, timezone: str) -> CatchUp:
    """Of the slots missed since ``due`` the latest counts: never one mail for each missed week.

    At most 48 hours old it is sent now, older it has expired.
    """
    if due > now:
        return CatchUp(None, send=False, next_due=due)
    slot = due
    # However long the downtime was, the slots before these two weeks cannot be the latest one.
    following = next_reminder(max(due, now - 15 * DAY), weekday=weekday, hour=hour, timezone=timezone)
    while following <= now:
        slot = following
        following = next_reminder(slot, weekday=weekday, hour=hour, timezone=timezone)
    return CatchUp(slot, send=now - slot <= STILL_WELCOME, next_due=following)


def local_week(moment: dt.datetime | dt.date, timezone: str = "UTC") -> str:
    """The ISO week of a local date, or of an instant where the learner lives: 2027-W09."""
    if isinstance(moment, dt.datetime):
        if moment.tzinfo is None:
            raise ValueError("a time without zone is in no certain week")
        moment = moment.astimezone(_zone(timezone)).date()
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


# The library itself remembers eight zones, and reads a file again for each of the others.
@lru_cache(maxsize=1024)
def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as fault:
        raise ValueError(f"{name} is not a time zone") from fault
