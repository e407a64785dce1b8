"""The picture of the way: pure geometry from an Overview; templates/progress/_timeline.html draws it as SVG."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton

from tracker import language, words
from tracker.language import gettext, ngettext
from tracker.planning import capacity
from tracker.progress import lines
from tracker.progress.overview import Overview, PhaseView
from tracker.progress.scale import DAYS_A_MONTH, MOST_MONTHS, NARROW, WIDE, Scale, Shape, joined, search_of

LETTER = 6.6
"""About the width of a letter in the picture's units."""
BOLD = 7.8
GAP = 8.0
"""Between two texts in one row, at least."""
MONTHS_APART = (1, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place; ``anchor`` is SVG's text-anchor."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time: where it begins, how wide it is, and in words."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase below the picture: where its plan runs, how much of it is done, and when that really was."""

    x: float
    width: float
    done: float
    label: str
    label_x: float
    row: int
    """0: right below the bar; 1: one row lower, because the next label stands where it would run on."""
    real: Band | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on which the plan was changed."""

    x: float
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template places. Points are 'x,y x,y …'."""

    shape: Shape
    levels: tuple[tuple[int, float], ...]
    """Percent and its y."""
    months: tuple[Label, ...]
    envelope: str
    edges: tuple[Label, ...]
    first_plan: str
    """The plan it all began with, where it is another one."""
    plan: str
    pauses: tuple[Band, ...]
    revisions: tuple[Mark, ...]
    actual: str
    cone: str
    median: str
    today_x: float
    today_y: float
    today: Label
    bars: tuple[Bar, ...]
    numbered: bool
    """The bars are so short that they carry numbers; the names belong below the picture."""
    search: tuple[Band, Band]
    """The job search: as short as it usually is, and how much longer it may be."""
    goal: Label
    goal_row: int


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
    search_from: dt.date
    search_to: dt.date
    """The first job, if the search after the finish is short, and if it is long."""
    rows: tuple[Row, ...]


def timeline(overview: Overview) -> Timeline:
    """The picture for wide and for narrow screens, and its figures for the table."""
    start, path = overview.start_on, overview.path
    return Timeline(
        _draw(overview, WIDE),
        _draw(overview, NARROW),
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
        planned = min(capacity(plan, on) / plan.hours, 1.0) if plan.hours else 1.0
        done = max((step.share for step in overview.steps if step.on <= on), default=0.0)
        yield Row(number, on, int(planned * 100 + 1e-9), int(done * 100 + 1e-9) if on <= overview.today else None)
        if on > last:
            return


def _draw(overview: Overview, shape: Shape) -> Picture:
    scale = Scale(overview, shape)
    path, share = overview.path, lines.share_done(overview)
    nine, most = path.min_months * DAYS_A_MONTH, path.max_months * DAYS_A_MONTH
    today_x = scale.x(overview.today)
    labels, numbered = _phase_labels(overview, scale)
    goal = _goal(overview, scale)
    return Picture(
        shape=shape,
        levels=tuple((percent, scale.y(percent / 100)) for percent in (0, 25, 50, 75, 100)),
        months=tuple(_months(overview.start_on, scale)),
        envelope=joined([(scale.at(0), scale.y(0)), (scale.at(nine), scale.y(1)), (scale.at(most), scale.y(1))]),
        edges=_edges(path.min_months, path.max_months, scale),
        first_plan=joined(lines.plan_line(overview.first_plan, scale)) if overview.first_plan else "",
        plan=joined(lines.plan_line(overview.plan, scale)),
        pauses=tuple(_band(p.starts_on, p.ends_on, gettext("Pause"), scale) for p in overview.pauses),
        revisions=tuple(
            Mark(scale.x(day), gettext("Plan changed on %(day)s", day=words.day(day))) for day in overview.revised_on
        ),
        actual=joined(lines.staircase(overview, scale)),
        cone=joined(lines.cone(overview, scale)),
        median=joined(lines.median(overview, scale)),
        today_x=today_x,
        today_y=scale.y(share),
        today=_beside(today_x, gettext("today"), scale),
        bars=tuple(_bars(overview, labels, scale)),
        numbered=numbered,
        search=_search(overview, scale),
        goal=goal,
        goal_row=_goal_row(goal, labels),
    )


def _band(begins: dt.date, ends: dt.date, name: str, scale: Scale) -> Band:
    """A stretch of whole days, both ends in it; never too thin to be seen."""
    x, end = scale.x(begins), scale.x(ends + dt.timedelta(days=1))
    return Band(min(x, scale.shape.right - 1.0), round(max(end - x, 1.0), 1), _dated(name, begins, ends))


def _dated(name: str, begins: dt.date, ends: dt.date) -> str:
    return gettext("%(what)s: %(days)s", what=name, days=words.span(begins, ends))


def _beside(x: float, text: str, scale: Scale) -> Label:
    """To the right of a line, or to its left where the picture ends."""
    fits = x + 6 + len(text) * LETTER < scale.shape.width
    return Label(x + 6, text, "start") if fits else Label(x - 6, text, "end")


def _months(start: dt.date, scale: Scale) -> Iterable[Label]:
    """The first of a month each so many months that labels do not touch, in the learner's language.

    The year stands where it changes.
    """
    room = (scale.shape.right - scale.shape.left) / (scale.days / DAYS_A_MONTH)
    every = next((n for n in MONTHS_APART if n * room >= 10 * LETTER), MONTHS_APART[-1])
    first, year = start.month - 1 + (start.day > 1), None
    for number in range(0, int(scale.days / DAYS_A_MONTH) + 1, every):
        day = dt.date(start.year + (first + number) // 12, (first + number) % 12 + 1, 1)
        if (day - scale.start).days > scale.days:
            return
        x = scale.x(day)
        name = format_skeleton("yyMMM" if day.year != year else "MMM", day, locale=language.locale())
        year = day.year
        yield Label(x, name, "end" if x > scale.shape.right - 24 else "middle")


def _edges(nine: int, most: int, scale: Scale) -> tuple[Label, ...]:
    left, right = scale.at(nine * DAYS_A_MONTH), scale.at(most * DAYS_A_MONTH)
    if right - left < 14 * LETTER:
        return (Label(right, gettext("%(least)s–%(most)s months", least=nine, most=most), "end"),)
    return Label(left - 8, _months_long(nine), "end"), Label(right, _months_long(most), "end")


def _months_long(count: int) -> str:
    return ngettext("%(num)s month", "%(num)s months", count)


@dataclass(frozen=True, slots=True)
class _Text:
    """A phase's label: where it begins, where it ends, and in which row it stands."""

    x: float
    end: float
    text: str
    row: int = 0


def _planned(overview: Overview, scale: Scale) -> list[tuple[PhaseView, dt.date, dt.date]]:
    """The phases that have dates, but for those that begin where the picture has ended."""
    dated = ((view, view.starts_on, view.due_on) for view in overview.phases)
    return [(view, begins, ends) for view, begins, ends in dated if begins and ends and scale.shows(begins)]


def _phase_labels(overview: Overview, scale: Scale) -> tuple[tuple[_Text, ...], bool]:
    """The names of the phases below their bars; numbers for all of them where two rows are not enough."""
    begins = [(view, scale.x(day)) for view, day, _ in _planned(overview, scale)]
    placed: list[_Text] = []
    for number, (view, begin) in enumerate(begins):
        width = len(view.phase.short_title) * BOLD
        x = min(begin, scale.shape.width - width)
        end = x + width
        following = begins[number + 1][1] if number + 1 < len(begins) else math.inf
        # What would run into the next one goes lower; nothing to its left reaches into the line that leads there.
        row = int(end + GAP > following)
        if any(text.row == row and text.end + GAP > x for text in placed):
            return _numbers(begins), True
        placed.append(_Text(x, end, view.phase.short_title, row))
    return tuple(placed), False


def _numbers(begins: Sequence[tuple[PhaseView, float]]) -> tuple[_Text, ...]:
    placed: list[_Text] = []
    for view, begin in begins:
        x = max(begin, placed[-1].end + GAP / 2) if placed else begin
        placed.append(_Text(x, x + BOLD, str(view.phase.number)))
    return tuple(placed)


def _bars(overview: Overview, labels: Sequence[_Text], scale: Scale) -> Iterable[Bar]:
    """A phase's bar runs over its planned days."""
    for (view, begins, ends), label in zip(_planned(overview, scale), labels, strict=True):
        x = scale.x(begins)
        width = max(scale.x(ends) - x - 3, 2.0)
        done = view.earned / view.hours if view.hours else 0.0
        real = _real(view, overview.today, scale)
        yield Bar(x, round(width, 1), round(width * min(done, 1.0), 1), label.text, round(label.x, 1), label.row, real)


def _real(view: PhaseView, today: dt.date, scale: Scale) -> Band | None:
    if view.began_on is None:
        return None
    return _band(
        view.began_on,
        view.finished_on or today,
        gettext("%(phase)s, as it really was", phase=view.phase.short_title),
        scale,
    )


def _search(overview: Overview, scale: Scale) -> tuple[Band, Band]:
    finish, short, long = search_of(overview)
    return _band(finish, short, gettext("Job search, if it is short"), scale), _band(
        short, long, gettext("If it is long"), scale
    )


def _goal(overview: Overview, scale: Scale) -> Label:
    text = gettext("finish %(month)s, then the job search", month=words.month(overview.finish_on))
    x = scale.x(overview.finish_on)
    if x + len(text) * LETTER > scale.shape.width:
        return Label(float(scale.shape.right), text, "end")
    return Label(x, text, "start")


def _goal_row(goal: Label, labels: Sequence[_Text]) -> int:
    """The first row in which the words about the finish touch no phase's label."""
    width = len(goal.text) * LETTER
    begin = goal.x - width if goal.anchor == "end" else goal.x
    taken = {text.row for text in labels if text.x < begin + width + GAP and begin < text.end + GAP}
    return next(row for row in range(3) if row not in taken)
