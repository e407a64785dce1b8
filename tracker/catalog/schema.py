"""What a career path is. Values only: each part is validated when made and never changes.

What must hold between the parts (needs that exist, no circles …) is in `rules`, and the loader asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tracker.catalog.guide import Guide
from tracker.catalog.values import FrozenMap, Key, Line, Text, Url, Value

MAX_HOURS = 400
"""More than this is a course of its own: it should be several milestones, or the plan gets too coarse."""

OWN = "own-"
"""How the keys of milestones begin that learners added to their own plan."""

Kind = Literal["topic", "practice", "project", "checkpoint"]
Treatment = Literal["full", "half", "known", "later", "half-later"]
Move = Literal["later", "take-in"]

_MONTHS = re.compile(r"\d+–\d+\+?")


def _checked_hours(value: float) -> float:
    if not 0 < value <= MAX_HOURS:
        raise ValueError(f"The hours should be more than 0 and at most {MAX_HOURS}, not {value:g}.")
    return value


def _checked_months(value: str) -> str:
    if not _MONTHS.fullmatch(value):
        raise ValueError(f"The months should read like 1–3 or 13–18+, with an en dash, not {value!r}.")
    return value


class Resource(Value):
    """Something to learn from."""

    key: Key
    name: Text
    url: Url
    seen: bool
    """Whether this address was opened when the file was written; the others are well known, not checked."""


class Criterion(Value):
    """One thing that can be looked at and is then met or not."""

    key: Key
    text: Text


class Milestone(Value):
    """One step of a path. Learners' records name its key, so that the key never changes."""

    key: Key
    phase: int
    title: Line
    kind: Kind
    hours: Annotated[float, AfterValidator(_checked_hours)]
    hours_basis: Text
    estimate: bool
    """True when the hours rest on our own judgement and not on a stated course length."""
    summary: Text
    needs: tuple[Key, ...] = ()
    done_when: tuple[Criterion, ...]
    resources: tuple[Key, ...] = ()
    by_starting_point: FrozenMap[Treatment] = Field(default_factory=dict, validate_default=True)
    by_goal: FrozenMap[Move] = Field(default_factory=dict, validate_default=True)
    """A goal that moves this into "can wait", or out of it; silent goals leave it as the starting point has it."""
    shared: Key | None = None
    """A label: milestones of two paths that bear the same one are the same work, and done in one are done in both."""
    placement: bool = False
    """A phase checkpoint that doubles as a placement test, so that no background is credited with it."""
    retired: bool = False
    """No longer part of new plans; kept for the people who have it on record."""
    formerly: tuple[Key, ...] = ()

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def names(self) -> tuple[str, ...]:
        """All keys that it has or had, the present one first."""
        return (self.key, *self.formerly)

    @property
    def is_own(self) -> bool:
        """Whether a learner added it to their own plan; no path file has such a key."""
        return self.key.startswith(OWN)

    def treatment(self, starting_point: str) -> Treatment:
        """What this starting point is credited with here; full where the file is silent."""
        return self.by_starting_point.get(starting_point, "full")

    def can_wait(self, starting_point: str, goal: str | None = None) -> bool:
        """Whether it stays outside the plan until the learner takes it in; the goal outweighs the starting point."""
        move = self.by_goal.get(goal) if goal else None
        return move == "later" or (move is None and self.treatment(starting_point) in ("later", "half-later"))


class Phase(Value):
    """A stretch of the path, as the career page tells it."""

    number: int
    key: Key
    title: Line
    short_title: Line
    months: Annotated[str, AfterValidator(_checked_months)]
    summary: Text
    topics: tuple[Text, ...]
    projects: tuple[Text, ...] = ()


class StartingPoint(Value):
    """What somebody was before: it decides what they are credited with."""

    key: Key
    title: Line
    i_am: Line
    """The words after "I am …"."""
    summary: Text


class Goal(Value):
    """What somebody wants the path for: it decides what can wait."""

    key: Key
    title: Line
    summary: Text


class HowItWorks(Value):
    """A paragraph of the explanation of how the path is meant to be walked."""

    title: Line
    text: Text


