"""The words along the picture: months below it, names of phases below their bars, the path's edges above it.

They are set twice: for a picture that has just room beside the list of a phone, and for one as wide as a page.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton

from tracker import language, words
from tracker.language import gettext, ngettext
from tracker.planning import DAYS_A_MONTH
from tracker.progress.overview import Overview, PhaseView
from tracker.progress.scale import Scale

WIDE = 860
"""Pixels from which on the picture has the second set of words."""
LETTER, BOLD = 6.6, 7.8
"""About the width of a letter, in pixels."""
GAP = 8.0
"""Between two texts in one row, at least."""
MONTHS_APART = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a place, in percent of the width; ``anchor`` is SVG's text-anchor, ``row`` counts downwards."""

    x: float
    text: str
    anchor: str = "middle"
    row: int = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """All words for one width."""

    months: tuple[Label, ...]
    edges: tuple[Label, ...]
    phases: tuple[Label, ...]
    numbered: bool
    """The bars are so short that they carry numbers; the names belong below the picture."""
    goal: Label | None
    today: Label | None


def labels(overview: Overview, scale: Scale, width: int) -> Labels:
    """The words that have room in so many pixels."""
    phases, numbered = _phases(overview, scale, width)
    return Labels(
        tuple(_months(scale, width)),
        tuple(_edges(overview, scale, width)),
        tuple(text.label(scale, width) for text in phases),
        numbered,
        _goal(overview, scale, width, phases),
        _today(overview, scale, width),
    )


def _today(overview: Overview, scale: Scale, width: int) -> Label | None:
    """To the right of its line, or to its left where the picture ends."""
    now = max(overview.today, overview.start_on)
    if not scale.shows(now):
        return None
    x, text = scale.x(now), gettext("today")
    fits = x * width / 100 + 6 + len(text) * LETTER < width
    return Label(x, text, "start" if fits else "end")


def _months(scale: Scale, width: int) -> Iterable[Label]:
    """The first of a month each so many months that labels do not touch; the year stands where it changes."""
    room = width / (scale.days / DAYS_A_MONTH)
    every = next((n for n in MONTHS_APART if n * room >= 10 * LETTER), MONTHS_APART[-1])
    first = scale.window.first
    begin, year = first.year * 12 + first.month - 1 + (first.day > 1), None
    for number in range(begin, begin + int(scale.days / DAYS_A_MONTH) + 2, every):
        day = dt.date(number // 12, number % 12 + 1, 1)
        if not scale.shows(day):
            return
        x = scale.x(day)
        name = format_skeleton("yyMMM" if day.year != year else "MMM", day, locale=language.locale())
        year = day.year
        yield Label(x, name, "end" if (100 - x) * width / 100 < len(name) * LETTER / 2 - 8 else "middle")


def _edges(overview: Overview, scale: Scale, width: int) -> Iterable[Label]:
    least, most = overview.path.min_months, overview.path.max_months
    left, right = scale.at(least * DAYS_A_MONTH), scale.at(most * DAYS_A_MONTH)
    if not 0 < left <= 100 or scale.window.high < 1:
        return
    if right > 100:
        yield Label(left, _months_long(least), "end")
    elif (right - left) * width / 100 < 14 * LETTER:
        yield Label(right, gettext("%(least)s–%(most)s months", least=least, most=most), "end")
    else:
        yield Label(left, _months_long(least), "end")
        yield Label(right, _months_long(most), "end")


def _months_long(count: int) -> str:
    return ngettext("%(num)s month", "%(num)s months", count)


@dataclass(frozen=True, slots=True)
class _Text:
    """A phase's name in pixels: where it begins, where it ends, and in which row it stands."""

    x: float
    end: float
    text: str
    row: int = 0

    def label(self, scale: Scale, width: int) -> Label:
        """At its left, or held at the right edge, wherever that will be."""
        if self.end >= width - 1:
            return Label(100.0, self.text, "end", self.row)
        return Label(round(self.x / width * 100, 2), self.text, "start", self.row)


def planned(overview: Overview, scale: Scale) -> list[tuple[PhaseView, dt.date, dt.date]]:
    """The phases that have dates in the window."""
    window = scale.window
    dated = ((view, view.starts_on, view.due_on) for view in overview.phases)
    return [
        (view, begins, ends)
        for view, begins, ends in dated
        if begins and ends and begins < window.last and ends > window.first
    ]


def _phases(overview: Overview, scale: Scale, width: int) -> tuple[tuple[_Text, ...], bool]:
    """The names of the phases below their bars; numbers for all of them where two rows are not enough."""
    begins = [(view, scale.inside(day) * width / 100) for view, day, _ in planned(overview, scale)]
    placed: list[_Text] = []
    for number, (view, begin) in enumerate(begins):
        length = len(view.phase.short_title) * BOLD
        x = max(min(begin, width - length), 0.0)
        end = x + length
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


def _goal(overview: Overview, scale: Scale, width: int, phases: Sequence[_Text]) -> Label | None:
    """In the first row in which the words about the finish touch no phase's label."""
    if not scale.shows(overview.finish_on):
        return None
    text = gettext("finish %(month)s, then the job search", month=words.month(overview.finish_on))
    x, length = scale.x(overview.finish_on) * width / 100, len(text) * LETTER
    held = x + length > width
    begin = width - length if held else x
    taken = {text.row for text in phases if text.x < begin + length + GAP and begin < text.end + GAP}
    row = next(row for row in range(3) if row not in taken)
    return Label(100.0, text, "end", row) if held else Label(round(x / width * 100, 2), text, "start", row)
