"""Days ahead or behind the plan's own line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.plans import DAY, MONDAY, counted, first_day, paused, plans
from tracker.planning import Milestone, Pace, Pause, Plan, build_plan, capacity, pace
from tracker.planning.types import Status

# Seven hours a week: an hour is a day.
YEAR = build_plan([Milestone("a", 365)], start_on=MONDAY, hours_per_week=7)


@pytest.mark.parametrize(
    ("earned", "ahead", "status"),
    [
        (0, -29, "behind"),
        (1, -29, "behind"),
        (1.01, -28, "behind"),
        (22, -8, "behind"),
        (22.01, -7, "on-track"),
        (30, 0, "on-track"),
        (37, 7, "on-track"),
        (37.5, 8, "ahead"),
        (364.9, 335, "ahead"),
        (365, 335, "finished"),
        (400, 335, "finished"),
    ],
)
def test_thirty_days_in(earned: float, ahead: int, status: Status) -> None:
    assert pace(YEAR, earned, today=MONDAY + 29 * DAY) == Pace(30, ahead, status)


def test_on_the_first_day_nobody_is_behind() -> None:
    assert pace(YEAR, 0, today=MONDAY) == Pace(1, 0, "on-track")


def test_before_the_start_nothing_is_expected() -> None:
    assert pace(YEAR, 0, today=MONDAY - 5 * DAY) == Pace(0, 0, "not-started")


def test_what_is_done_before_the_start_counts() -> None:
    assert pace(YEAR, 12, today=MONDAY - DAY) == Pace(0, 12, "not-started")


def test_after_the_finish_the_days_go_on_counting() -> None:
    assert pace(YEAR, 364, today=YEAR.finish_on + 20 * DAY) == Pace(365, -21, "behind")


def test_who_has_finished_is_never_late() -> None:
    assert pace(YEAR, 365, today=YEAR.finish_on + 300 * DAY) == Pace(365, 0, "finished")


def test_a_plan_of_nothing_is_finished() -> None:
    empty = build_plan([], start_on=MONDAY, hours_per_week=7)
    assert pace(empty, 0, today=MONDAY) == Pace(0, 0, "finished")


def test_a_paused_day_says_what_the_day_before_it_said() -> None:
    pause = Pause(MONDAY + 10 * DAY, MONDAY + 19 * DAY)
    plan = replace(YEAR, pauses=(pause,))
    before = pace(plan, 6, today=MONDAY + 9 * DAY)
    assert before.days_ahead == -4
    assert [pace(plan, 6, today=MONDAY + n * DAY) for n in range(10, 20)] == [before] * 10
    assert pace(plan, 6, today=MONDAY + 20 * DAY).days_ahead == -5


@given(plans(), st.integers(0, 1000))
def test_on_the_plans_own_line_it_is_0(plan: Plan, after: int) -> None:
    today = min(plan.start_on + after * DAY, plan.finish_on)
    assert pace(plan, capacity(plan, today), today=today).days_ahead == 0


@given(plans(), st.data())
def test_a_milestone_done_on_its_day_is_on_the_line(plan: Plan, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(plan.milestones)))
    done = plan.milestones[:number]
    assert pace(plan, sum(m.hours for m in done), today=done[-1].due_on).days_ahead == 0


def test_the_order_in_which_hours_are_summed_makes_nobody_unfinished() -> None:
    parts = [0.1, 0.2, 0.3]
    plan = build_plan([Milestone(f"m{n}", hours) for n, hours in enumerate(parts)], start_on=MONDAY, hours_per_week=7)
    earned = sum(reversed(parts))
    assert earned < plan.hours, "or this tests nothing"
    assert pace(plan, earned, today=MONDAY).status == "finished"


@given(plans(), st.floats(0, 1), st.integers(-20, 800))
def test_days_ahead_are_the_study_days_to_the_day_of_what_is_earned(
    plan: Plan,
    share: float,
    after: int,
) -> None:
    earned = round(plan.hours * share * 2) / 2
    today = plan.start_on + after * DAY
    reached = first_day(earned, plan)
    found = pace(plan, earned, today=today)
    gone = counted(plan.start_on, today, plan.pauses)
    expected = max(counted(plan.start_on, reached, plan.pauses), min(gone, 1)) - gone
    assert found.days_ahead == (max(0, expected) if found.status == "finished" else expected)
    assert found.expected_hours == min(capacity(plan, today), plan.hours)


@given(plans(), st.floats(0, 1), st.floats(0, 1), st.integers(-20, 800))
def test_earning_never_lowers_the_pace(plan: Plan, one: float, other: float, after: int) -> None:
    today = plan.start_on + after * DAY
    less, more = (pace(plan, share * plan.hours, today=today).days_ahead for share in sorted((one, other)))
    assert less <= more


@given(plans(), st.floats(0, 1), st.integers(-20, 800))
def test_a_day_of_nothing_costs_a_day_unless_it_is_paused(plan: Plan, share: float, after: int) -> None:
    earned, today = share * 0.99 * plan.hours, plan.start_on + after * DAY
    one, other = (pace(plan, earned, today=day).days_ahead for day in (today, today + DAY))
    gone = counted(plan.start_on, today, plan.pauses)
    # The first day is free for whoever begins with nothing.
    costs = gone >= 1 and not paused(today + DAY, plan.pauses)
    assert one - other == int(costs) or gone == 0
