"""Ways to go on for one who is behind, or ahead: each a whole revised plan with its finish and hours a week.

What is done is never touched, and days gone by never change: a revision holds from its day on.
So it keeps the rows of what is done as they were, and dates only what is open, from today on. The caller
keeps every revision, so the first plan stays visible; here nothing is chosen or stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from tracker.planning.calendar import DAY, merged
from tracker.planning.plan import begun, dated, hours_for_target, months_between
from tracker.planning.types import Option, Pause, Plan, PlanError, Planned, Progress, Way

WEEKS_OFF = 2


@dataclass(frozen=True, slots=True)
class _Open:
    """What is not done yet, with the hours of it that are left."""

    row: Planned
    left: float
    begun: bool


def replan_options(
    plan: Plan,
    progress: Progress,
    *,
    today: dt.date,
    path_range: tuple[float, float],
    weeks_off: int = WEEKS_OFF,
) -> list[Option]:
    """The ways there are, in this order; one that is not possible, or would change nothing, is left out.

    *move-finish*: the same hours a week, new dates. *add-hours*, or *fewer-hours* for one who is ahead: the
    same finish. *drop-optional*: the fewest optional milestones from the end of the plan that bring the
    finish back, all of them if that is not enough. *take-break*: weeks off from today, then on as before.
    Nothing left to do: no options. Raises PlanError where the calendar ends before the plan does.
    """
    since = max(today, plan.start_on)
    kept = [m for m in plan.milestones if m.key in progress.done]
    waiting = [_left(m, progress) for m in plan.milestones if m.key not in progress.done | progress.left_out]
    if not waiting:
        return []

    def option(kind: Way, revised: Plan, dropped: tuple[str, ...] = (), weeks: int = 0) -> Option:
        inside = path_range[0] <= revised.months <= path_range[1]
        return Option(kind, revised.finish_on, revised.hours_per_week, revised, inside, dropped, weeks)

    moved = _revised(plan, kept, waiting, since)
    options = [option("move-finish", moved)]
    hours = _hours_for_same_finish(plan, waiting, since)
    if hours is not None and hours != plan.hours_per_week:
        kind: Way = "add-hours" if hours > plan.hours_per_week else "fewer-hours"
        options.append(option(kind, _revised(replace(plan, hours_per_week=hours), kept, waiting, since)))
    without = _without_optional(plan, kept, waiting, since, progress.optional)
    if without is not None:
        options.append(option("drop-optional", *without))
    if weeks_off > 0:
        rested = _rested(plan, kept, waiting, since, weeks_off)
        if rested.finish_on != moved.finish_on:  # else these weeks are paused already
            options.append(option("take-break", rested, weeks=weeks_off))
    return options


def _rested(plan: Plan, kept: Sequence[Planned], waiting: Sequence[_Open], since: dt.date, weeks: int) -> Plan:
    away = Pause(since, since + (7 * weeks - 1) * DAY)
    return _revised(replace(plan, pauses=(*plan.pauses, away)), kept, waiting, since)


def _left(row: Planned, progress: Progress) -> _Open:
    left = max(0.0, row.hours - max(0.0, progress.earned.get(row.key, 0.0)))
    return _Open(row, left, row.key in progress.earned)


def _revised(plan: Plan, kept: Sequence[Planned], waiting: Sequence[_Open], since: dt.date) -> Plan:
    """The plan as it goes on from ``since``, at its hours a week and around its pauses."""
    spans = merged(plan.pauses, since)
    rows = [(w.row.key, w.row.hours, w.left) for w in waiting]
    ahead = [
        begun(new, w.row.starts_on) if w.begun else new
        for new, w in zip(dated(rows, since, plan.hours_per_week, spans), waiting, strict=True)
    ]
    milestones = (*kept, *ahead)
    total = sum(m.hours for m in milestones)
    finish_on = ahead[-1].due_on if ahead else since
    return replace(
        plan,
        milestones=milestones,
        finish_on=finish_on,
        hours=total,
        months=months_between(plan.start_on, finish_on),
        since=since,
        before=max(0.0, total - sum(w.left for w in waiting)),
    )


def _hours_for_same_finish(plan: Plan, waiting: Sequence[_Open], since: dt.date) -> float | None:
    try:
        left = sum(w.left for w in waiting)
        return hours_for_target(left, since, plan.finish_on, merged(plan.pauses, since))
    except PlanError:  # the finish has gone by, or no week has that many hours
        return None


def _without_optional(
    plan: Plan, kept: Sequence[Planned], waiting: Sequence[_Open], since: dt.date, optional: Set[str]
) -> tuple[Plan, tuple[str, ...]] | None:
    """Without the fewest optional milestones from the end, and their keys; what was begun stays in."""
    remaining = list(waiting)
    best: tuple[Plan, tuple[str, ...]] | None = None
    for candidate in reversed(waiting):
        if candidate.row.key not in optional or candidate.begun:
            continue
        remaining.remove(candidate)
        shorter = _revised(plan, kept, remaining, since)
        best = shorter, tuple(w.row.key for w in waiting if w not in remaining)
        if shorter.finish_on <= plan.finish_on:
            break
    return best
