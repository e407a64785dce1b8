"""The picture of the way: pure geometry from an Overview; templates/progress/_timeline.html draws it as SVG.

Time runs to the right from the start of the plan, the share that is done runs upwards. Two shapes: a wide one, and a
narrow one for small screens, so that no letter has to shrink.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.planning import capacity
from tracker.progress.overview import Overview, PhaseView

DAYS_A_MONTH = 365.25 / 12
PLAN_POINTS = 48
MOST_MONTHS = 60
"""A forecast beyond this runs out of the picture; its dates are in the text and in the table."""
LETTER = 6.6
"""About the width of a letter in the picture's units."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One drawing's measures, in SVG units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    """y of nought percent"""


WIDE = Shape(960, 372, 56, 936, 24, 300)
NARROW = Shape(400, 372, 40, 388, 24, 300)


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place; ``anchor`` is SVG's text-anchor."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase below the picture: where its plan runs, and how much of it is done."""

    x: float
    width: float
    done: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template places. Points are 'x,y x,y …'."""

    shape: Shape
    levels: tuple[tuple[int, float], ...]
    """Percent and its y."""
    months: tuple[Label, ...]
    envelope: str
    edges: tuple[Label, ...]
    plan: str
    actual: str
    cone: str
    median: str
    today_x: float
    today_y: float
    today: Label
    bars: tuple[Bar, ...]
    goal: Label


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how much was planned to be done by then, and how much was; None in the future."""

    month: int
    on: dt.date
    planned: int
    done: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Both drawings of one overview."""

    wide: Picture
    narrow: Picture
    earliest_on: dt.date
    latest_on: dt.date
    """The path's own edges, counted from the start."""
    rows: tuple[Row, ...]


def timeline(overview: Overview) -> Timeline:
    """The picture for wide and for narrow screens, and its figures for the table."""
    start, path = overview.start_on, overview.path
    return Timeline(
        _draw(overview, WIDE),
        _draw(overview, NARROW),
        start + dt.timedelta(days=round(path.min_months * DAYS_A_MONTH)),
        start + dt.timedelta(days=round(path.max_months * DAYS_A_MONTH)),
        tuple(_rows(overview)),
    )


def _rows(overview: Overview) -> Iterable[Row]:
    """Month by month, to the end of the plan or to today, whichever is later."""
    plan, last = overview.plan, max(overview.plan.finish_on, overview.today)
    for number in range(1, MOST_MONTHS * 4):
        on = overview.start_on + dt.timedelta(days=round(number * DAYS_A_MONTH))
        planned = min(capacity(plan, on) / plan.hours, 1.0) if plan.hours else 1.0
        done = max((step.share for step in overview.steps if step.on <= on), default=0.0)
        yield Row(number, on, int(planned * 100 + 1e-9), int(done * 100 + 1e-9) if on <= overview.today else None)
        if on > last:
            return


class _Scale:
    """From days and shares to x and y."""

    def __init__(self, overview: Overview, shape: Shape) -> None:
        self.start = overview.start_on
        self.shape = shape
        path = overview.path
        ends = [overview.plan.finish_on, overview.forecast.p90, overview.today]
        months = max([path.max_months, *((end - self.start).days / DAYS_A_MONTH for end in ends)])
        self.days = min(months, MOST_MONTHS) * DAYS_A_MONTH

    def x(self, day: dt.date) -> float:
        return self.at((day - self.start).days)

    def at(self, days: float) -> float:
        share = min(max(days / self.days, 0.0), 1.0)
        return round(self.shape.left + share * (self.shape.right - self.shape.left), 1)

    def y(self, share: float) -> float:
        share = min(max(share, 0.0), 1.0)
        return round(self.shape.bottom - share * (self.shape.bottom - self.shape.top), 1)


def _draw(overview: Overview, shape: Shape) -> Picture:
    scale = _Scale(overview, shape)
    path, share = overview.path, _share(overview)
    nine, most = path.min_months * DAYS_A_MONTH, path.max_months * DAYS_A_MONTH
    today_x = scale.x(overview.today)
    return Picture(
        shape=shape,
        levels=tuple((percent, scale.y(percent / 100)) for percent in (0, 25, 50, 75, 100)),
        months=tuple(_months(overview.start_on, scale)),
        envelope=_points([(scale.at(0), scale.y(0)), (scale.at(nine), scale.y(1)), (scale.at(most), scale.y(1))]),
        edges=_edges(path.min_months, path.max_months, scale),
        plan=_points(_plan_line(overview, scale)),
        actual=_points(_staircase(overview, scale)),
        cone=_points(_cone(overview, scale, share)),
        median=_points(_median(overview, scale, share)),
        today_x=today_x,
        today_y=scale.y(share),
        today=Label(today_x + (6 if today_x < shape.right - 60 else -6), "today", _side(today_x, shape.right - 60)),
        bars=tuple(_bars(overview.phases, scale)),
        goal=_goal(overview, scale),
    )


def _share(overview: Overview) -> float:
    return overview.steps[-1].share if overview.steps else 0.0


