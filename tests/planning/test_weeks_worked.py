"""In which weeks the hours were worked that a tick tells of."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.plans import DAY, MONDAY, plans
from tracker.planning import (
    Earned,
    Milestone,
    Pause,
    Plan,
    at_present_promise,
    build_plan,
    weeks_worked,
)

WEEK = 7 * DAY
# Seven hours a week: an hour is a day. A month for the first step, a week each for the next two, then a month.
STEPS = build_plan(
    [Milestone("a", 30), Milestone("b", 7), Milestone("c", 7), Milestone("d", 30)], start_on=MONDAY, hours_per_week=7
)


def done(plan: Plan, key: str, on: dt.date) -> Earned:
    return Earned(on, next(row.hours for row in plan.milestones if row.key == key), key)


@pytest.mark.parametrize("late", [0, 2, 5])
def test_hours_are_put_into_the_days_before_their_tick(late: int) -> None:
    today = MONDAY + 34 * DAY + late * WEEK
    weeks = weeks_worked(STEPS, [done(STEPS, "a", MONDAY + 29 * DAY)], today=today)
    assert [round(hours) for hours in weeks[:4]] == [7, 7, 7, 7]
    assert weeks[5:] == [0.0] * late


def test_an_absence_stays_an_absence() -> None:
    earned = [done(STEPS, "a", MONDAY + 29 * DAY), done(STEPS, "b", MONDAY + 29 * DAY + 8 * WEEK)]
    weeks = weeks_worked(STEPS, earned, today=MONDAY + 30 * DAY + 8 * WEEK)
    assert len(weeks) == 12
    assert weeks[5:9] == [0.0] * 4
    assert sum(weeks) == pytest.approx(37, abs=7)


def test_a_week_without_anything_counts() -> None:
    assert weeks_worked(STEPS, [], today=MONDAY + 4 * WEEK) == [0.0] * 4


def test_paused_days_are_no_week() -> None:
    plan = build_plan([Milestone("a", 30)], start_on=MONDAY, hours_per_week=7, pauses=[Pause(MONDAY, MONDAY + 9 * DAY)])
    assert weeks_worked(plan, [], today=MONDAY + 16 * DAY) == [0.0]


@given(plans(), st.data())
def test_one_more_tick_never_takes_hours_away(plan: Plan, data: st.DataObject) -> None:

    rows = data.draw(st.lists(st.sampled_from(plan.milestones), min_size=1, unique=True))
    days = sorted(data.draw(st.lists(st.integers(0, 200), min_size=len(rows), max_size=len(rows))))
    earned = [Earned(plan.start_on + day * DAY, row.hours, row.key) for row, day in zip(rows, days, strict=True)]
    today = earned[-1].on
    before = weeks_worked(plan, earned[:-1], today=today)
    after = weeks_worked(plan, earned, today=today)
    assert len(before) == len(after)
    assert sum(after) >= sum(before) - 1e-6


def test_hours_before_fewer_were_promised_are_no_sign_of_as_many_again() -> None:
    change = MONDAY + 20 * WEEK
    earned = [Earned(MONDAY + n * WEEK, 20.0, f"m{n}") for n in range(20)]
    plan = build_plan([Milestone("rest", 300)], start_on=MONDAY, hours_per_week=4)
    promised = [(dt.date.min, 20.0), (change, 4.0)]
    shown = at_present_promise(plan, earned, promised, today=change + WEEK)
    assert [round(part.hours, 6) for part in shown] == [4.0] * 20


def test_who_did_less_than_is_promised_now_loses_nothing_and_more_has_to_be_shown_first() -> None:
    earned = [Earned(MONDAY + n * WEEK, 3.0, f"m{n}") for n in range(20)]
    change = MONDAY + 20 * WEEK
    for now in (4.0, 30.0):
        plan = build_plan([Milestone("rest", 300)], start_on=MONDAY, hours_per_week=now)
        assert at_present_promise(plan, earned, [(dt.date.min, 20.0), (change, now)], today=change) == earned
