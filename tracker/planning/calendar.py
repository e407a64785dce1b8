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
"""Sums of hours carry the rounding of floats: without this 12 h at 12 h a week could end on the eighth day."""


def merged(pauses: Iterable[Pause], start_on: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The pauses from the start on, in order, none touching another. Raises PlanError for one that ends before it
    begins."""
    spans: list[tuple[dt.date, dt.date]] = []
    for pause in sorted(pauses, key=lambda p: p.starts_on):
        if pause.ends_on < pause.starts_on:
            raise PlanError("A pause cannot end before it begins.")
        if pause.ends_on < start_on:
            continue
        begin = max(pause.starts_on, start_on)
        if spans and begin <= spans[-1][1] + DAY:
            spans[-1] = (spans[-1][0], max(spans[-1][1], pause.ends_on))
        else:
            spans.append((begin, pause.ends_on))
    return spans


def study_days(start_on: dt.date, day: dt.date, spans: list[tuple[dt.date, dt.date]]) -> int:
    """How many study days there are from the start to the end of ``day``."""
    count = (day - start_on).days + 1
    if count <= 0:
        return 0
    for begin, end in spans:
        if begin > day:
            break
        count -= (min(end, day) - begin).days + 1
    return count


def study_day(start_on: dt.date, number: int, spans: list[tuple[dt.date, dt.date]]) -> dt.date:
    """The date of the n-th study day. Raises PlanError where the calendar ends before it comes."""
    try:
        day = start_on + (number - 1) * DAY
        for begin, end in spans:
            if begin > day:
                break
            day += end - begin + DAY
    except OverflowError as fault:
        raise PlanError("The plan never ends: every day is paused, or the hours a week are too few.") from fault
    return day


def days_for(hours: float, hours_per_week: float) -> int:
    """How many study days reach these hours."""
    return math.ceil(hours * 7 / hours_per_week - ROUNDING)
