"""From milestones to dates."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.plans import (
    DAY,
    MONDAY,
    counted,
    days,
    first_day,
    paths,
    paused,
    pauses_around,
    plans,
    weekly,
)
from tracker.planning import Milestone, Pause, Plan, build_plan, capacity


def keys(plan: Plan) -> list[str]:
    return [m.key for m in plan.milestones]


def twelve(*milestones: Milestone, pauses: tuple[Pause, ...] = ()) -> Plan:
    return build_plan(milestones, start_on=MONDAY, hours_per_week=12, pauses=pauses)


def test_twelve_hours_at_twelve_a_week_end_on_the_seventh_day() -> None:
    plan = twelve(Milestone("a", 12))
    assert plan.finish_on == MONDAY + 6 * DAY


@pytest.mark.parametrize(("hours", "number"), [(0.1, 70), (0.3, 90), (0.7, 130), (1.1, 40)])
def test_many_small_parts_end_on_the_day_of_their_sum(hours: float, number: int) -> None:
    parts = [Milestone(f"m{n}", hours) for n in range(number)]
    whole = build_plan(parts, start_on=MONDAY, hours_per_week=7)
    assert (whole.finish_on - MONDAY).days + 1 == -(-round(hours * number * 10) // 10)


def test_the_next_begins_on_the_day_on_which_hours_are_free() -> None:
    plan = twelve(Milestone("a", 12), Milestone("b", 13), Milestone("c", 5))
    assert [(m.starts_on - MONDAY).days for m in plan.milestones] == [0, 7, 14]
    assert [(m.due_on - MONDAY).days for m in plan.milestones] == [6, 14, 17]


def test_what_takes_no_time_begins_on_the_day_on_which_it_is_due() -> None:
    plan = build_plan([Milestone("a", 7), Milestone("b", 0)], start_on=MONDAY, hours_per_week=7)
    assert [(m.starts_on, m.due_on) for m in plan.milestones] == [(MONDAY, MONDAY + 6 * DAY), (MONDAY + 6 * DAY,) * 2]


def test_needs_come_first_then_the_phase_then_the_order_given() -> None:
    plan = twelve(
        Milestone("late", 5, 4),
        Milestone("second", 5, 1),
        Milestone("first", 5, 1, ("ground",)),
        Milestone("ground", 5, 3),
        Milestone("third", 5, 1),
    )
    assert keys(plan) == ["second", "third", "ground", "first", "late"]


def test_what_needs_something_known_or_skipped_is_free() -> None:
    path = [
        Milestone("a", 5, 1, ("b", "c")),
        Milestone("b", 5, 2),
        Milestone("c", 5, 2),
        Milestone("d", 5, 2),
    ]
    known, skipped = frozenset({"b"}), frozenset({"c"})
    plan = build_plan(path, start_on=MONDAY, hours_per_week=5, known=known, skipped=skipped)
    assert (keys(plan), plan.hours) == (["a", "d"], 10)


def test_months_are_those_of_the_days() -> None:
    plan = build_plan([Milestone("all", 677)], start_on=MONDAY, hours_per_week=15)
    assert round(plan.months, 1) == 10.4  # from a backend developer's start


def test_nothing_to_do_is_done_at_once() -> None:
    plan = build_plan([Milestone("a", 9)], start_on=MONDAY, hours_per_week=9, known=frozenset({"a"}))
    assert (plan.milestones, plan.finish_on, plan.hours, plan.months) == ((), MONDAY, 0, 0)


def test_a_pause_on_the_first_days_moves_the_first_start() -> None:
    plan = twelve(Milestone("a", 12), pauses=(Pause(MONDAY - DAY, MONDAY + DAY),))
    assert (plan.milestones[0].starts_on, plan.finish_on) == (MONDAY + 2 * DAY, MONDAY + 8 * DAY)


def test_a_plan_keeps_its_pauses() -> None:
    pause = Pause(MONDAY, MONDAY)
    assert twelve(Milestone("a", 12), pauses=(pause,)).pauses == (pause,)


@given(plans())
def test_each_is_due_on_the_first_day_that_reaches_its_hours(plan: Plan) -> None:
    for milestone, hours in zip(plan.milestones, accumulate(m.hours for m in plan.milestones), strict=True):
        assert milestone.due_on == first_day(hours, plan)


@given(plans(), st.integers(-30, 500))
def test_capacity_is_the_days_that_are_not_paused(plan: Plan, after: int) -> None:
    day = plan.start_on + after * DAY
    assert capacity(plan, day) == counted(plan.start_on, day, plan.pauses) * plan.hours_per_week / 7


@given(plans())
def test_dates_never_fall_along_the_order(plan: Plan) -> None:
    for one, other in pairwise(plan.milestones):
        assert one.due_on <= other.due_on
        assert one.starts_on <= other.starts_on
    assert all(plan.start_on <= m.starts_on <= m.due_on for m in plan.milestones)
    assert plan.milestones[-1].due_on == plan.finish_on


@given(plans())
def test_nothing_begins_or_is_due_on_a_paused_day(plan: Plan) -> None:
    assert not any(paused(d, plan.pauses) for m in plan.milestones for d in (m.starts_on, m.due_on))


@given(plans(2))
def test_no_hours_are_lost_between_two_milestones(plan: Plan) -> None:
    for one, other in pairwise(plan.milestones):
        gap = counted(one.due_on + DAY, other.starts_on, plan.pauses)
        assert gap <= 1


@given(paths(1), st.data())
def test_what_is_needed_comes_before(path: list[Milestone], data: st.DataObject) -> None:
    out = data.draw(st.frozensets(st.sampled_from([m.key for m in path])))
    plan = build_plan(path, start_on=MONDAY, hours_per_week=9, known=out)
    place = {key: number for number, key in enumerate(keys(plan))}
    for milestone in path:
        needed = [key for key in milestone.needs if key in place and milestone.key in place]
        assert all(place[key] < place[milestone.key] for key in needed)


@given(paths(1))
def test_without_needs_the_order_is_that_of_the_phases_and_stable(path: list[Milestone]) -> None:
    free = [Milestone(m.key, m.hours, m.phase) for m in path]
    plan = build_plan(free, start_on=MONDAY, hours_per_week=9)
    assert keys(plan) == [m.key for m in sorted(free, key=lambda m: m.phase)]


@given(paths(), st.data())
def test_known_planned_and_skipped_are_all(path: list[Milestone], data: st.DataObject) -> None:
    every = [m.key for m in path]
    some = st.frozensets(st.sampled_from(every)) if every else st.just(frozenset[str]())
    known, skipped = data.draw(some), data.draw(some)
    plan = build_plan(path, start_on=MONDAY, hours_per_week=9, known=known, skipped=skipped)
    assert sorted(keys(plan)) == sorted(set(every) - known - skipped)
    assert plan.hours == sum(m.hours for m in path if m.key in keys(plan))


@given(paths(), days, weekly, weekly, st.data())
def test_more_hours_a_week_never_finish_later(
    path: list[Milestone], start_on: dt.date, one: float, other: float, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_around(start_on))
    slow = build_plan(path, start_on=start_on, hours_per_week=min(one, other), pauses=pauses)
    fast = build_plan(path, start_on=start_on, hours_per_week=max(one, other), pauses=pauses)
    assert fast.finish_on <= slow.finish_on


@given(plans(), st.integers(0, 300), st.integers(1, 60))
def test_a_pause_of_n_days_moves_what_is_after_it_by_n_days(plan: Plan, after: int, length: int) -> None:
    path = [Milestone(m.key, m.hours) for m in plan.milestones]
    begin = plan.start_on + after * DAY
    plain = build_plan(path, start_on=plan.start_on, hours_per_week=plan.hours_per_week)
    broken = build_plan(
        path,
        start_on=plan.start_on,
        hours_per_week=plan.hours_per_week,
        pauses=[Pause(begin, begin + (length - 1) * DAY)],
    )
    for was, now in zip(plain.milestones, broken.milestones, strict=True):
        assert now.due_on - was.due_on == (length * DAY if was.due_on >= begin else 0 * DAY)
