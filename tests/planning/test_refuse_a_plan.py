"""Bad input is a PlanError that says what."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.plans import DAY, MONDAY, paths
from tracker.planning import Milestone, Pause, Plan, PlanError, build_plan

PATH = (Milestone("numpy", 12), Milestone("pandas", 20, 1, ("numpy",)))


def planned(*milestones: Milestone, **changes: Any) -> Plan:
    asked: dict[str, Any] = {"start_on": MONDAY, "hours_per_week": 10, **changes}
    return build_plan(milestones or PATH, **asked)


@pytest.mark.parametrize("hours", [0, 0.5, -3, 80.5, 1e300, math.inf, -math.inf, math.nan])
def test_hours_a_week_outside_1_to_80(hours: float) -> None:
    with pytest.raises(PlanError, match="from 1 to 80"):
        planned(hours_per_week=hours)


@pytest.mark.parametrize("hours", [1, 80])
def test_1_and_80_are_inside(hours: float) -> None:
    assert planned(hours_per_week=hours).hours_per_week == hours


@pytest.mark.parametrize("hours", [-1, math.inf, math.nan])
def test_a_milestone_whose_hours_are_none(hours: float) -> None:
    with pytest.raises(PlanError, match="hours of numpy"):
        planned(Milestone("numpy", hours))


def test_a_target_before_the_start() -> None:
    with pytest.raises(PlanError, match="before the start"):
        planned(target_on=MONDAY - DAY)


def test_a_target_that_takes_more_hours_than_a_week_should_have() -> None:
    with pytest.raises(PlanError, match=r"takes 112 h a week; at most 80"):
        planned(target_on=MONDAY + DAY)


def test_a_target_until_which_every_day_is_paused() -> None:
    with pytest.raises(PlanError, match="until the target is paused"):
        planned(target_on=MONDAY + 9 * DAY, pauses=[Pause(MONDAY - DAY, MONDAY + 9 * DAY)])


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(MONDAY, dt.date.max)],
        [Pause(MONDAY + 3 * DAY, dt.date.max), Pause(MONDAY + 5 * DAY, MONDAY + 6 * DAY)],
        [Pause(dt.date.min, dt.date.max), Pause(MONDAY, MONDAY)],
    ],
)
def test_every_day_paused(pauses: list[Pause]) -> None:
    with pytest.raises(PlanError, match="every day is paused"):
        planned(pauses=pauses)


def test_a_pause_that_ends_before_it_begins() -> None:
    with pytest.raises(PlanError, match="cannot end before it begins"):
        planned(pauses=[Pause(MONDAY + DAY, MONDAY)])


@pytest.mark.parametrize(
    "changes",
    [{"known": frozenset({"nmupy"})}, {"skipped": frozenset({"nmupy"})}],
)
def test_a_key_that_is_none(changes: dict[str, frozenset[str]]) -> None:
    with pytest.raises(PlanError, match="no milestone called nmupy"):
        planned(**changes)


def test_a_need_that_is_none() -> None:
    with pytest.raises(PlanError, match="no milestone called nmupy"):
        planned(Milestone("pandas", 20, 1, ("nmupy",)))


def test_a_key_that_is_there_twice() -> None:
    with pytest.raises(PlanError, match="twice"):
        planned(Milestone("numpy", 12), Milestone("numpy", 12))


def test_a_milestone_that_needs_itself() -> None:
    with pytest.raises(PlanError, match="circle around numpy"):
        planned(Milestone("numpy", 12, 1, ("numpy",)))


@given(paths(2), st.data())
def test_any_circle_is_found(path: list[Milestone], data: st.DataObject) -> None:
    length = data.draw(st.integers(2, len(path)))
    ring = {path[n].key: path[(n + 1) % length].key for n in range(length)}
    circular = [replace(m, needs=(ring[m.key],)) if m.key in ring else m for m in path]
    with pytest.raises(PlanError, match="circle"):
        planned(*circular)


@pytest.mark.parametrize("hours", [1e6, 1e12, 1e308])
def test_a_plan_that_is_longer_than_the_calendar(hours: float) -> None:
    with pytest.raises(PlanError, match="never ends"):
        planned(Milestone("everything", hours), hours_per_week=1)
