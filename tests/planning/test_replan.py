"""Ways to go on, without blame."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.planning.plans import DAY, MONDAY, counted, paused, plans
from tracker.planning import (
    Milestone,
    Option,
    Pause,
    Plan,
    PlanError,
    Progress,
    build_plan,
    capacity,
    pace,
    replan_options,
)

RANGE = (9, 24)
Way = tuple[Plan, Progress, dt.date, list[Option]]
# An hour is a day, a milestone is four weeks: due on days 28, 56, …, 280.
TEN = [Milestone(f"m{n}", 28, optional=n in (3, 8, 9)) for n in range(10)]
PLAN = build_plan(TEN, start_on=MONDAY, hours_per_week=7)
OPTIONAL = frozenset(m.key for m in TEN if m.optional)
BEHIND = Progress(done=frozenset({"m0", "m1"}), earned={"m2": 14}, optional=OPTIONAL)
"""70 hours, on day 101: thirty days late."""
TODAY = MONDAY + 100 * DAY


def options(progress: Progress = BEHIND, plan: Plan = PLAN, today: dt.date = TODAY) -> dict[str, Option]:
    return {o.kind: o for o in replan_options(plan, progress, today=today, path_range=RANGE)}


def day(number: int) -> dt.date:
    return MONDAY + (number - 1) * DAY


def test_one_who_is_behind_has_four_ways_to_go_on() -> None:
    assert list(options()) == ["move-finish", "add-hours", "drop-optional", "take-break"]


def test_moving_the_finish_keeps_the_hours() -> None:
    moved = options()["move-finish"]
    # 210 hours are left, the first of them today
    assert (moved.hours_per_week, moved.finish_on) == (7, TODAY + 209 * DAY)


def test_only_what_was_begun_keeps_the_day_on_which_it_was_to_begin() -> None:
    begins = {m.key: m.starts_on for m in options()["move-finish"].plan.milestones}
    assert begins["m2"] == day(57)
    assert begins["m3"] == TODAY + 14 * DAY, "it was to begin on day 85, and nobody did"


def test_what_was_begun_is_not_offered_to_be_dropped_though_nothing_of_it_is_earned_yet() -> None:
    begun = Progress(BEHIND.done, {**BEHIND.earned, "m9": 0}, optional=OPTIONAL)
    assert "m9" in options()["drop-optional"].dropped
    assert "m9" not in options(begun)["drop-optional"].dropped


def test_adding_hours_keeps_the_finish() -> None:
    added = options()["add-hours"]
    # 210 hours in the 180 days from today on: 8.17 a week
    assert added.hours_per_week == 8.5
    assert added.finish_on <= PLAN.finish_on


def test_as_few_as_needed_are_dropped_from_the_end() -> None:
    dropped = options()["drop-optional"]
    assert dropped.dropped == ("m8", "m9")
    assert (dropped.hours_per_week, dropped.finish_on) == (7, TODAY + 153 * DAY)
    assert {m.key for m in dropped.plan.milestones} == {f"m{n}" for n in range(8)}


def test_all_that_can_wait_is_dropped_where_that_is_not_enough() -> None:
    late = options(Progress(optional=OPTIONAL))["drop-optional"]
    assert late.dropped == ("m3", "m8", "m9")
    assert late.finish_on > PLAN.finish_on


def test_what_was_begun_is_not_dropped() -> None:
    begun = Progress(done=BEHIND.done, earned={"m9": 1}, optional=OPTIONAL)
    assert options(begun)["drop-optional"].dropped == ("m3", "m8")


def test_without_optional_milestones_none_can_be_dropped() -> None:
    assert "drop-optional" not in options(Progress(done=BEHIND.done))


def test_a_break_begins_today_and_moves_the_rest_by_its_days() -> None:
    rest = options()["take-break"]
    assert rest.weeks_off == 2
    assert rest.finish_on == TODAY + (209 + 14) * DAY
    assert rest.plan.pauses == (Pause(TODAY, TODAY + 13 * DAY),)


def test_the_weeks_off_may_be_chosen() -> None:
    found = replan_options(PLAN, BEHIND, today=TODAY, path_range=RANGE, weeks_off=5)
    assert (found[-1].weeks_off, found[-1].finish_on) == (5, TODAY + (209 + 35) * DAY)
    without = replan_options(PLAN, BEHIND, today=TODAY, path_range=RANGE, weeks_off=0)
    assert [o.kind for o in without] == ["move-finish", "add-hours", "drop-optional"]


def test_one_who_is_ahead_may_do_with_fewer_hours_or_finish_earlier() -> None:
    ahead = Progress(done=frozenset({"m0", "m1", "m2", "m3", "m4", "m5"}))
    found = options(ahead)
    assert found["fewer-hours"].hours_per_week == 4.5
    assert found["fewer-hours"].finish_on <= PLAN.finish_on
    assert found["move-finish"].finish_on == TODAY + 111 * DAY
    assert "add-hours" not in found


def test_a_finish_that_has_gone_by_cannot_be_kept() -> None:
    assert list(options(today=PLAN.finish_on + DAY)) == ["move-finish", "drop-optional", "take-break"]


def test_who_has_finished_needs_no_new_plan() -> None:
    assert options(Progress(done=frozenset(m.key for m in TEN))) == {}


def test_what_turned_out_to_be_known_leaves_the_plan() -> None:
    moved = options(Progress(done=BEHIND.done, left_out=frozenset({"m2", "m3"})))["move-finish"]
    assert moved.finish_on == TODAY + 6 * 28 * DAY - DAY
    assert [m.key for m in moved.plan.milestones] == ["m0", "m1", "m4", "m5", "m6", "m7", "m8", "m9"]
    assert moved.plan.hours == 8 * 28


def test_each_says_whether_it_is_within_the_paths_months() -> None:
    found = options()
    # 10.2 months; 9.0, a little less than nine; 8.3; 10.6
    assert [o.within_range for o in found.values()] == [True, False, False, True]
    assert options(Progress(), today=MONDAY + 600 * DAY)["move-finish"].within_range is False


def test_before_the_start_the_start_stays() -> None:
    moved = options(Progress(), today=MONDAY - 40 * DAY)["move-finish"]
    assert (moved.plan.since, moved.finish_on) == (MONDAY, PLAN.finish_on)


def test_one_that_was_begun_keeps_its_beginning() -> None:
    begun = next(m for m in options()["move-finish"].plan.milestones if m.key == "m2")
    assert (begun.starts_on, begun.due_on, begun.hours) == (day(57), TODAY + 13 * DAY, 28)


def test_a_plan_that_never_ends_is_refused() -> None:
    for_ever = build_plan(TEN, start_on=MONDAY, hours_per_week=7)
    with pytest.raises(PlanError):
        replan_options(for_ever, Progress(), today=dt.date(9999, 12, 1), path_range=RANGE)


def test_before_its_day_a_revision_shows_an_even_way_to_what_was_earned() -> None:
    moved = options()["move-finish"].plan
    assert capacity(moved, MONDAY - DAY) == 0
    assert capacity(moved, TODAY - DAY) == 70
    assert capacity(moved, MONDAY + 49 * DAY) == 35
    assert capacity(moved, TODAY) == 71


@st.composite
def progresses(draw: st.DrawFn, plan: Plan) -> Progress:
    """Any of it done, begun, left out and optional."""
    keys = [m.key for m in plan.milestones]
    some = st.frozensets(st.sampled_from(keys))
    done = draw(some)
    begun = draw(some) - done
    shares = st.sampled_from((0.25, 0.5, 0.9))
    return Progress(
        done=done,
        earned={m.key: m.hours * draw(shares) for m in plan.milestones if m.key in begun},
        left_out=draw(some) - done,
        optional=draw(some),
    )


@st.composite
def ways(draw: st.DrawFn) -> Way:
    """A plan, what became of it, a day, and the ways to go on from there; at least one."""
    plan = draw(plans())
    progress = draw(progresses(plan))
    today = plan.start_on + draw(st.integers(-30, 900)) * DAY
    found = replan_options(plan, progress, today=today, path_range=RANGE)
    assume(found)
    return plan, progress, today, found


@given(ways())
def test_what_is_done_is_never_touched(way: Way) -> None:
    plan, progress, _, found = way
    done = [m for m in plan.milestones if m.key in progress.done]
    for option in found:
        assert [m for m in option.plan.milestones if m.key in progress.done] == done


@given(ways())
def test_a_revision_never_changes_a_due_date_before_its_day(
    way: Way,
) -> None:
    plan, _, today, found = way
    due = {m.key: m.due_on for m in plan.milestones}
    for option in found:
        changed = [m for m in option.plan.milestones if m.due_on != due[m.key]]
        assert all(m.due_on >= today for m in changed)


@given(ways())
def test_the_open_ones_follow_in_order_and_the_last_is_the_finish(
    way: Way,
) -> None:
    plan, progress, _, found = way
    out = progress.done | progress.left_out
    for option in found:
        ahead = [m for m in option.plan.milestones if m.key not in progress.done]
        kept = [m.key for m in plan.milestones if m.key not in out and m.key not in option.dropped]
        assert [m.key for m in ahead] == kept
        assert [m.due_on for m in ahead] == sorted(m.due_on for m in ahead)
        last = max((m.due_on for m in ahead), default=option.plan.since)
        assert option.finish_on == option.plan.finish_on == last
        assert not any(paused(m.due_on, option.plan.pauses) for m in ahead)


@given(ways(), st.integers(0, 900))
def test_on_a_revisions_own_line_the_pace_is_0(way: Way, after: int) -> None:
    for option in way[3]:
        begin = option.plan.since
        assert begin is not None
        today = min(begin + after * DAY, option.finish_on)
        assert pace(option.plan, capacity(option.plan, today), today=today).days_ahead == 0


@given(ways())
def test_each_holds_the_hours_that_are_left_and_not_a_day_more(
    way: Way,
) -> None:
    for option in way[3]:
        plan = option.plan
        assert plan.since is not None
        left = plan.hours - plan.before
        days = counted(plan.since, option.finish_on, plan.pauses)
        assert plan.hours == sum(m.hours for m in plan.milestones)
        assert days * plan.hours_per_week / 7 >= left * (1 - 1e-8)
        if left > 0:
            assert (days - 1) * plan.hours_per_week / 7 < left * (1 + 1e-8)


@given(ways())
def test_the_ways_do_what_they_are_called(way: Way) -> None:
    plan, progress, today, found = way
    by_kind = {option.kind: option for option in found}
    assert len(by_kind) == len(found)
    moved = by_kind["move-finish"]
    for kind, option in by_kind.items():
        if kind in ("add-hours", "fewer-hours"):
            assert option.finish_on <= plan.finish_on
            assert (option.hours_per_week > plan.hours_per_week) == (kind == "add-hours")
        else:
            assert option.hours_per_week == plan.hours_per_week
        if kind == "drop-optional":
            assert set(option.dropped) <= progress.optional - progress.done - progress.earned.keys()
            assert option.dropped
            assert option.finish_on <= moved.finish_on
        if kind == "take-break":
            assert option.finish_on >= moved.finish_on
            ahead = [m.due_on for m in option.plan.milestones if m.key not in progress.done]
            assert not any(today <= due < today + 14 * DAY for due in ahead)


@given(ways())
def test_asking_again_on_the_same_day_changes_nothing(way: Way) -> None:
    _, progress, today, found = way
    moved = found[0].plan
    again = replan_options(moved, progress, today=today, path_range=RANGE)[0].plan
    assert again == moved


def test_a_revision_of_a_revision_goes_on_from_its_own_day() -> None:
    moved = options()["add-hours"].plan
    later = TODAY + 50 * DAY
    caught_up = Progress(done=frozenset({"m0", "m1", "m2", "m3"}), optional=OPTIONAL)
    again = options(caught_up, moved, later)["move-finish"]
    assert (again.plan.start_on, again.plan.since, again.plan.before) == (MONDAY, later, 112)
    # 168 hours at 8.5 a week are 138.4 days
    assert again.finish_on == later + 138 * DAY