def _side(x: float, limit: float) -> str:
    return "start" if x < limit else "end"


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _plan_line(overview: Overview, scale: _Scale) -> list[tuple[float, float]]:
    """Straight but for pauses, where it lies level."""
    plan = overview.plan
    if not plan.milestones:
        return []
    days = (plan.finish_on - plan.start_on).days + 1
    marks = {round(days * n / PLAN_POINTS) for n in range(PLAN_POINTS + 1)}
    for pause in plan.pauses:
        marks |= {(pause.starts_on - plan.start_on).days, (pause.ends_on - plan.start_on).days + 1}
    points = []
    for mark in sorted(mark for mark in marks if 0 <= mark <= days):
        given = capacity(plan, plan.start_on + dt.timedelta(days=mark - 1))
        points.append((scale.at(mark), scale.y(given / plan.hours if plan.hours else 1.0)))
    return _simplified(points)


def _simplified(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the points in the middle of a straight piece."""
    kept = points[:1]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        rise = (point[0] - before[0]) * (after[1] - before[1]) - (after[0] - before[0]) * (point[1] - before[1])
        if abs(rise) > 8:
            kept.append(point)
    return [*kept, *points[-1:]] if len(points) > 1 else kept


def _staircase(overview: Overview, scale: _Scale) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for step in overview.steps:
        x, y = scale.x(step.on), scale.y(step.share)
        if points and points[-1][1] != y:
            points.append((x, points[-1][1]))
        if not points or points[-1] != (x, y):
            points.append((x, y))
    return points


def _cone(overview: Overview, scale: _Scale, share: float) -> list[tuple[float, float]]:
    if share >= 1:
        return []
    tip = (scale.x(max(overview.today, overview.start_on)), scale.y(share))
    return [tip, _arrival(overview.forecast.p10, tip, scale)[-1], *_arrival(overview.forecast.p90, tip, scale)]


def _median(overview: Overview, scale: _Scale, share: float) -> list[tuple[float, float]]:
    if share >= 1:
        return []
    tip = (scale.x(max(overview.today, overview.start_on)), scale.y(share))
    return [tip, _arrival(overview.forecast.p50, tip, scale)[-1]]


def _arrival(day: dt.date, tip: tuple[float, float], scale: _Scale) -> list[tuple[float, float]]:
    """Where the way to ``day`` leaves the picture: at the top, or at its right edge on the way there."""
    days = (day - scale.start).days
    if days <= scale.days:
        return [(scale.at(days), scale.y(1))]
    began = (tip[0] - scale.shape.left) / (scale.shape.right - scale.shape.left) * scale.days
    gone = (scale.days - began) / max(days - began, 1)
    edge = (float(scale.shape.right), round(tip[1] + gone * (scale.y(1) - tip[1]), 1))
    return [(float(scale.shape.right), scale.y(1)), edge]


def _months(start: dt.date, scale: _Scale) -> Iterable[Label]:
    """A label each so many months that they do not touch; the year where it changes."""
    room = (scale.shape.right - scale.shape.left) / (scale.days / DAYS_A_MONTH)
    every = next(n for n in (1, 2, 3, 6, 12) if n * room >= 7 * LETTER or n == 12)
    year = None
    for number in range(0, int(scale.days / DAYS_A_MONTH) + 1, every):
        month = start.month - 1 + number
        day = dt.date(start.year + month // 12, month % 12 + 1, min(start.day, 28))
        x = scale.x(day)
        name = f"{day:%b %y}" if day.year != year else f"{day:%b}"
        if x <= scale.shape.right + 1:
            year = day.year
            yield Label(x, name, "end" if x > scale.shape.right - 12 else "middle")


def _edges(nine: int, most: int, scale: _Scale) -> tuple[Label, ...]:
    left, right = scale.at(nine * DAYS_A_MONTH), scale.at(most * DAYS_A_MONTH)
    labels = [Label(left - 8, f"{nine} months", "end"), Label(right, f"{most} months", "end")]
    if right - left < 14 * LETTER:
        return (Label(right, f"{nine}–{most} months", "end"),)
    return tuple(labels)


def _bars(phases: tuple[PhaseView, ...], scale: _Scale) -> Iterable[Bar]:
    """A phase's bar runs over its planned days; its label is left out where it would run into the next."""
    dated = [(view, view.starts_on, view.due_on) for view in phases if view.starts_on and view.due_on]
    for number, (view, begins, ends) in enumerate(dated):
        x, end = scale.x(begins), scale.x(ends)
        following = scale.x(dated[number + 1][1]) if number + 1 < len(dated) else scale.shape.width
        fits = len(view.phase.short_title) * (LETTER + 0.6) <= following - x
        width = max(end - x - 3, 2.0)
        done = view.earned / view.hours if view.hours else 0.0
        yield Bar(
            x,
            round(width, 1),
            round(width * min(done, 1.0), 1),
            view.phase.short_title if fits else str(view.phase.number),
        )


def _goal(overview: Overview, scale: _Scale) -> Label:
    text = f"plan: finish {overview.plan.finish_on:%b %Y}"
    x = scale.x(overview.plan.finish_on) + 8
    if x + len(text) * LETTER > scale.shape.width:
        return Label(float(scale.shape.right), "", "end")
    return Label(x, text, "start")
