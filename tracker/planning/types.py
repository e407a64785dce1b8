"""The words of the plan as frozen values. Hours are hours of study, days are local dates of the learner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

DAYS_A_MONTH = 365.25 / 12
Status = Literal["not-started", "ahead", "on-track", "behind", "finished"]
Way = Literal["move-finish", "add-hours", "fewer-hours", "drop-optional", "take-break"]


class PlanError(ValueError):
    """Input from which no plan can be made; its text is a sentence for the learner.

    ``sentence`` and ``values`` are its parts, for whoever says it in another language.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be planned: half credit is a milestone with half the hours."""

    key: str
    hours: float
    phase: int = 1
    needs: tuple[str, ...] = ()
    optional: bool = False
    """Planned like any other; re-planning may offer to drop it."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Days without study, both ends included."""

    starts_on: dt.date
    ends_on: dt.date


class Planned(NamedTuple):
    """One milestone with its days. A tuple, because a plan has many: they are made in half the time."""

    key: str
    hours: float
    starts_on: dt.date
    due_on: dt.date


class Earned(NamedTuple):
    """Hours that were earned on a day."""

    on: dt.date
    hours: float
    key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Milestones in the order of study, one after the other, at an even pace.

    A revised plan has two parts: up to its own day what was done, from that day on its hours a week.
    """

    milestones: tuple[Planned, ...]
    start_on: dt.date
    finish_on: dt.date
    hours: float
    hours_per_week: float
    months: float
    """From the start to the finish, both days included; a month is 365.25/12 days."""
    pauses: tuple[Pause, ...] = ()
    since: dt.date | None = None
    """A revision's own day, the first on which its line holds; None for a plan that holds from its start."""
    before: float = 0.0
    """Hours that were earned when the revision was made: its line begins there."""

    @property
    def line_from(self) -> dt.date:
        """The first day that gives hours at ``hours_per_week``."""
        return self.since or self.start_on


@dataclass(frozen=True, slots=True)
class Pace:
    """Where somebody stands against the plan's own line."""

    expected_hours: float
    days_ahead: int
    """Negative when behind; paused days are not counted."""
    status: Status


@dataclass(frozen=True, slots=True)
class Forecast:
    """When somebody will probably finish.

    One time in ten before p10, half of the time before p50, nine times in ten before p90.
    """

    p10: dt.date
    p50: dt.date
    p90: dt.date
    rate: float
    """Hours a week that the middle of the forecast reckons with."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a plan's milestones; keys that are not in the plan are of no account."""

    done: Set[str] = frozenset()
    earned: Mapping[str, float] = field(default_factory=dict)
    """Hours earned of each milestone that is being done, were it none yet."""
    left_out: Set[str] = frozenset()
    """Planned, but known or skipped since: they leave the plan."""
    optional: Set[str] = frozenset()
    """What may be dropped."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go on, with the finish and the hours a week it leads to."""

    kind: Way
    finish_on: dt.date
    hours_per_week: float
    plan: Plan
    """The whole revised plan: what is done with the dates it had, then what is open, in its order."""
    within_range: bool
    """Whether its months are within the path's range."""
    dropped: tuple[str, ...] = ()
    weeks_off: int = 0
