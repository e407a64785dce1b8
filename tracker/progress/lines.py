"""The lines of the picture: what was planned, what was done, and where the way probably goes.

They may leave the window, whose edge cuts them off.
"""

from __future__ import annotations

import datetime as dt

from tracker.planning import Plan, capacity
from tracker.progress.overview import Overview
from tracker.progress.scale import Point, Scale

PLAN_POINTS = 48


def plan_line(plan: Plan, scale: Scale) -> list[Point]:
    """Straight but for pauses, where it lies level. A revised plan begins on its own day."""
    if not plan.milestones:
        return []
    begins = plan.since or plan.start_on
    days = (plan.finish_on - begins).days + 1
    marks = {round(days * n / PLAN_POINTS) for n in range(PLAN_POINTS + 1)}
    for pause in plan.pauses:
        marks |= {(pause.starts_on - begins).days, (pause.ends_on - begins).days + 1}
    points = []
    for mark in sorted(mark for mark in marks if 0 <= mark <= days):
        day = begins + dt.timedelta(days=mark)
        given = capacity(plan, day - dt.timedelta(days=1)) if mark else plan.before
        points.append((scale.x(day), scale.y(given / plan.hours if plan.hours else 1.0)))
    return _simplified(points)


def _simplified(points: list[Point]) -> list[Point]:
    """Without the points in the middle of a straight piece."""
    kept = points[:1]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        rise = (point[0] - before[0]) * (after[1] - before[1]) - (after[0] - before[0]) * (point[1] - before[1])
        if abs(rise) > 1:
            kept.append(point)
    return [*kept, *points[-1:]] if len(points) > 1 else kept


def staircase(overview: Overview, scale: Scale) -> list[Point]:
    """The real way: level until something is done, then up."""
    points: list[Point] = []
    for step in overview.steps:
        x, y = scale.x(step.on), scale.y(step.share)
        if points and points[-1][1] != y:
            points.append((x, points[-1][1]))
        if not points or points[-1] != (x, y):
            points.append((x, y))
    return points


def cone(overview: Overview, scale: Scale) -> list[Point]:
    """From today to the range of the forecast; nothing when all is done."""
    if share_done(overview) >= 1:
        return []
    early, late = overview.forecast.p10, overview.forecast.p90
    return [_tip(overview, scale), *((scale.x(day), scale.y(1)) for day in (early, late))]


def median(overview: Overview, scale: Scale) -> list[Point]:
    """From today to the most likely finish."""
    if share_done(overview) >= 1:
        return []
    return [_tip(overview, scale), (scale.x(overview.forecast.p50), scale.y(1))]


def share_done(overview: Overview) -> float:
    """How much of the plan is done, 0 to 1, as the picture shows it."""
    return overview.steps[-1].share if overview.steps else 0.0


def _tip(overview: Overview, scale: Scale) -> Point:
    return scale.x(max(overview.today, overview.start_on)), scale.y(share_done(overview))
