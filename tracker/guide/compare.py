"""Two paths side by side. Pure: the months come from `planning`, what they share from the path files."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tracker.catalog.credit import credited_keys
from tracker.catalog.guide import Comparison, PayFigures, Source
from tracker.catalog.schema import Milestone, Path
from tracker.enrolment.drafting import Choices, Draft, draft
from tracker.guide.pay import figure_of, place_of


@dataclass(frozen=True, slots=True)
class Switch:
    """From one path to the other: what is left to learn, and how much is yours already."""

    origin: Path
    target: Path
    choices: Choices
    draft: Draft

    @property
    def hours_yours(self) -> float:
        """Hours of the target that need not be learned, or not yet."""
        return self.target.hours - self.draft.plan.hours


@dataclass(frozen=True, slots=True)
class Pay:
    """What one source says of both, for the same place and level in the same year."""

    where: str
    left: str
    right: str
    source: Source
    as_of: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Everything of the comparison."""

    left: Path
    right: Path
    months: tuple[float, float]
    shared: tuple[tuple[Milestone, Milestone], ...]
    switches: tuple[Switch, Switch]
    texts: tuple[tuple[Path, Comparison], ...]
    pay: tuple[Pay, ...]


def side_by_side(left: Path, right: Path, *, hours_per_week: float, today: dt.date) -> SideBySide:
    """The comparison at these hours a week, both from their very beginning. Raises InvalidInput for bad hours."""

    def months(path: Path) -> float:
        return draft(path, Choices(path.starting_points[0].key, hours_per_week, today), today=today).months

    shared = tuple((mine, theirs) for mine in left.active if (theirs := right.shared(mine.shared)))
    switches = tuple(_switch(a, b, shared, hours_per_week, today) for a, b in ((left, right), (right, left)))
    texts = tuple(
        (path, path.guide.comparisons[other.slug])
        for path, other in ((left, right), (right, left))
        if path.guide and other.slug in path.guide.comparisons
    )
    return SideBySide(
        left, right, (months(left), months(right)), shared, (switches[0], switches[1]), texts, _pay(left, right)
    )


def _switch(
    origin: Path, target: Path, shared: tuple[tuple[Milestone, Milestone], ...], hours: float, today: dt.date
) -> Switch:
    """By the target's own starting point for such people, where it has one; always by what both paths share."""
    keys = frozenset(m.key for pair in shared for m in pair if target.milestone(m.key) is m)
    own = target.starting_point(origin.slug)
    start = (own or target.starting_points[0]).key
    known = credited_keys(target, start) | keys
    choices = Choices(start, hours, today, known=known)
    return Switch(origin, target, choices, draft(target, choices, today=today))


def _pay(left: Path, right: Path) -> tuple[Pay, ...]:
    mine, theirs = _own_pay(left, right), _own_pay(right, left)
    return tuple(
        Pay(place_of(row), figure_of(row), figure_of(theirs[place][0]), source, row.as_of)
        for place, (row, source) in mine.items()
        if place in theirs
    )


def _own_pay(path: Path, other: Path) -> dict[tuple[str, ...], tuple[PayFigures, Source]]:
    """The rows about this path's profession: its own guide's, and those that the other guide sets beside its own."""
    found: dict[tuple[str, ...], tuple[PayFigures, Source]] = {}
    for guide, role in ((other.guide, path.title.casefold()), (path.guide, "")):
        for table in guide.pay.values() if guide else ():
            for row in table.rows:
                if guide and (row.role or "").casefold() == role:
                    source = guide.sources[row.source]
                    found[row.place, row.level, source.name, row.as_of] = (row, source)
    return found
