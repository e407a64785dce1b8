"""What a new version of a path does to one learner's plan: pure, so that page, mail and tests say the same.

A plan stays as it was made until its learner accepts the new version. What they hold is compared with what the path
has now: the keys and hours of the plan say most of it; phases and titles of before are in the outline of its version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.catalog.schema import Milestone, Path

BEGUN = ("doing", "done")


@dataclass(frozen=True, slots=True)
class Step:
    """How a milestone looked in an older version."""

    title: str
    phase: int
    hours: float


Outline = Mapping[str, Step]


def outline(path: Path) -> Outline:
    """The milestones of a version, as far as a newer one will be compared with them."""
    return {m.key: Step(m.title, m.phase, m.hours) for m in path.milestones if not m.is_own}


@dataclass(frozen=True, slots=True)
class Holding:
    """What a learner holds of a path."""

    planned: Mapping[str, float]
    """Hours of the plan in force, by the keys of its time."""
    aside: frozenset[str]
    """Keys, of that time too, that the plan credits or lets wait."""
    half: frozenset[str]
    """Present keys that are planned at half their hours."""
    states: Mapping[str, str]
    """By present key; where nothing is on record it is missing."""

    def hours(self, milestone: Milestone) -> float:
        """What the path would plan for it now."""
        return milestone.hours * (0.5 if milestone.key in self.half else 1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different for this learner. What is done stays as it was in any case."""

    added: tuple[Milestone, ...] = ()
    merged: tuple[tuple[Milestone, tuple[str, ...]], ...] = ()
    """With the titles of before."""
    renamed: tuple[tuple[Milestone, str], ...] = ()
    """With the title of before."""
    reestimated: tuple[tuple[Milestone, float, float], ...] = ()
    """With the hours in the plan, and those that it would have."""
    moved: tuple[tuple[Milestone, int], ...] = ()
    """To another phase, with the number of the one before."""
    retired: tuple[Milestone, ...] = ()
    """Not begun: they leave the plan."""
    kept: tuple[Milestone, ...] = ()
    """Retired too, but done or begun: they stay."""

    def __bool__(self) -> bool:
        return any((self.added, self.merged, self.renamed, self.reestimated, self.moved, self.retired))


def changes(path: Path, holding: Holding, before: Outline) -> Changes:
    """What the present version of the path changes; ``before`` is empty where the older one was never noted."""
    shared = [m for m in path.milestones if not m.is_own]
    planned = [m for m in shared if any(name in holding.planned for name in m.names)]
    several = {m.key: _parts(m, holding) for m in planned if len(_parts(m, holding)) > 1}
    open_ones = [m for m in planned if holding.states.get(m.key, "todo") in ("todo", "doing")]
    return Changes(
        added=tuple(m for m in path.active if not m.is_own and _is_new(m, holding)),
        merged=tuple((m, _titles(several[m.key], before)) for m in planned if m.key in several),
        renamed=tuple(_renamed(planned, several, holding, before)),
        reestimated=tuple(
            (m, _planned_hours(m, holding), holding.hours(m))
            for m in open_ones
            if not m.retired and m.key not in several and abs(_planned_hours(m, holding) - holding.hours(m)) > 0.01
        ),
        moved=tuple((m, phase) for m in planned for phase in _phase_before(m, holding, before) if phase != m.phase),
        retired=tuple(m for m in planned if m.retired and holding.states.get(m.key, "todo") == "todo"),
        kept=tuple(m for m in planned if m.retired and holding.states.get(m.key) in BEGUN),
    )


def _parts(milestone: Milestone, holding: Holding) -> tuple[str, ...]:
    return tuple(name for name in milestone.names if name in holding.planned)


def _planned_hours(milestone: Milestone, holding: Holding) -> float:
    return sum(holding.planned[name] for name in _parts(milestone, holding))


def _is_new(milestone: Milestone, holding: Holding) -> bool:
    known = any(name in holding.planned or name in holding.aside for name in milestone.names)
    return not known and holding.states.get(milestone.key, "todo") == "todo"


def _titles(keys: tuple[str, ...], before: Outline) -> tuple[str, ...]:
    return tuple(before[key].title if key in before else key for key in keys)


def _renamed(
    planned: list[Milestone], several: Mapping[str, tuple[str, ...]], holding: Holding, before: Outline
) -> list[tuple[Milestone, str]]:
    """Under another key; a better title for the same key is no news."""
    found = [(m, _parts(m, holding)[0]) for m in planned if m.key not in several]
    titles = [(m, before[key].title if key in before else key) for m, key in found if key != m.key]
    return [(m, title) for m, title in titles if title != m.title]


def _phase_before(milestone: Milestone, holding: Holding, before: Outline) -> list[int]:
    parts = _parts(milestone, holding)
    return [before[parts[0]].phase] if len(parts) == 1 and parts[0] in before and not milestone.retired else []