class Path(Value):
    """A career path, whole and immutable."""

    slug: Key
    title: Line
    version: str = ""
    """A hash of the content less the guide, filled in by the loader; a tick records the version it was made against."""
    tagline: Text
    summary: Text
    min_months: Annotated[int, Field(ge=1)] = 9
    max_months: Annotated[int, Field(ge=1)] = 24
    job_search_min_months: Annotated[int, Field(ge=0)] = 4
    job_search_max_months: Annotated[int, Field(ge=0)] = 10
    how_it_works: tuple[HowItWorks, ...] = ()
    phases: tuple[Phase, ...]
    starting_points: tuple[StartingPoint, ...]
    goals: tuple[Goal, ...] = ()
    resources: FrozenMap[Resource] = Field(default_factory=dict, validate_default=True)
    milestones: tuple[Milestone, ...]
    guide: Guide | None = None
    """The career guide; a learner's own path has none."""
    twins: FrozenMap[tuple[tuple[str, str], ...]] = Field(default_factory=dict, validate_default=True, exclude=True)
    """By milestone, the paths and keys of the same work elsewhere; filled in by ``beside``, never by a file."""

    def __hash__(self) -> int:
        return hash((self.slug, self.version))

    def changed(self, **parts: Any) -> Path:
        """A copy with other parts; unlike model_copy it takes nothing along that was worked out from the old ones."""
        return Path.model_construct(**{name: getattr(self, name) for name in type(self).model_fields} | parts)

    def beside(self, others: Iterable[Path]) -> Path:
        """The same path, knowing which of its milestones are the same work as one of the others'."""
        found: dict[str, list[tuple[str, str]]] = {}
        for other in others:
            for milestone in other.milestones if other.slug != self.slug else ():
                if milestone.shared:
                    found.setdefault(milestone.shared, []).extend((other.slug, name) for name in milestone.names)
        twins = {m.key: tuple(found[m.shared]) for m in self.milestones if m.shared in found}
        return self.changed(twins=MappingProxyType(twins)) if twins else self

    @cached_property
    def _by_key(self) -> Mapping[str, Milestone]:
        former = {old: m for m in self.milestones for old in m.formerly}
        return former | {m.key: m for m in self.milestones}

    @cached_property
    def active(self) -> tuple[Milestone, ...]:
        """The milestones that are not retired, in the path's order."""
        return tuple(m for m in self.milestones if not m.retired)

    @cached_property
    def hours(self) -> float:
        """The hours of all active milestones."""
        return sum(m.hours for m in self.active)

    @cached_property
    def present_keys(self) -> frozenset[str]:
        """The keys as they are now, without former ones."""
        return frozenset(m.key for m in self.milestones)

    @cached_property
    def plain(self) -> tuple[Milestone, ...]:
        """The milestones that nowhere have another key: nearly all."""
        return tuple(m for m in self.milestones if not m.formerly and m.key not in self.twins)

    @cached_property
    def involved(self) -> tuple[Milestone, ...]:
        """Those that were renamed or merged, or are shared with other paths."""
        return tuple(m for m in self.milestones if m.formerly or m.key in self.twins)

    @cached_property
    def has_own(self) -> bool:
        """Whether a learner added some of it."""
        return any(m.is_own for m in self.milestones)

    def milestone(self, key: str) -> Milestone | None:
        """The milestone of this key, or the one that was once called so; retired ones too."""
        return self._by_key.get(key)

    def phase(self, number: int) -> Phase | None:
        """The phase of this number."""
        return next((phase for phase in self.phases if phase.number == number), None)

    def starting_point(self, key: str) -> StartingPoint | None:
        """The starting point of this key."""
        return next((point for point in self.starting_points if point.key == key), None)

    def goal(self, key: str) -> Goal | None:
        """The goal of this key."""
        return next((goal for goal in self.goals if goal.key == key), None)

    def shared(self, label: str | None) -> Milestone | None:
        """The milestone that bears this label, which another path may have, too."""
        return next((m for m in self.milestones if label and m.shared == label), None)

    def in_phase(self, number: int) -> tuple[Milestone, ...]:
        """The active milestones of a phase, in the path's order."""
        return tuple(m for m in self.active if m.phase == number)


class Catalog(Value):
    """All paths of this site."""

    paths: FrozenMap[Path]

    def __hash__(self) -> int:
        return hash(tuple(self.paths.values()))

    def path(self, slug: str) -> Path | None:
        """The path of this slug."""
        return self.paths.get(slug)

    def same_work(self, path: Path, milestone: Milestone) -> tuple[tuple[Path, Milestone], ...]:
        """The milestones of the site's other paths that are the same work: done here, each counts there, too."""
        found = ((other, other.shared(milestone.shared)) for other in self.paths.values() if other.slug != path.slug)
        return tuple((other, same) for other, same in found if same is not None)
