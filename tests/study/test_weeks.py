"""Weeks in a row, the hours of this one, and the calendar of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from tracker.planning import Pause
from tracker.study.weeks import Study

MONDAY = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
HALF = 6 * 60
"""Half of twelve hours, in minutes."""


def seen(
    minutes: Mapping[dt.date, int] | None = None,
    finished: Collection[dt.date] = (),
    pauses: tuple[Pause, ...] = (),
    today: dt.date = MONDAY,
) -> Study:
    return Study(minutes or {}, finished, 12, pauses, today)


def test_nobody_starts_with_a_streak() -> None:
    assert (seen().streak_weeks, seen().minutes_this_week, seen().logged_ever) == (0, 0, False)


def test_half_the_promised_hours_make_a_week() -> None:
    assert seen({MONDAY - WEEK: HALF}).streak_weeks == 1
    assert seen({MONDAY - WEEK: HALF - 1}).streak_weeks == 0


def test_one_finished_milestone_makes_a_week() -> None:
    assert seen(finished=[MONDAY - DAY, MONDAY - WEEK - DAY]).streak_weeks == 2


def test_today_never_breaks_it() -> None:
    finished = [MONDAY - DAY]
    assert [seen(finished=finished, today=MONDAY + n * DAY).streak_weeks for n in range(7)] == [1] * 7
    assert seen(finished=finished, today=MONDAY + WEEK).streak_weeks == 0


def test_this_week_counts_as_soon_as_it_is_enough() -> None:
    assert seen({MONDAY: HALF}, finished=[MONDAY - DAY]).streak_weeks == 2


def test_a_week_of_nothing_breaks_it() -> None:
    assert seen(finished=[MONDAY - DAY, MONDAY - 15 * DAY]).streak_weeks == 1


def test_a_pause_neither_breaks_nor_counts() -> None:
    pause = Pause(MONDAY - 2 * WEEK + 2 * DAY, MONDAY - 2 * WEEK + 4 * DAY)
    assert seen(finished=[MONDAY - DAY, MONDAY - 15 * DAY], pauses=(pause,)).streak_weeks == 2


def test_hours_of_this_week_begin_on_monday() -> None:
    spent = {MONDAY - DAY: 50, MONDAY: 20, MONDAY + DAY: 25}
    assert seen(spent, today=MONDAY + DAY).minutes_this_week == 45


def test_the_calendar_ends_today_and_shows_26_weeks() -> None:
    squares = seen({MONDAY: 600}, finished=[MONDAY - DAY], today=MONDAY + DAY).calendar
    assert squares[0].on == MONDAY - 25 * WEEK
    assert squares[-1].on == MONDAY + DAY
    levels = {square.on: square.level for square in squares}
    assert (levels[MONDAY], levels[MONDAY - DAY], levels[MONDAY + DAY]) == (3, 2, 0)
    assert {square.row for square in squares} == set(range(7))
