"""How many days ahead or behind, and how many percent: the one place that says."""

from __future__ import annotations

import datetime as dt
import math

from tracker.planning.calendar import ROUNDING, days_for, merged, study_days
from tracker.planning.types import Pace, Plan

ON_TRACK_DAYS = 7
MOST_WITHOUT_DONE = 0.9
"""A milestone being done earns the share of its criteria that are met, but only its tick earns all."""


def pace(plan: Plan, earned_hours: float, *, today: dt.date) -> Pace:
    """Compares the study days that the earned hours are worth with those that have gone by, today included.

    On a paused day it says what it said on the day before. Who has finished is never late: the days do not go
    on counting against them.
    """
    begin = plan.line_from
    gone = study_days(begin, today, merged(plan.pauses, begin))
    worth = days_for(min(earned_hours, plan.hours) - plan.before, plan.hours_per_week)
    if gone:  # nothing earned is where the first day begins: nobody is a day behind on the day they start
        worth = max(worth, 1)
    expected = min(plan.before + gone * plan.hours_per_week / 7, plan.hours)
    ahead = worth - gone
    if earned_hours >= plan.hours * (1 - ROUNDING):
        return Pace(expected, max(0, ahead), "finished")
    if today < plan.start_on:
        return Pace(expected, ahead, "not-started")
    if ahead > ON_TRACK_DAYS:
        return Pace(expected, ahead, "ahead")
    return Pace(expected, ahead, "behind" if ahead < -ON_TRACK_DAYS else "on-track")


def percent_done(earned: float, total: float, *, all_done: bool) -> int:
    """Whole percent, rounded down; 100 only when all is done."""
    if all_done:
        return 100
    if not total > 0 or not earned > 0:
        return 0
    # 29 of 100 hours in tenths is 28.999… in floats, and still 29%.
    return min(99, math.floor(min(100 * earned / total, 100) * (1 + ROUNDING)))


def earned_share(met: int, total: int) -> float:
    """The share of a milestone's hours that its met criteria have earned while it is being done."""
    if total <= 0:
        return 0.0
    return min(max(met, 0) / total, MOST_WITHOUT_DONE)
