"""When somebody will probably finish: a range that begins from the promise and learns from what happened.

The model. Weekly hours scatter around a rate; the rate is not known, and it may fall as the months go by.

1. **Level**: recent weeks weigh more (half as much after ``HALF_LIFE`` weeks). The promise, taken at ``KEPT``
   of its word, counts as three or four weeks of evidence, as fewer for somebody whose weeks are alike and say
   more (the shrinkage of any conjugate normal model). After some four weeks the learner's own hours lead.
2. **Decline**: a slight one, which most long efforts show. The slope of one learner's own weeks is too
   uncertain to say more than the level of recent weeks says already: a model with it was no truer.
3. **Absence**: a run of three or more empty weeks that has ended, in the life of somebody who otherwise
   hardly ever misses one, says little about the usual rate and is left out. Other empty weeks count in full.
4. **Scatter**: the variance of a week, times (1 + r) / (1 - r) for the correlation r of one week with the
   next: the variance of a long sum (AR(1)). Hours counted in whole milestones, or every other week, jump, but
   what is missing in one week comes in the next.
5. **Range**: the finish is the first passage of a drifting sum, whose spread over its mean is that of the
   inverse Gaussian (variance of the log about scatter / weeks left), plus what is not known about the rate
   and what may change in the weeks to come. The sum is close to lognormal, whose quantiles are a closed form.

Source of the first passage: Chhikara and Folks, The Inverse Gaussian Distribution, 1989. The figures below
were fitted on simulated learners of the five kinds of the README, with eight further kinds in the score so
that they are not made for the five alone. `make bench-forecast` measures both, with learners other than those
of the fit.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from tracker.planning.calendar import Span, merged, study_day, study_days
from tracker.planning.types import Forecast, Pause, PlanError

KEPT = 0.935
PROMISE_WEEKS, PROMISE_WEEKS_SCATTERED, MOST_SCATTERED = 2.15, 1.4, 1.5
"""How many weeks of evidence the promise is worth, how many more for each unit of scatter, and up to which:
without an end, an hour in an empty month would make the emptiness so certain that the finish moves later."""
PROMISE_SPREAD = 0.55
"""How far off the promise is, as a standard deviation of the log."""
HALF_LIFE = 16.5
DECLINE, DECLINE_SPREAD = 0.00078, 0.0016
"""Share of the rate that is lost in a week, and how much that differs between people."""
USUAL_SCATTER, SCATTER_WEEKS = 0.8, 4.0
"""Standard deviation of a week over its mean, and for how many weeks of evidence that counts."""
SCATTER_UNSEEN = 1.7
"""What is seen of the scatter in a few weeks is more often too little than too much."""
UNRELATED_WEEKS = 2.0
"""For how many weeks of evidence it counts that one week says nothing about the next."""
CHANGE = 0.00018
"""Variance that each week to come adds: lives change."""
MODEL_ERROR = 0.04
ABSENCE_WEEKS, SELDOM = 3, 0.115
NARROWER, WIDER = 0.67, 0.86
"""The two sides of a range that is less wide than a normal one of this variance, measured."""
GRAIN = 0.52
"""Weeks by which a finish is seen later than it happens: hours are counted in whole milestones."""
Z90 = 1.2815515655446004
LONGEST_WEEKS = 5200.0
STEEPEST = 0.75


@dataclass(frozen=True, slots=True)
class _Habit:
    """What the weeks so far say."""

    rate: float
    rate_variance: float
    """Of the log of the rate."""
    scatter: float
    """What a week adds to the variance of a long sum, over its squared mean."""


def forecast(
    remaining_hours: float,
    weekly_hours: Sequence[float],
    *,
    hours_per_week: float,
    today: dt.date,
    pauses: Sequence[Pause] = (),
) -> Forecast:
    """The finish as a range of dates; nothing remaining: all three are today.

    ``weekly_hours``: hours of each full week since the start, oldest first, without those paused.
    Raises PlanError for hours that are no numbers.
    """
    so_far = [max(0.0, hours) for hours in weekly_hours]
    if math.isnan(remaining_hours) or not all(map(math.isfinite, weekly_hours)):
        raise PlanError("Hours that are no numbers have no forecast.")
    if not 0 < hours_per_week < math.inf:
        raise PlanError("The hours a week that were promised must be more than none.")
    habit = _habit(so_far, hours_per_week)
    if remaining_hours <= 0:
        return Forecast(today, today, today, habit.rate)
    even = min(remaining_hours / habit.rate, LONGEST_WEEKS)
    weeks = _slowed(even)
    spread = math.sqrt(
        habit.rate_variance
        + habit.scatter / max(even, 1.0)
        + CHANGE * even
        + (DECLINE_SPREAD * even / 4) ** 2
        + MODEL_ERROR**2
    )
    early = weeks * math.exp(-Z90 * NARROWER * spread) + GRAIN / 2
    late = weeks * math.exp(min(Z90 * WIDER * spread, 3.0)) + GRAIN
    spans = merged(pauses, today)
    p10, p50, p90 = (_after(today, reached, spans) for reached in (early, weeks + GRAIN, late))
    return Forecast(p10, p50, p90, habit.rate)


def _habit(weeks: list[float], promise: float) -> _Habit:
    weights = _weights(weeks)
    total, seen = sum(weights), _dot(weights, weeks)
    usual = KEPT * promise
    scatter = _scatter(weeks, weights, max((seen + usual / 2) / (total + 0.5), usual / 1000))
    prior = PROMISE_WEEKS + PROMISE_WEEKS_SCATTERED * min(scatter, MOST_SCATTERED)
    rate = (prior * usual + seen) / (prior + total)
    if total:
        # The level is that of the weeks' middle; the rate is that of now.
        middle = _dot(weights, range(len(weeks) - 1, -1, -1)) / total
        rate *= 1 - DECLINE * middle * total / (total + prior)
    squares = _dot(weights, weights)
    evidence = total * total / squares if squares else 0.0
    return _Habit(rate, 1 / (1 / PROMISE_SPREAD**2 + evidence / scatter), scatter)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(mul, one, other), 0.0)


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


def _scatter(weeks: list[float], weights: list[float], mean: float) -> float:
    """What a week adds to the variance of a long sum, over its squared mean; begins from the usual."""
    off = [hours / mean - 1 if weight else 0.0 for hours, weight in zip(weeks, weights, strict=True)]
    squares, usual = _dot(off, off), USUAL_SCATTER**2
    counted = len(weeks) - weights.count(0.0)
    alone = (SCATTER_WEEKS * usual + squares) / (SCATTER_WEEKS + counted)
    related = _dot(off, off[1:]) / (squares + UNRELATED_WEEKS * usual)
    related = max(-0.75, min(related, 0.6))
    return SCATTER_UNSEEN * alone * (1 + related) / (1 - related)


def _slowed(even: float) -> float:
    """Weeks that it takes at a rate that falls slightly, where an even rate takes ``even``."""
    lost = DECLINE * even
    if lost < STEEPEST:
        return -math.log(1 - lost) / DECLINE
    # A rate that falls for ever would never arrive; nobody's does, so it goes on less steeply from here.
    return even * math.log(1 / (1 - STEEPEST)) / STEEPEST * math.sqrt(lost / STEEPEST)


def _after(today: dt.date, weeks: float, spans: list[Span]) -> dt.date:
    """The study day on which these weeks are over; they begin tomorrow."""
    days = max(1, math.ceil(min(weeks, LONGEST_WEEKS) * 7))
    try:
        # Counted from today on, for the calendar may end today.
        return study_day(today, study_days(today, today, spans) + days, spans)
    except PlanError:  # a pause without end, or the end of the calendar
        return dt.date.max
