"""The world's zones as tests see them: those that differ, when their clocks change, a clock read by eye."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import zoneinfo
from collections.abc import Iterator
from functools import cache
from pathlib import Path

QUARTER = dt.timedelta(minutes=15)
"""Since 2024 every offset is a multiple of it."""
FIRST, LAST = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2041, 1, 1, tzinfo=dt.UTC)


def different_zones() -> list[str]:
    """One name of each set of equal zones, of all that there are."""
    by_content: dict[bytes, str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        by_content.setdefault(_content(name), name)
    return sorted(by_content.values())


def _content(name: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        if (file := Path(folder, name)).is_file():
            return file.read_bytes()
    return importlib.resources.files("tzdata").joinpath("zoneinfo", name).read_bytes()


@cache
def changes(name: str) -> tuple[dt.datetime, ...]:
    """The instants from 2024 to 2040 at which the zone's offset changes."""
    zone = zoneinfo.ZoneInfo(name)
    return tuple(_changes(zone))


def _changes(zone: zoneinfo.ZoneInfo) -> Iterator[dt.datetime]:
    step, day = dt.timedelta(days=5), FIRST
    while day < LAST:
        early, late = day, day + step
        while offset(early, zone) != offset(late, zone) and late - early > QUARTER:
            middle = early + (late - early) // 2
            early, late = (middle, late) if offset(middle, zone) == offset(early, zone) else (early, middle)
        if offset(early, zone) != offset(late, zone):
            # Searched by halves of five days, seen to the minute: changes fall on whole minutes.
            minute = early.replace(second=0, microsecond=0)
            while offset(minute, zone) == offset(early, zone):
                minute += dt.timedelta(minutes=1)
            yield minute
        day += step


def offset(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.timedelta:
    """What the zone's clock is ahead of UTC at an instant."""
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found


def first_shown(wall: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The first instant at which the wall clock shows this; in a gap, as much later as the gap.

    Tries the offsets of the day before and after, and looks at the clock: knows nothing of folds.
    """
    instant = wall.replace(tzinfo=dt.UTC)
    before, after = (offset(instant + sign * dt.timedelta(hours=26), zone) for sign in (-1, 1))
    for candidate in sorted({instant - before, instant - after}):
        if candidate.astimezone(zone).replace(tzinfo=None) == wall:
            return candidate
    return instant - before
