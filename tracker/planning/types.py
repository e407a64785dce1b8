"""The words of the plan as frozen values. Hours are hours of study, days are local dates of the learner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAYS_A_MONTH = 365.25 / 12


class PlanError(ValueError):
    """Input from which no plan can be made; its text is a sentence for the learner."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be planned: half credit is a milestone with half the hours."""

    key: str
    hours: float
    phase: int = 1
    needs: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Days without study, both ends included."""

    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class Planned:
    """One milestone with its days."""

    key: str
    hours: float
    starts_on: dt.date
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Plan:
    """Milestones in the order of study, one after the other, at an even pace."""

    milestones: tuple[Planned, ...]
    start_on: dt.date
    finish_on: dt.date
    hours: float
    hours_per_week: float
    months: float
    """From the start to the finish, both days included; a month is 365.25/12 days."""
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """Where somebody stands against the plan's own line."""

    expected_hours: float
    days_ahead: int
    """Negative when behind; paused days are not counted."""
    status: str
    """not-started, ahead, on-track, behind or finished"""


@dataclass(frozen=True, slots=True)
class Forecast:
    """When somebody will probably finish: one time in ten before p10, half of the time before p50, nine in ten before
    p90."""

    p10: dt.date
    p50: dt.date
    p90: dt.date
    rate: float
    """Hours a week that the middle of the forecast reckons with."""
