"""When the next weekly mail is due, by the wall clock where the learner lives."""

from __future__ import annotations

import datetime as dt
import zoneinfo

DAY = dt.timedelta(days=1)


def next_reminder(after: dt.datetime, *, weekday: int, hour: int, timezone: str) -> dt.datetime:
    """The first instant (UTC) strictly after ``after`` at which the wall clock in ``timezone`` shows weekday and hour.

    ``after`` is aware; Monday is 0. A slot in a spring gap comes as much later as the gap, an hour that is repeated
    counts once, the first. Walks over local dates and never adds 7 × 24 h, which a change of the clocks would shift.
    Raises ValueError for a naive time, a weekday or an hour that is none, and an unknown zone.
    """
    if after.tzinfo is None:
        raise ValueError("a time without zone has no next reminder")
    if weekday not in range(7) or hour not in range(24):
        raise ValueError("weekday is 0 to 6, hour is 0 to 23")
    zone = _zone(timezone)
    day = after.astimezone(zone).date() - DAY
    day += (weekday - day.weekday()) % 7 * DAY
    while True:
        # fold=0 is the first of two equal hours, and in a gap the offset from before it: as much later as the gap
        slot = dt.datetime.combine(day, dt.time(hour, fold=0), zone).astimezone(dt.UTC)
        if slot > after:
            return slot
        day += 7 * DAY


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as fault:
        raise ValueError(f"{name} is not a time zone") from fault
