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

    minutes: Mapping[dt.date, int]
    """Logged, by local day."""
    finished: Collection[dt.date]
    """The days on which a milestone was finished."""
    hours_per_week: float
    pauses: Sequence[Pause]
    today: dt.date

    @property
    def logged_ever(self) -> bool:
        """Whether this learner uses the log at all."""
        return any(self.minutes.values())

    @property
    def minutes_this_week(self) -> int:
        """Logged since Monday."""
        return sum(m for day, m in self.minutes.items() if _monday(self.today) <= day <= self.today)

    @property
    def hours_this_week(self) -> float:
        """The same in hours."""
        return self.minutes_this_week / 60

    @property
    def streak_weeks(self) -> int:
        """Weeks in a row, back from this one. This week cannot break it yet; a week with a pause neither counts nor
        breaks.
        """
        needed = ENOUGH * self.hours_per_week * 60
        logged: dict[dt.date, int] = {}
        for day, spent in self.minutes.items():
            logged[_monday(day)] = logged.get(_monday(day), 0) + spent
        ticked = {_monday(day) for day in self.finished}
        first = min([*logged, *ticked], default=self.today)
        count, monday = 0, _monday(self.today)
        while monday >= first:
            if monday in ticked or logged.get(monday, 0) >= needed:
                count += 1
            elif monday != _monday(self.today) and not _touched(monday, self.pauses):
                break
            monday -= WEEK
        return count

    @property
    def calendar(self) -> Sequence[Square]:
        """The days of the last half year up to today."""
        begin = _monday(self.today) - (CALENDAR_WEEKS - 1) * WEEK
        share = self.hours_per_week * 60 / 7
        ticked = set(self.finished)

        def square(number: int) -> Square:
            day = begin + dt.timedelta(days=number)
            spent = self.minutes.get(day, 0)
            level = 0 if not spent else 1 if spent < share else 2 if spent < 2 * share else 3
            return Square(day, spent, max(level, 2 if day in ticked else 0), number // 7, number % 7)

        return [square(number) for number in range((self.today - begin).days + 1)]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _touched(monday: dt.date, pauses: Sequence[Pause]) -> bool:
    sunday = monday + dt.timedelta(days=6)
    return any(pause.starts_on <= sunday and monday <= pause.ends_on for pause in pauses)
