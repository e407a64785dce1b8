"""Counting study days: the days from the start on that no pause covers. Everything else stands on this.

The n-th study day (the first is 1) is the day by whose end n days' hours are there.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from tracker.planning.types import Pause, PlanError

DAY = dt.timedelta(days=1)
ROUNDING = 1e-9
"""Share by which sums of floats may be off: without it 12 h at 12 h a week could end on the eighth day."""
LONGEST_DAYS = (dt.date.max - dt.date.min).days

Span = tuple[dt.date, dt.date]


def endless() -> PlanError:
    """What is wrong with a plan that never comes to its end."""
    return PlanError("The plan never ends: every day is paused, or the hours a week are too few.")


def merged(pauses: Iterable[Pause], start_on: dt.date) -> list[Span]:
    """The pauses from the start on, in order, none touching another.

    Raises PlanError for one that ends before it begins.
    """
    spans: list[Span] = []
    for pause in sorted(pauses, key=lambda p: p.starts_on):
        if pause.ends_on < pause.starts_on:
            raise PlanError("A pause cannot end before it begins.")
        if pause.ends_on < start_on:
            continue
        begin = max(pause.starts_on, start_on)
        # As a difference of days: the day after the last one of the calendar cannot be named.
        if spans and (begin - spans[-1][1]).days <= 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], pause.ends_on))
        else:
            spans.append((begin, pause.ends_on))
    return spans


def study_days(start_on: dt.date, day: dt.date, spans: list[Span]) -> int:
    """How many study days there are from the start to the end of ``day``."""
    count = (day - start_on).days + 1
    if count <= 0:
        return 0
    for begin, end in spans:
        if begin > day:
            break
        count -= (min(end, day) - begin).days + 1
    return count


def study_day(start_on: dt.date, number: int, spans: list[Span]) -> dt.date:
    """The date of the n-th study day. Raises PlanError where the calendar ends before it comes."""
    try:
        day = start_on + (number - 1) * DAY
        for begin, end in spans:
            if begin > day:
                break
            day += end - begin + DAY
    except OverflowError as fault:
        raise endless() from fault
    return day


def days_for(hours: float, hours_per_week: float) -> int:
    """How many study days reach these hours. Raises PlanError for more than a calendar has."""
    days = hours * 7 / hours_per_week
    if not abs(days) <= LONGEST_DAYS:  # refuses NaN as well
        raise endless()
    return math.ceil(days - ROUNDING * max(1.0, abs(days)))
