"""From a learner's choices to a plan: pure, so that preview, enrolment and tests share it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

from tracker import words
from tracker.catalog.credit import NoSuchChoice, Share, shares
from tracker.catalog.schema import Path
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.planning import Milestone, Plan, PlanError, build_plan, hours_lasting, hours_within, last_day_within

MAX_YEARS_AWAY = 5


@dataclass(frozen=True, slots=True)
class Choices:
    """What a learner says before the plan is made."""

    starting_point: str
    hours_per_week: float
    start_on: dt.date
    target_on: dt.date | None = None
    known: frozenset[str] | None = None
    """None takes what the starting point is credited with; a set names exactly what is credited."""
    done: frozenset[str] = frozenset()
    """What is done already, on another path that shares it: it needs no time in the plan, whatever is credited."""
    goal: str | None = None
    """A goal of the path: it moves milestones into or out of what can wait. None leaves all as it is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that is not kept yet, with the credit it rests on."""

    shares: tuple[Share, ...]
    plan: Plan
    outside: str
    """What would bring the plan into the path's range; empty when it is inside."""

    @property
    def months(self) -> float:
        """How long the plan takes, in months of 365.25/12 days."""
        return self.plan.months

    @property
    def hours_known(self) -> float:
        """Hours that are not to be learned any more, half credit included."""
        return sum(s.milestone.hours - (0 if s.known else s.hours) for s in self.shares if s.known or s.half)


def draft(path: Path, choices: Choices, *, today: dt.date) -> Draft:
    """The plan for these choices.

    Raises InvalidInput with the field's name and a sentence: unknown starting point, goal or milestone, hours, dates.
    """
    _check_dates(choices, today)
    try:
        credited = shares(path, choices.starting_point, choices.known, choices.goal)
    except NoSuchChoice as fault:
        raise InvalidInput(gettext(fault.sentence, **fault.values), _field_at_fault(path, choices)) from fault
    parts = tuple(_done(part) if part.milestone.key in choices.done else part for part in credited)
    try:
        plan = build_plan(
            _planned(parts),
            start_on=choices.start_on,
            hours_per_week=choices.hours_per_week,
            target_on=choices.target_on,
            known=frozenset(part.milestone.key for part in parts if part.known),
        )
    except PlanError as fault:
        raise no_plan(fault, "target_on" if choices.target_on else "hours_per_week") from fault
    return Draft(parts, plan, outside(path, plan))


def no_plan(fault: PlanError, field: str) -> InvalidInput:
    """Why planning refuses, in the learner's language."""
    return InvalidInput(gettext(fault.sentence, **fault.values), field)


def _done(part: Share) -> Share:
    return replace(part, hours=0.0, known=True, half=False, later=False)


def _field_at_fault(path: Path, choices: Choices) -> str:
    if path.starting_point(choices.starting_point) is None:
        return "starting_point"
    return "goal" if choices.goal and path.goal(choices.goal) is None else "known"


def _planned(parts: tuple[Share, ...]) -> list[Milestone]:
    """What "can wait" stays out of the plan, and out of what the others need, until the learner takes it in."""
    kept = {part.milestone.key for part in parts if part.known or not part.later}
    return [
        Milestone(
            part.milestone.key,
            part.hours,
            part.milestone.phase,
            tuple(key for key in part.milestone.needs if key in kept),
        )
        for part in parts
        if part.milestone.key in kept
    ]


def _check_dates(choices: Choices, today: dt.date) -> None:
    if abs((choices.start_on - today).days) > MAX_YEARS_AWAY * 366:
        raise InvalidInput(gettext("Choose a start within %(years)s years of today.", years=MAX_YEARS_AWAY), "start_on")
    if choices.target_on and choices.target_on <= choices.start_on:
        raise InvalidInput(gettext("The target date must be after the start."), "target_on")
    if choices.target_on:
        check_target(choices.target_on, choices.start_on)


def check_target(target_on: dt.date, start_on: dt.date) -> None:
    """Raises InvalidInput for a date that is no target for anybody's life."""
    if (target_on - start_on).days > 2 * MAX_YEARS_AWAY * 366:
        raise InvalidInput(
            gettext("Choose a target within %(years)s years of the start.", years=2 * MAX_YEARS_AWAY), "target_on"
        )


def outside(path: Path, plan: Plan, *, left: float | None = None, today: dt.date | None = None) -> str:
    """'At 5 h a week this takes 38 months; 8.5 h a week bring it to 24.' Empty inside the path's range.

    For a plan that is under way: from ``today`` on, with the hours that are ``left`` of it.
    """
    since, left = max(plan.start_on, today or plan.start_on), plan.hours if left is None else left
    if plan.months > path.max_months:
        return _too_long(path, plan, left, since)
    if plan.milestones and plan.months < path.min_months:
        return _too_short(path, plan, left, since)
    return ""


def _too_long(path: Path, plan: Plan, left: float, since: dt.date) -> str:
    until = last_day_within(plan.start_on, path.max_months)
    wanted = hours_within(left, since=since, until=until, pauses=plan.pauses)
    said = {
        "hours": words.number(plan.hours_per_week),
        "months": _months(plan.months, path.max_months),
        "most": path.max_months,
    }
    if wanted is None or wanted <= plan.hours_per_week:
        return gettext(
            "At %(hours)s h a week this takes %(months)s months, more than the %(most)s that people usually need."
            " That is a guide and no limit.",
            **said,
        )
    return gettext(
        "At %(hours)s h a week this takes %(months)s months; %(wanted)s h a week bring it to %(most)s.",
        wanted=words.number(wanted),
        **said,
    )


def _too_short(path: Path, plan: Plan, left: float, since: dt.date) -> str:
    until = last_day_within(plan.start_on, path.min_months) + dt.timedelta(days=1)
    wanted = hours_lasting(left, since=since, until=until, pauses=plan.pauses)
    few = {"months": _months_below(plan.months, path.min_months), "least": path.min_months}
    if not wanted:
        return gettext(
            "%(months)s months is less than the %(least)s that people usually need."
            " That can be right with much credit.",
            **few,
        )
    return gettext(
        "%(months)s months is less than the %(least)s that people usually need."
        " That can be right with much credit; %(wanted)s h a week would make it %(least)s.",
        wanted=words.number(wanted),
        **few,
    )


def _months(months: float, bound: int) -> str:
    """38; with a decimal where the bound itself would be read: 24.1"""
    return words.number(round(months) if round(months) > bound else math.ceil(months * 10) / 10)


def _months_below(months: float, bound: int) -> str:
    """4, as it reads beside it; rounded down where the bound itself would be read: 8.9"""
    rounded = round(months, 1)
    return words.number(rounded if rounded < bound else math.floor(months * 10) / 10)
