"""The milestones as points of the picture, each in words; those that would lie upon each other are one point.

A point's words stand in a box beside it, where the curve leaves room: to its upper left, or above the curve.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker import words
from tracker.language import gettext, ngettext
from tracker.progress.overview import Item, Overview
from tracker.progress.scale import Scale
from tracker.progress.window import done_by, planned_by

NARROWEST = 500
"""Pixels: the picture across is at least so wide; narrower screens have the list."""
APART = 24
"""Pixels between two points, at least: what is pressed needs as much."""
LETTER, LINE, ROOM = 7.4, 17, 12
"""Pixels of the box: of a letter at most, of a line, and around the words."""
MOST_LETTERS, MOST_LINES = 34, 4


@dataclass(frozen=True, slots=True)
class Box:
    """Where the words stand: pixels from the point to the upper left corner, and how large."""

    dx: float
    dy: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Spot:
    """One or several milestones at a place of the picture."""

    x: float
    y: float
    state: str
    """done, late or open: of the first of them"""
    key: str
    """The first milestone's."""
    several: bool
    words: tuple[str, ...]
    """The first line is the title."""
    box: Box


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float
    item: Item


def spots(overview: Overview, scale: Scale) -> tuple[Spot, ...]:
    """From the left to the right; what is late first, so that no other point lies upon a box."""
    groups: list[list[_Place]] = []
    for place in sorted(_places(overview, scale), key=lambda place: (place.x, -place.y)):
        near = next((group for group in groups if _distance(group[0], place) < APART), None)
        if near is None:
            groups.append([place])
        else:
            near.append(place)
    heads = [group[0] for group in groups]
    drawn = [_spot(group, heads, overview) for group in groups]
    return tuple(sorted(drawn, key=lambda spot: (spot.state != "late", spot.x)))


def _places(overview: Overview, scale: Scale) -> Iterable[_Place]:
    """On the real way where it is done, else on the planned one."""
    for item in overview.items:
        day = day_of(item)
        if day is None:
            continue
        share = done_by(overview, day) if item.state == "done" else planned_by(overview.plan, day)
        if scale.shows(day) and scale.window.low <= share <= scale.window.high:
            yield _Place(scale.x(day), scale.y(share), item)


def _distance(one: _Place, other: _Place) -> float:
    across = (one.x - other.x) * NARROWEST / 100
    return float((across**2 + (one.y - other.y) ** 2) ** 0.5)


def _spot(group: Sequence[_Place], heads: Sequence[_Place], overview: Overview) -> Spot:
    head = group[0]
    said = _words([place.item for place in group], overview)
    return Spot(
        head.x, head.y, state_of(head.item, overview), head.item.key, len(group) > 1, said, _box(head, said, heads)
    )


def state_of(item: Item, overview: Overview) -> str:
    """done, late or open"""
    if item.state == "done":
        return "done"
    return "late" if item.due_on and item.due_on < overview.today else "open"


def day_of(item: Item) -> dt.date | None:
    """When it was done, or when it is planned; None where it has no day."""
    if item.state == "done":
        return item.done_on
    return item.due_on if item.counts else None


def when(item: Item, overview: Overview) -> str:
    """done 24 Nov; due 20 Dec; 2 days late"""
    if item.state == "done" and item.done_on:
        return gettext("done %(day)s", day=words.due_day(item.done_on, overview.today))
    return words.due(item.due_on, overview.today) if item.due_on else ""


def _words(items: Sequence[Item], overview: Overview) -> tuple[str, ...]:
    if len(items) == 1:
        item = items[0]
        phase = overview.path.phase(item.milestone.phase)
        about = f"{when(item, overview)} · {words.hours(item.hours)}"
        return (_short(item.milestone.title), about, *((phase.short_title,) if phase else ()))
    days = sorted(day for day in (day_of(item) for item in items) if day)
    named = [_short(item.milestone.title) for item in items]
    left = len(named) - MOST_LINES
    if left > 1:
        named = [*named[:MOST_LINES], gettext("and %(count)s more", count=left)]
    count = ngettext("%(num)s milestone", "%(num)s milestones", len(items))
    return (count, _when_all(items, words.span(days[0], days[-1]), overview), *named)


def _when_all(items: Sequence[Item], days: str, overview: Overview) -> str:
    """Of several; where they are not in one state, the days alone."""
    states = {state_of(item, overview) for item in items}
    if states == {"done"}:
        return gettext("done %(day)s", day=days)
    if states == {"late"}:
        return gettext("planned %(days)s, not done yet", days=days)
    return gettext("due %(days)s", days=days) if states == {"open"} else days


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1].rstrip() + "…"


def _box(point: _Place, said: Sequence[str], heads: Sequence[_Place]) -> Box:
    """As far to the left as there is room, and above all points that it would cover.

    Nothing that comes later lies to the left of a point, nor below it: there the box of one at the upper edge stands,
    to its left or under it, so that it never lies upon its own point.
    """
    width = round(max(len(line) for line in said) * LETTER + 2 * ROOM)
    height = len(said) * LINE + ROOM
    room = point.x * NARROWEST / 100
    dx = -min(room, width - 8.0)
    end = point.x + (width + dx) / NARROWEST * 100
    above = min(head.y for head in heads if point.x <= head.x <= end) - height - ROOM
    if above < 0 and room > width + 16:
        return Box(-width - 16, -point.y, width, height)
    if above < 0 and point.y < height + ROOM:
        return Box(round(min(-8.0, NARROWEST - room - width), 1), ROOM + 4.0, width, height)
    return Box(round(dx, 1), round(max(above, 0) - point.y, 1), width, height)
