"""When somebody will probably finish: a range that begins from the promise and learns from what happened.

The model. Weekly hours scatter around a rate; the rate is not known, and it may fall as the months go by.

1. **Level**: recent weeks weigh more (half as much after ``HALF_LIFE`` weeks), and the promise, taken at
   ``KEPT`` of its word, counts as ``PROMISE_WEEKS`` weeks of evidence. After some four weeks the learner's own
   hours lead.
2. **Trend**: the slope of the weighted hours, shrunk towards a slight decline, which most long efforts show.
3. **Absence**: a run of three or more empty weeks that has ended, in the life of somebody who otherwise hardly ever
   misses one, says little about the usual rate and is left out of it. Empty weeks of any other kind count in full.
4. **Spread**: the finish is the first passage of a drifting sum, whose spread over the mean is that of the inverse
   Gaussian (variance of the log about cv²/weeks left), plus what is not known about the rate and what may change in
   the weeks to come. The sum of these is close to lognormal, which has its quantiles in closed form.

Sources: inverse Gaussian first passage (Chhikara and Folks, 1989); shrinkage towards a prior as pseudo-observations
(any conjugate normal model). The parameters were fitted on simulated learners of the five kinds in planning.md, with
six further kinds (seasons, ramps, changes of job, …) in the score so that they are not fitted to the five alone;
`make bench-forecast` measures them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.planning.calendar import DAY, merged, study_day
from tracker.planning.types import Forecast, Pause, PlanError

PROMISE_WEEKS = 3.0
KEPT = 0.83
PROMISE_SPREAD = 0.52
HALF_LIFE = 21.5
DECLINE, DECLINE_SPREAD = 0.0009, 0.0016
"""Share of the rate that is lost in a week, and how much that differs between people."""
USUAL_SCATTER, SCATTER_WEEKS = 0.89, 1.75
"""Standard deviation of a week over its mean, and for how many weeks of evidence that counts."""
CHANGE = 0.0006
"""Variance that each week to come adds: lives change."""
MODEL_ERROR = 0.09
ABSENCE_WEEKS, SELDOM = 3, 0.12
NARROWER, WIDER = 0.71, 0.8
"""The two sides of a range that is less wide than a normal one of this variance, measured."""
GRAIN = 0.5
"""Weeks by which a finish is seen later than it happens: hours are counted in whole milestones."""
Z90 = 1.2815515655446004
LONGEST_WEEKS = 5200.0
STEEPEST = 0.75


@dataclass(frozen=True, slots=True)
class Habit:
    """What the weeks so far say."""

    rate: float
    decline: float
    decline_variance: float
    rate_variance: float
    """Of the log of the rate."""
    scatter: float
    """Squared: the variance of a week over its squared mean."""


def forecast(
    remaining_hours: float,
    weekly_hours: Sequence[float],
    *,
    hours_per_week: float,
    today: dt.date,
    pauses: Sequence[Pause] = (),
) -> Forecast:
    """The finish as a range of dates. ``weekly_hours``: hours of each full week since the start, oldest first, paused
    weeks left out; may be empty. Nothing remaining: all three dates are today."""
    habit = _habit([max(0.0, hours) for hours in weekly_hours], hours_per_week)
    if remaining_hours <= 0:
        return Forecast(today, today, today, habit.rate)
    even = min(remaining_hours / max(habit.rate, 1e-6), LONGEST_WEEKS)
    weeks = _slowed(even, habit.decline)
    spread = math.sqrt(
        habit.rate_variance
        + habit.scatter / max(even, 1.0)
        + CHANGE * even
        + habit.decline_variance * even * even / 16
        + MODEL_ERROR**2
    )
    early = weeks * math.exp(-Z90 * NARROWER * spread) + GRAIN / 2
    late = weeks * math.exp(min(Z90 * WIDER * spread, 3.0)) + GRAIN
    dates = [_after(today, reached, pauses) for reached in (early, weeks + GRAIN, late)]
    return Forecast(dates[0], max(dates[0], dates[1]), max(dates), habit.rate)


def _habit(weeks: list[float], promise: float) -> Habit:
    weights = _weights(weeks)
    ages = range(len(weeks) - 1, -1, -1)
    total = sum(weights)
    seen = sum(w * hours for w, hours in zip(weights, weeks, strict=True))
    level = max((PROMISE_WEEKS * KEPT * promise + seen) / (PROMISE_WEEKS + total), 1e-6)
    mean = seen / total if total else level
    scatter = _scatter(weeks, weights, mean, level)
    decline, decline_variance, rate = DECLINE, DECLINE_SPREAD**2, level
    if total > 1:
        middle = sum(w * age for w, age in zip(weights, ages, strict=True)) / total
        spread = sum(w * (age - middle) ** 2 for w, age in zip(weights, ages, strict=True))
        if spread > 1e-9:
            slope = sum(w * (age - middle) * x for w, age, x in zip(weights, ages, weeks, strict=True)) / spread / level
            noise = scatter / spread
            trust = decline_variance / (decline_variance + noise)
            decline += trust * (slope - decline)
            decline_variance *= 1 - trust
            # The level is that of the weeks' middle; the rate is that of now.
            rate = level * max(1 - decline * middle * total / (total + PROMISE_WEEKS), 0.2)
    squares = sum(w * w for w in weights)
    evidence = total * total / squares if squares else 0.0
    rate_variance = 1 / (1 / PROMISE_SPREAD**2 + evidence / scatter)
    return Habit(rate, max(-0.004, min(decline, 0.02)), decline_variance, rate_variance, scatter)


def _weights(weeks: list[float]) -> list[float]:
    """How much each week says: less with age, nothing where it belongs to an absence."""
    keep = 0.5 ** (1 / HALF_LIFE)
    weights = [keep**age for age in range(len(weeks) - 1, -1, -1)]
    runs = _empty_runs(weeks)
    empty = sum(end - begin for begin, end in runs)
    for begin, end in runs:
        length = end - begin
        elsewhere = (empty - length) / max(len(weeks) - length, 1)
        if length >= ABSENCE_WEEKS and end < len(weeks) and elsewhere < SELDOM:
            weights[begin:end] = [0.0] * length
    return weights


def _empty_runs(weeks: list[float]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index, hours in enumerate(weeks):
        if hours > 0:
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _scatter(weeks: list[float], weights: list[float], mean: float, level: float) -> float:
    counted = [hours for hours, weight in zip(weeks, weights, strict=True) if weight > 0]
    squares = sum((hours - mean) ** 2 for hours in counted)
    return (SCATTER_WEEKS * USUAL_SCATTER**2 + squares / level**2) / (SCATTER_WEEKS + len(counted))


def _slowed(even: float, decline: float) -> float:
    """Weeks that it takes at a rate that falls by ``decline`` a week, where an even rate would take ``even``."""
    lost = decline * even
    if abs(lost) < 1e-6:
        return even
    if lost < STEEPEST:
        return -math.log(1 - lost) / decline
    # A rate that falls for ever would never arrive; nobody's does, so it goes on less steeply from here.
    return even * math.log(1 / (1 - STEEPEST)) / STEEPEST * math.sqrt(lost / STEEPEST)


def _after(today: dt.date, weeks: float, pauses: Sequence[Pause]) -> dt.date:
    days = math.ceil(min(weeks, LONGEST_WEEKS) * 7)
    tomorrow = today + DAY
    try:
        return study_day(tomorrow, max(1, days), merged(pauses, tomorrow))
    except PlanError:  # a pause without end
        return dt.date.max
