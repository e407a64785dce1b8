"""What no tick has told of yet: between two ticks nobody falls behind, and no week is empty, without a reason."""

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
    pace,
    under_way,
    weeks_worked,
)

WEEK = 7 * DAY
# Seven hours a week: an hour is a day. A month for the first step, a week each for the next two, then a month.
STEPS = build_plan(
    [Milestone("a", 30), Milestone("b", 7), Milestone("c", 7), Milestone("d", 30)], start_on=MONDAY, hours_per_week=7
)


def done(plan: Plan, key: str, on: dt.date) -> Earned:
    return Earned(on, next(row.hours for row in plan.milestones if row.key == key), key)


def days_ahead(plan: Plan, earned: list[Earned], today: dt.date) -> int:
    covered = sum(part.hours for part in earned)
    return pace(plan, covered + under_way(plan, earned, today=today, since=plan.start_on), today=today).days_ahead


def test_who_ticks_each_step_on_its_day_is_on_the_line_on_every_day_between() -> None:
    for number in range(74):
        today = MONDAY + number * DAY
        earned = [done(STEPS, row.key, row.due_on) for row in STEPS.milestones if row.due_on <= today]
        assert days_ahead(STEPS, earned, today) == 0


def test_a_step_that_takes_longer_than_its_hours_costs_a_day_a_day() -> None:
    first_due = STEPS.milestones[0].due_on
    assert [days_ahead(STEPS, [], first_due + n * DAY) for n in (0, 1, 12)] == [0, -1, -12]


def test_a_late_tick_keeps_the_days_and_the_next_step_adds_none_of_its_own() -> None:
    late = STEPS.milestones[0].due_on + 12 * DAY
    earned = [done(STEPS, "a", late)]
    assert [days_ahead(STEPS, earned, late + n * DAY) for n in (0, 3, 7, 8)] == [-12, -12, -12, -13]


def test_what_is_ticked_out_of_order_was_done_in_the_time_that_seemed_to_be_the_steps_own() -> None:
    today = MONDAY + 19 * DAY
    assert under_way(STEPS, [], today=today, since=MONDAY) == 20
    assert under_way(STEPS, [done(STEPS, "b", today)], today=today, since=MONDAY) == 13


def test_a_pause_is_no_time() -> None:
    plan = build_plan([Milestone("a", 30)], start_on=MONDAY, hours_per_week=7, pauses=[Pause(MONDAY, MONDAY + 9 * DAY)])
    assert under_way(plan, [], today=MONDAY + 11 * DAY, since=MONDAY) == 2
    assert weeks_worked(plan, [], today=MONDAY + 16 * DAY) == [0.0]


def test_what_is_known_or_left_out_is_no_step_in_hand() -> None:
    today = MONDAY + 19 * DAY
    assert under_way(STEPS, [], today=today, since=MONDAY, left_out={"a"}) == 7


def test_with_everything_done_nothing_is_under_way() -> None:
    earned = [done(STEPS, key, MONDAY) for key in "abcd"]
    assert under_way(STEPS, earned, today=MONDAY + WEEK, since=MONDAY) == 0


@given(plans(), st.data())
def test_a_tick_never_takes_away_more_than_it_gives(plan: Plan, data: st.DataObject) -> None:
    order = data.draw(st.permutations(plan.milestones))
    ticked = data.draw(st.integers(0, len(order) - 1))
    days = sorted(data.draw(st.lists(st.integers(0, 300), min_size=ticked + 1, max_size=ticked + 1)))
    earned = [Earned(plan.start_on + day * DAY, row.hours, row.key) for row, day in zip(order, days, strict=False)]
    today, before = earned[-1].on, earned[:-1]
    gained = earned[-1].hours + under_way(plan, earned, today=today, since=plan.start_on)
    assert gained >= under_way(plan, before, today=today, since=plan.start_on) - 1e-6


@pytest.mark.parametrize("late", [0, 2, 5])
def test_hours_are_put_into_the_days_before_their_tick(late: int) -> None:
    today = MONDAY + 34 * DAY + late * WEEK
    weeks = weeks_worked(STEPS, [done(STEPS, "a", MONDAY + 29 * DAY)], today=today, supposed=7)
    assert [round(hours) for hours in weeks[:4]] == [7, 7, 7, 7]
    assert weeks[5:] == [0.0] * (late - 1 if late else 0)


def test_an_absence_stays_an_absence() -> None:
    earned = [done(STEPS, "a", MONDAY + 29 * DAY), done(STEPS, "b", MONDAY + 29 * DAY + 8 * WEEK)]
    weeks = weeks_worked(STEPS, earned, today=MONDAY + 30 * DAY + 8 * WEEK)
    assert len(weeks) == 12
    assert weeks[5:9] == [0.0] * 4
    assert sum(weeks) == pytest.approx(37, abs=7)


def test_weeks_that_the_step_in_hand_explains_are_left_out_and_later_ones_count() -> None:
    for number, counted in ((3, 0), (10, 5)):
        today = MONDAY + number * WEEK
        supposed = under_way(STEPS, [], today=today, since=MONDAY)
        assert weeks_worked(STEPS, [], today=today, supposed=supposed) == [0.0] * counted


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
