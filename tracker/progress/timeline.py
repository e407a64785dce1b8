"""The picture of the way: pure geometry from an Overview; templates/progress/_timeline.html draws it as SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tracker import words
from tracker.language import gettext
from tracker.planning import DAYS_A_MONTH, capacity
from tracker.progress import lines
from tracker.progress.labels import WIDE, Labels, labels, planned
from tracker.progress.overview import Overview, PhaseView
from tracker.progress.points import NARROWEST, Spot, spots
from tracker.progress.scale import Scale, joined
from tracker.progress.stops import Stop, stops
from tracker.progress.window import ALL, MOST_MONTHS, ZOOMS, Window, search_of, window_of

STEPS = (1, 2, 5, 10, 25)
"""Percent between two lines across, of which there are at most six."""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time: where it begins, how wide it is (both in percent of the width), and in words."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase below the picture: where its plan runs, how much of it is done, and when that really was."""

    x: float
    width: float
    done: float
    title: str
    finished: bool
    real: Band | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on which the plan was changed."""

    x: float
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template places. Lines are 'x,y x,y …' in thousandths of the width; the edge cuts them."""

    levels: tuple[tuple[int, float], ...]
    """Percent and its y."""
    envelope: str
    first_plan: str
    """The plan it all began with, where it is another one."""
    plan: str
    pauses: tuple[Band, ...]
    revisions: tuple[Mark, ...]
    actual: str
    cone: str
    median: str
    today: tuple[float, float] | None
    """x in percent and y; None where the window does not reach to today."""
    bars: tuple[Bar, ...]
    search: tuple[Band, ...]
    """The job search: as short as it usually is, and how much longer it may be."""
    spots: tuple[Spot, ...]
    wide: Labels
    narrow: Labels


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how much was planned to be done by then, and how much was; None in the future."""

    month: int
    on: dt.date
    planned: int
    done: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """One overview as a picture, as a list from above to below, and as a table."""

    zoom: str
    zooms: tuple[str, ...]
    picture: Picture
    stops: tuple[Stop, ...]
    earliest_on: dt.date
    latest_on: dt.date
    """The path's own edges, counted from the start."""
    search_from: dt.date
    search_to: dt.date
    """The first job, if the search after the finish is short, and if it is long."""
    rows: tuple[Row, ...]


def timeline(overview: Overview, *, zoom: str = ALL) -> Timeline:
    """The picture for wide and the list for narrow screens, and their figures for the table."""
    start, path = overview.start_on, overview.path
    zoom = zoom if zoom in ZOOMS else ALL
    window = window_of(overview, zoom)
    return Timeline(
        zoom,
        ZOOMS,
        _draw(overview, window),
        stops(overview, window, zoom),
        start + dt.timedelta(days=round(path.min_months * DAYS_A_MONTH)),
        start + dt.timedelta(days=round(path.max_months * DAYS_A_MONTH)),
        *search_of(overview)[1:],
        tuple(_rows(overview)),
    )


def _rows(overview: Overview) -> Iterable[Row]:
    """Month by month, to the end of the plan or to today, whichever is later."""
    plan, last = overview.plan, max(overview.plan.finish_on, overview.today)
    for number in range(1, MOST_MONTHS * 4):
        on = overview.start_on + dt.timedelta(days=round(number * DAYS_A_MONTH))
        expected = min(capacity(plan, on) / plan.hours, 1.0) if plan.hours else 1.0
        done = max((step.share for step in overview.steps if step.on <= on), default=0.0)
        yield Row(number, on, int(expected * 100 + 1e-9), int(done * 100 + 1e-9) if on <= overview.today else None)
        if on > last:
            return


def _draw(overview: Overview, window: Window) -> Picture:
    scale = Scale(overview, window)
    path = overview.path
    least, most = path.min_months * DAYS_A_MONTH, path.max_months * DAYS_A_MONTH
    now = max(overview.today, overview.start_on)
    return Picture(
        levels=tuple((percent, scale.y(percent / 100)) for percent in _levels(window)),
        envelope=joined([(scale.at(0), scale.y(0)), (scale.at(least), scale.y(1)), (scale.at(most), scale.y(1))]),
        first_plan=joined(lines.plan_line(overview.first_plan, scale)) if overview.first_plan else "",
        plan=joined(lines.plan_line(overview.plan, scale)),
        pauses=tuple(_bands([(p.starts_on, p.ends_on, gettext("Pause")) for p in overview.pauses], scale)),
        revisions=tuple(_revisions(overview, scale)),
        actual=joined(lines.staircase(overview, scale)),
        cone=joined(lines.cone(overview, scale)),
        median=joined(lines.median(overview, scale)),
        today=(scale.x(now), scale.y(lines.share_done(overview))) if scale.shows(now) else None,
        bars=tuple(_bars(overview, scale)),
        search=_search(overview, scale),
        spots=spots(overview, scale),
        wide=labels(overview, scale, WIDE),
        narrow=labels(overview, scale, NARROWEST),
    )


def _levels(window: Window) -> Iterable[int]:
    low, high = window.low * 100, window.high * 100
    step = next(step for step in STEPS if (high - low) / step <= 6)
    return (percent for percent in range(0, 101, step) if low <= percent <= high)


def _revisions(overview: Overview, scale: Scale) -> Iterable[Mark]:
    for day in overview.revised_on:
        if scale.shows(day):
            yield Mark(scale.x(day), gettext("Plan changed on %(day)s", day=words.day(day)))


def _bands(stretches: Iterable[tuple[dt.date, dt.date, str]], scale: Scale) -> Iterable[Band]:
    """Stretches of whole days, both ends in them; never too thin to be seen. Those outside the window are left out."""
    for begins, ends, name in stretches:
        if begins <= scale.window.last and ends >= scale.window.first:
            x, end = scale.inside(begins), scale.inside(ends + dt.timedelta(days=1))
            yield Band(min(x, 99.8), round(max(end - x, 0.2), 2), _dated(name, begins, ends))


def _dated(name: str, begins: dt.date, ends: dt.date) -> str:
    return gettext("%(what)s: %(days)s", what=name, days=words.span(begins, ends))


def _bars(overview: Overview, scale: Scale) -> Iterable[Bar]:
    """A phase's bar runs over its planned days."""
    for view, begins, ends in planned(overview, scale):
        share = min(view.earned / view.hours, 1.0) if view.hours else 0.0
        x, end = scale.x(begins), scale.x(ends + dt.timedelta(days=1))
        done = min(max(x + (end - x) * share, 0.0), 100.0)
        x, end = min(max(x, 0.0), 99.6), min(end, 100.0)
        title = f"{_dated(view.phase.short_title, begins, ends)}, {view.percent}%"
        real = _real(view, overview.today, scale)
        yield Bar(
            x, round(max(end - x, 0.4), 2), round(max(done - x, 0.0), 2), title, view.finished_on is not None, real
        )


def _real(view: PhaseView, today: dt.date, scale: Scale) -> Band | None:
    if view.began_on is None:
        return None
    name = gettext("%(phase)s, as it really was", phase=view.phase.short_title)
    return next(iter(_bands([(view.began_on, view.finished_on or today, name)], scale)), None)


def _search(overview: Overview, scale: Scale) -> tuple[Band, ...]:
    finish, short, long = search_of(overview)
    names = gettext("Job search, if it is short"), gettext("If it is long")
    return tuple(_bands([(finish, short, names[0]), (short, long, names[1])], scale))
