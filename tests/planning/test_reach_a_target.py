"""Hours a week from a date or a number of months: up to the next half hour, never more than needed."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.planning.plans import DAY, MONDAY, counted, half_hours, paths, pauses_around
from tracker.planning import Milestone, build_plan, hours_lasting, hours_within, last_day_within


@pytest.mark.parametrize(
    ("hours", "days", "weekly"), [(24, 14, 12), (24.1, 14, 12.5), (25, 14, 12.5), (25.1, 14, 13), (1, 700, 1)]
)
def test_hours_are_rounded_up_to_the_half_hour(hours: float, days: int, weekly: float) -> None:
    target_on = MONDAY + (days - 1) * DAY
    plan = build_plan([Milestone("a", hours)], start_on=MONDAY, hours_per_week=33, target_on=target_on)
    assert plan.hours_per_week == weekly
    assert plan.finish_on <= target_on


def test_the_target_may_be_the_first_day() -> None:
    plan = build_plan([Milestone("a", 2)], start_on=MONDAY, hours_per_week=1, target_on=MONDAY)
    assert (plan.finish_on, plan.hours_per_week) == (MONDAY, 14)


def test_with_a_target_the_hours_asked_for_are_not_looked_at() -> None:
    plan = build_plan([Milestone("a", 2)], start_on=MONDAY, hours_per_week=0, target_on=MONDAY + 6 * DAY)
    assert plan.hours_per_week == 2


def test_8_and_a_half_hours_bring_840_into_24_months() -> None:
    # "at 5 h a week this takes 38 months; 8.5 h bring it to 24"
    slow = build_plan([Milestone("a", 840)], start_on=MONDAY, hours_per_week=5)
    assert int(slow.months) == 38
    assert hours_within(840, since=MONDAY, until=last_day_within(MONDAY, 24)) == 8.5


@given(paths(1), st.integers(0, 900), st.data())
def test_the_fewest_half_hours_that_reach_the_target(
    path: list[Milestone],
    ahead: int,
    data: st.DataObject,
) -> None:
    target_on = MONDAY + ahead * DAY
    pauses = data.draw(pauses_around(MONDAY))
    free = counted(MONDAY, target_on, pauses)
    assume(free and sum(m.hours for m in path) * 7 / free <= 80)
    plan = build_plan(path, start_on=MONDAY, hours_per_week=1, pauses=pauses, target_on=target_on)
    assert plan.finish_on <= target_on
    assert plan.hours_per_week % 0.5 == 0
    if plan.hours_per_week > 1:
        less = build_plan(path, start_on=MONDAY, hours_per_week=plan.hours_per_week - 0.5, pauses=pauses)
        assert less.finish_on > target_on


def months_at(hours: float, weekly: float) -> float:
    return build_plan([Milestone("a", hours)], start_on=MONDAY, hours_per_week=weekly).months


@given(half_hours.map(lambda h: h * 10), st.integers(1, 48))
def test_the_fewest_half_hours_that_fit_the_months(hours: float, months: int) -> None:
    weekly = hours_within(hours, since=MONDAY, until=last_day_within(MONDAY, months))
    if weekly is None:  # nobody plans more than 80
        assert months_at(hours, 80) > months
        return
    assert months_at(hours, weekly) <= months
    assert weekly == 1 or months_at(hours, weekly - 0.5) > months


@given(half_hours.map(lambda h: h * 10), st.integers(1, 48))
def test_hours_that_last_so_long(hours: float, months: int) -> None:
    weekly = hours_lasting(hours, since=MONDAY, until=last_day_within(MONDAY, months) + DAY)
    if weekly is not None:
        assert months_at(hours, weekly) >= months
        assert weekly == 80 or months_at(hours, weekly + 0.5) < months + 0.1


def test_where_the_day_has_gone_no_hours_a_week_reach_it() -> None:
    assert hours_within(10, since=MONDAY, until=MONDAY - DAY) is None
    assert hours_lasting(10, since=MONDAY, until=MONDAY - DAY) is None


@pytest.mark.parametrize("hours", [math.inf, math.nan])
def test_hours_that_are_no_number_are_reached_by_none(hours: float) -> None:
    assert hours_within(hours, since=MONDAY, until=MONDAY + 700 * DAY) is None
