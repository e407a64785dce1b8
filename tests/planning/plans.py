"""What the laws are tried on: paths, pauses and plans as Hypothesis draws them; counting on the fingers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from fractions import Fraction

from hypothesis import strategies as st

from tracker.planning import Milestone, Pause, Plan, build_plan

MONDAY = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)

days = st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 31))
half_hours = st.integers(2, 120).map(lambda n: n / 2)
weekly = st.integers(2, 160).map(lambda n: n / 2)
"""Every number of hours a week that may be planned."""


@st.composite
def paths(draw: st.DrawFn, min_size: int = 0, max_size: int = 14) -> list[Milestone]:
    """Milestones whose needs make no circle, in an order that has nothing to do with their needs."""
    count = draw(st.integers(min_size, max_size))
    keys = [f"m{number}" for number in range(count)]
    made = [
        Milestone(
            key,
            draw(half_hours),
            draw(st.integers(1, 4)),
            tuple(draw(st.lists(st.sampled_from(keys[:number]), unique=True, max_size=3))) if number else (),
            draw(st.booleans()),
        )
        for number, key in enumerate(keys)
    ]
    return draw(st.permutations(made))


@st.composite
def pauses_around(draw: st.DrawFn, day: dt.date, max_size: int = 4) -> list[Pause]:
    """Pauses before, on and after a day; they may touch, overlap and hold one another."""
    made: list[Pause] = []
    for _ in range(draw(st.integers(0, max_size))):
        begin = day + draw(st.integers(-60, 400)) * DAY
        if draw(st.booleans()) and made:
            # A day apart, touching or into one another: where counting goes wrong.
            begin = made[-1].ends_on + draw(st.integers(-3, 3)) * DAY
        made.append(Pause(begin, begin + draw(st.integers(0, 60)) * DAY))
    return made


@st.composite
def plans(draw: st.DrawFn, min_size: int = 1) -> Plan:
    """Any plan that has at least so many milestones."""
    start_on = draw(days)
    return build_plan(
        draw(paths(min_size)),
        start_on=start_on,
        hours_per_week=draw(weekly),
        pauses=draw(pauses_around(start_on)),
    )


def paused(day: dt.date, pauses: Iterable[Pause]) -> bool:
    """Whether any of the pauses covers the day."""
    return any(p.starts_on <= day <= p.ends_on for p in pauses)


def counted(start_on: dt.date, day: dt.date, pauses: Iterable[Pause]) -> int:
    """Study days from the start to the end of a day, one after the other, as on fingers."""
    return sum(not paused(start_on + n * DAY, pauses) for n in range((day - start_on).days + 1))


def first_day(hours: float, plan: Plan) -> dt.date:
    """The first day whose capacity reaches these hours, walked to in exact numbers."""
    needed = math.ceil(Fraction(hours) * 7 / Fraction(plan.hours_per_week))
    day = plan.start_on - DAY
    while needed > 0:
        day += DAY
        needed -= not paused(day, plan.pauses)
    return day
