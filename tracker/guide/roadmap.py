"""What the roadmap shows of a plan that nobody keeps yet. Pure: the plan itself comes from `planning`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.catalog.credit import Share
from tracker.catalog.guide import Story
from tracker.catalog.schema import Milestone, Path, Phase
from tracker.enrolment.drafting import Choices, Draft, draft
from tracker.errors import InvalidInput
from tracker.planning import Plan, hours_within, last_day_within

TEMPOS = (9, 12, 18, 24)
"""Months for which the hours a week are worked out."""

EXAMPLE_START = "backend-developer"
EXAMPLE_HOURS = 15
"""What is shown before anybody has chosen: 677 h, 10.4 months."""


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone with its days."""

    milestone: Milestone
    hours: float
    starts_on: dt.date
    due_on: dt.date
    half: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase as this plan walks it; without steps when all of it is known."""

    phase: Phase
    steps: tuple[Step, ...]

    @property
    def hours(self) -> float:
        """Hours of its steps."""
        return sum(step.hours for step in self.steps)

    @property
    def starts_on(self) -> dt.date:
        """The first day of the first step."""
        return min(step.starts_on for step in self.steps)

    @property
    def ends_on(self) -> dt.date:
        """The last day of the last step."""
        return max(step.due_on for step in self.steps)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How many hours a week bring the same plan to an end in so many months."""

    months: int
    hours_per_week: float | None
    """None where no week has so many."""


@dataclass(frozen=True, slots=True)
class Roadmap:
    """A draft, phase by phase."""

    draft: Draft
    stretches: tuple[Stretch, ...]
    waiting: tuple[Share, ...]
    tempos: tuple[Tempo, ...]


def roadmap(path: Path, drafted: Draft) -> Roadmap:
    """The draft as the page tells it."""
    plan = drafted.plan
    shares = {share.milestone.key: share for share in drafted.shares}
    steps = [Step(shares[p.key].milestone, p.hours, p.starts_on, p.due_on, shares[p.key].half) for p in plan.milestones]
    stretches = tuple(Stretch(ph, tuple(s for s in steps if s.milestone.phase == ph.number)) for ph in path.phases)
    waiting = tuple(share for share in drafted.shares if share.later)
    return Roadmap(drafted, stretches, waiting, _tempos(plan) if plan.hours else ())


def _tempos(plan: Plan) -> tuple[Tempo, ...]:
    since = plan.start_on
    ends = ((months, last_day_within(since, months)) for months in TEMPOS)
    return tuple(Tempo(months, hours_within(plan.hours, since=since, until=end)) for months, end in ends)


def stories_of(path: Path, starting_point: str) -> tuple[Story, ...]:
    """The stories of people who started there."""
    stories = path.guide.stories.values() if path.guide else ()
    return tuple(story for story in stories if story.starting_point == starting_point)


def story_plans(path: Path, *, today: dt.date) -> tuple[tuple[Story, Draft], ...]:
    """Each story of the guide beside our plan from the same start, in as many months as the story took."""
    return tuple(_story_plans(path, today))


def _story_plans(path: Path, today: dt.date) -> Iterator[tuple[Story, Draft]]:
    for story in path.guide.stories.values() if path.guide else ():
        choices = Choices(story.starting_point, EXAMPLE_HOURS, today)
        yield story, draft(path, choices, today=today)


@dataclass(frozen=True, slots=True)
class Start:
    """A starting point with the plan that it leads to."""

    key: str
    title: str
    draft: Draft


def starts(path: Path, *, hours_per_week: float, today: dt.date) -> tuple[Start, ...]:
    """The plan from each starting point; one that no calendar holds is left out."""
    return tuple(_starts(path, hours_per_week, today))


def _starts(path: Path, hours_per_week: float, today: dt.date) -> Iterator[Start]:
    for point in path.starting_points:
        try:
            yield Start(point.key, point.title, draft(path, Choices(point.key, hours_per_week, today), today=today))
        except InvalidInput:
            continue


def example_start(path: Path) -> str:
    """The starting point that is shown before anybody has chosen."""
    return EXAMPLE_START if path.starting_point(EXAMPLE_START) else path.starting_points[0].key
