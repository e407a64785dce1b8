"""How many days ahead or behind, and how many percent: the one place that says."""

from __future__ import annotations

import datetime as dt
import math

from tracker.planning.calendar import ROUNDING, days_for, merged, study_days
from tracker.planning.types import Pace, Plan

ON_TRACK_DAYS = 7
MOST_WITHOUT_DONE = 0.9
"""A milestone that is being done earns the share of its criteria that are met, but only its tick earns all."""


def pace(plan: Plan, earned_hours: float, *, today: dt.date) -> Pace:
    """Compares the study days that the earned hours are worth with those that have gone by, today included."""
    spans = merged(plan.pauses, plan.start_on)
    gone = study_days(plan.start_on, today, spans)
    worth = days_for(min(earned_hours, plan.hours), plan.hours_per_week)
    expected = min(gone * plan.hours_per_week / 7, plan.hours)
    ahead = worth - gone
    if earned_hours >= plan.hours - ROUNDING:
        status = "finished"
    elif today < plan.start_on:
        status = "not-started"
    elif ahead > ON_TRACK_DAYS:
        status = "ahead"
    else:
        status = "behind" if ahead < -ON_TRACK_DAYS else "on-track"
    return Pace(expected, ahead, status)


def percent_done(earned: float, total: float, *, all_done: bool) -> int:
    """Whole percent, rounded down; 100 only when all is done."""
    if all_done:
        return 100
    if total <= 0:
        return 0
    return max(0, min(99, math.floor(100 * earned / total + ROUNDING)))


def earned_share(met: int, total: int) -> float:
    """The share of a milestone's hours that its met criteria have earned while it is being done."""
    return min(met / total, MOST_WITHOUT_DONE) if total else 0.0
