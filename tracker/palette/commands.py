"""What the palette offers for a question. Knows neither HTTP nor tables; the page turns it into links and forms.

A verb at the beginning narrows it: "done numpy" only ticks, "open numpy" and "go plan" only lead somewhere,
"log 45m numpy" only logs. Without one everything that fits is offered, what one does most often first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.catalog.schema import Catalog
from tracker.errors import InvalidInput
from tracker.guide.search import Entry as Found
from tracker.guide.search import index_of, words_of
from tracker.progress.overview import Item, Overview
from tracker.study.entry import Entry, understand

Kind = Literal["tick", "reopen", "open", "log", "start-timer", "stop-timer", "place", "found"]

VERBS: dict[str, frozenset[Kind]] = {
    "done": frozenset({"tick"}),
    "tick": frozenset({"tick"}),
    "reopen": frozenset({"reopen"}),
    "open": frozenset({"open", "place"}),
    "go": frozenset({"open", "place"}),
    "log": frozenset({"log"}),
    "timer": frozenset({"start-timer", "stop-timer"}),
    "find": frozenset({"found"}),
}
MOST_TICKS, MOST_OPEN, MOST_FOUND = 4, 6, 6
FIRST_TICKS = 3
"""Before anything is typed: as many next steps as a week's choice holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page that one can go to: ``words`` are what else it may be called."""

    endpoint: str
    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette; which of the fields holds something depends on ``kind``."""

    kind: Kind
    item: Item | None = None
    entry: Entry | None = None
    place: Place | None = None
    found: Found | None = None


def commands(
    question: str,
    *,
    overview: Overview | None,
    places: Sequence[Place],
    catalog: Catalog,
    timing: bool,
    today: dt.date,
) -> list[Command]:
    """The lines for a question, best first. Who is on no path (``overview`` is None) gets pages and the search."""
    verb, _, rest = question.strip().partition(" ")
    wanted = VERBS.get(verb.casefold())
    offered: list[Command] = []
    if wanted and (rest or verb.casefold() in ("timer", "done", "tick")):
        offered = [c for c in _all(rest, overview, places, catalog, timing, today) if c.kind in wanted]
    # "done" may also be the beginning of what somebody looks for
    return offered or list(_all(question, overview, places, catalog, timing, today))


def _all(
    question: str, overview: Overview | None, places: Sequence[Place], catalog: Catalog, timing: bool, today: dt.date
) -> Iterator[Command]:
    asked = words_of(question)
    if overview:
        yield from _log(question, overview, today)
        yield from _milestones(asked, overview)
        if _fits(asked, "timer start stop study time" if asked else ""):
            yield Command("stop-timer" if timing else "start-timer")
    yield from (Command("place", place=p) for p in places if _fits(asked, f"{p.title} {p.words}"))
    if asked:
        own = {item.key for item in overview.items} if overview else set()
        hits = (hit.entry for hit in index_of(catalog).find(question))
        others = [e for e in hits if not (e.kind == "milestone" and overview and e.key in own)]
        yield from (Command("found", found=entry) for entry in others[:MOST_FOUND])


def _log(question: str, overview: Overview, today: dt.date) -> Iterator[Command]:
    try:
        titles = [(item.key, item.milestone.title) for item in overview.items]
        yield Command("log", entry=understand(question[:500], today=today, milestones=titles))
    except InvalidInput:
        return  # not about time


def _milestones(asked: list[str], overview: Overview) -> Iterator[Command]:
    if not asked:
        yield from (Command("tick", item=item) for item in overview.next_items[:FIRST_TICKS])
        return
    fitting = [item for item in overview.items if _fits(asked, f"{item.milestone.title} {item.key}")]
    fitting.sort(key=lambda item: (item.state == "done", len(item.milestone.title)))
    can_be_ticked = [item for item in fitting if item.state in ("todo", "doing")]
    yield from (Command("tick", item=item) for item in can_be_ticked[:MOST_TICKS])
    yield from (Command("open", item=item) for item in fitting[:MOST_OPEN])
    yield from (Command("reopen", item=item) for item in fitting[:MOST_TICKS] if item.state == "done")


def _fits(asked: Iterable[str], text: str) -> bool:
    """Whether every word of the question begins a word of the text; an empty question fits everything."""
    there = words_of(text)
    return all(any(word.startswith(part) for word in there) for part in asked)
