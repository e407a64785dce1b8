"""Weeks of study: hours of this one, weeks in a row, a calendar of days. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tracker.planning import Pause

WEEK = dt.timedelta(days=7)
CALENDAR_WEEKS = 26
ENOUGH = 0.5
"""A week counts with half of the promised hours, or with one finished milestone."""


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar; ``level`` 0 to 3 by how much of a seventh of the week's promise it was."""

    on: dt.date
    minutes: int
    level: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Study:
    """What the log says, for dashboard and mail."""

    logged_ever: bool
    minutes_this_week: int
    streak_weeks: int
    calendar: tuple[Square, ...]

    @property
    def hours_this_week(self) -> float:
        """Logged since Monday."""
        return self.minutes_this_week / 60


def study(
    minutes: Mapping[dt.date, int],
    finished: Collection[dt.date],
    *,
    hours_per_week: float,
    pauses: Sequence[Pause],
    today: dt.date,
) -> Study:
    """``minutes`` logged and milestones ``finished`` by local day."""
    monday = _monday(today)
    return Study(
        logged_ever=any(minutes.values()),
        minutes_this_week=sum(m for day, m in minutes.items() if monday <= day <= today),
        streak_weeks=_streak(minutes, finished, hours_per_week, pauses, today),
        calendar=tuple(_calendar(minutes, finished, hours_per_week, today)),
    )


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _streak(
    minutes: Mapping[dt.date, int],
    finished: Collection[dt.date],
    hours_per_week: float,
    pauses: Sequence[Pause],
    today: dt.date,
) -> int:
    """Weeks in a row, back from this one. This week cannot break it yet; a week with a pause neither counts nor
    breaks."""
    needed = ENOUGH * hours_per_week * 60
    logged: dict[dt.date, int] = {}
    for day, spent in minutes.items():
        logged[_monday(day)] = logged.get(_monday(day), 0) + spent
    ticked = {_monday(day) for day in finished}
    first = min([*logged, *ticked], default=today)
    count, monday = 0, _monday(today)
    while monday >= first:
        if monday in ticked or logged.get(monday, 0) >= needed:
            count += 1
        elif monday != _monday(today) and not _touched(monday, pauses):
            break
        monday -= WEEK
    return count


def _touched(monday: dt.date, pauses: Sequence[Pause]) -> bool:
    sunday = monday + dt.timedelta(days=6)
    return any(pause.starts_on <= sunday and monday <= pause.ends_on for pause in pauses)


def _calendar(
    minutes: Mapping[dt.date, int], finished: Collection[dt.date], hours_per_week: float, today: dt.date
) -> Sequence[Square]:
    begin = _monday(today) - (CALENDAR_WEEKS - 1) * WEEK
    share = hours_per_week * 60 / 7
    ticked = set(finished)

    def square(number: int) -> Square:
        day = begin + dt.timedelta(days=number)
        spent = minutes.get(day, 0)
        level = 0 if not spent else 1 if spent < share else 2 if spent < 2 * share else 3
        return Square(day, spent, max(level, 2 if day in ticked else 0), number // 7, number % 7)

    return [square(number) for number in range((today - begin).days + 1)]
