"""A plan made anew from a day on: other hours, other milestones, other pauses."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tests.planning.plans import DAY, MONDAY, half_hours, paused, pauses_around, plans, weekly
from tracker.planning import (
    Milestone,
    Pause,
    Plan,
    Progress,
    build_plan,
    capacity,
    pace,
    revise_plan,
    shift_for_pauses,
)

# An hour is a day, a milestone is four weeks.
FOUR = [Milestone(f"m{n}", 28) for n in range(4)]
PLAN = build_plan(FOUR, start_on=MONDAY, hours_per_week=7)


def due(plan: Plan) -> dict[str, dt.date]:
    return {m.key: m.due_on for m in plan.milestones}


def test_more_hours_hold_from_today_on() -> None:
    today = MONDAY + 56 * DAY
    revised = revise_plan(PLAN, FOUR, progress=Progress({"m0", "m1"}), today=today, hours_per_week=14)
    assert due(revised) == due(PLAN) | {"m2": today + 13 * DAY, "m3": today + 27 * DAY}
    assert (revised.since, revised.before, revised.hours) == (today, 56, 112)


def test_what_was_earned_is_not_planned_twice() -> None:
    today = MONDAY + 56 * DAY
    revised = revise_plan(PLAN, FOUR, progress=Progress({"m0", "m1"}, {"m2": 14}), today=today, hours_per_week=7)
    assert due(revised)["m2"] == today + 13 * DAY
    assert due(revised)["m3"] == today + 41 * DAY


def test_only_what_was_begun_keeps_the_day_on_which_it_was_to_begin() -> None:
    today = MONDAY + 100 * DAY
    revised = revise_plan(PLAN, FOUR, progress=Progress({"m0"}, {"m1": 0}), today=today, hours_per_week=7)
    begins = {m.key: m.starts_on for m in revised.milestones}
    assert begins["m1"] == MONDAY + 28 * DAY
    assert begins["m2"] == today + 28 * DAY, "it was to begin on day 57, and nobody did"


def test_before_the_start_it_holds_from_the_start() -> None:
    revised = revise_plan(PLAN, FOUR, progress=Progress(), today=MONDAY - 10 * DAY, hours_per_week=14)
    assert (revised.since, revised.finish_on) == (MONDAY, MONDAY + 55 * DAY)


def test_a_target_finds_the_hours() -> None:
    today = MONDAY + 56 * DAY
    target = today + 27 * DAY
    revised = revise_plan(PLAN, FOUR, progress=Progress({"m0", "m1"}), today=today, hours_per_week=7, target_on=target)
    assert (revised.hours_per_week, revised.finish_on) == (14, target)


def test_a_pause_moves_what_is_after_it_by_its_days_and_taking_it_away_moves_it_back() -> None:
    pause = Pause(MONDAY + 30 * DAY, MONDAY + 39 * DAY)
    shifted = shift_for_pauses(PLAN, [pause], done=set())
    assert due(shifted) == {k: d if k == "m0" else d + 10 * DAY for k, d in due(PLAN).items()}
    assert due(shift_for_pauses(shifted, [], done=set())) == due(PLAN)


def test_days_before_the_revision_do_not_move_for_a_pause() -> None:
    today = MONDAY + 56 * DAY
    revised = revise_plan(PLAN, FOUR, progress=Progress({"m0"}, {"m1": 14}), today=today, hours_per_week=7)
    shifted = shift_for_pauses(revised, [Pause(today, today + 6 * DAY)], done={"m0"})
    before, after = ({m.key: m for m in plan.milestones}["m1"] for plan in (revised, shifted))
    assert (before.starts_on, before.due_on) == (MONDAY + 28 * DAY, today + 13 * DAY)
    assert (after.starts_on, after.due_on) == (MONDAY + 28 * DAY, today + 20 * DAY)


def test_what_is_done_does_not_move_for_a_pause() -> None:
    pause = Pause(MONDAY, MONDAY + 6 * DAY)
    assert due(shift_for_pauses(PLAN, [pause], done={"m0"}))["m0"] == due(PLAN)["m0"]


@given(plans(min_size=2), st.integers(0, 900), weekly, st.data())
def test_a_revision_keeps_what_is_done_and_dates_the_rest_from_its_day(
    plan: Plan, after: int, hours: float, data: st.DataObject
) -> None:
    today = plan.start_on + after * DAY
    done = data.draw(st.frozensets(st.sampled_from([m.key for m in plan.milestones])))
    milestones = [Milestone(m.key, data.draw(half_hours)) for m in plan.milestones]
    revised = revise_plan(
        plan, milestones, progress=Progress(done), today=today, hours_per_week=hours, pauses=plan.pauses
    )
    before, kept = {m.key: m for m in plan.milestones}, {m.key: m for m in revised.milestones}
    assert kept.keys() == before.keys()
    assert all(kept[key] == before[key] for key in done)
    ahead = [m for m in revised.milestones if m.key not in done]
    assert all(m.due_on >= today and not paused(m.due_on, plan.pauses) for m in ahead)
    assert [m.due_on for m in ahead] == sorted(m.due_on for m in ahead)
    if ahead:
        assert revised.finish_on == ahead[-1].due_on


@given(plans(min_size=2), st.integers(0, 900), st.integers(0, 400), weekly, st.data())
def test_on_its_own_line_the_pace_is_0(plan: Plan, after: int, later: int, hours: float, data: st.DataObject) -> None:
    today = plan.start_on + after * DAY
    done = data.draw(st.frozensets(st.sampled_from([m.key for m in plan.milestones])))
    milestones = [Milestone(m.key, m.hours) for m in plan.milestones]
    revised = revise_plan(
        plan, milestones, progress=Progress(done), today=today, hours_per_week=hours, pauses=plan.pauses
    )
    on = min(today + later * DAY, max(revised.finish_on, today))
    assert pace(revised, capacity(revised, on), today=on).days_ahead == 0


@given(plans(), st.data())
def test_pauses_keep_the_study_days_and_so_the_pace(plan: Plan, data: st.DataObject) -> None:
    pauses = data.draw(pauses_around(plan.start_on))
    shifted = shift_for_pauses(plan, pauses, done=set())
    for before, after in zip(plan.milestones, shifted.milestones, strict=True):
        given_before, given_after = capacity(plan, before.due_on), capacity(shifted, after.due_on)
        assert abs(given_before - given_after) < 1e-6
        assert not paused(after.due_on, pauses)
    assert shift_for_pauses(shifted, plan.pauses, done=set()).milestones == plan.milestones
