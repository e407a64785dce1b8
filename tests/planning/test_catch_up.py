"""After downtime: of the slots missed, the latest counts."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.zones import different_zones
from tracker.planning import CatchUp, catch_up, next_reminder

MONDAY_8 = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
HOUR, WEEK = dt.timedelta(hours=1), dt.timedelta(weeks=1)


def missed(due: dt.datetime, now: dt.datetime) -> CatchUp:
    return catch_up(due, now=now, weekday=0, hour=8, timezone="UTC")


def test_before_it_is_due_nothing_happens() -> None:
    assert missed(MONDAY_8, MONDAY_8 - HOUR) == CatchUp(None, False, MONDAY_8)


@pytest.mark.parametrize(("late", "send"), [(0, True), (1, True), (48, True), (48.01, False), (167, False)])
def test_up_to_48_hours_late_it_is_sent_and_then_it_expires(late: float, send: bool) -> None:
    assert missed(MONDAY_8, MONDAY_8 + late * HOUR) == CatchUp(MONDAY_8, send, MONDAY_8 + WEEK)


@pytest.mark.parametrize("weeks", [1, 2, 3, 9, 500])
def test_of_many_missed_the_latest_counts(weeks: int) -> None:
    now = MONDAY_8 + weeks * WEEK + HOUR
    assert missed(MONDAY_8, now) == CatchUp(MONDAY_8 + weeks * WEEK, True, MONDAY_8 + (weeks + 1) * WEEK)


def test_the_slot_of_this_very_moment_is_due() -> None:
    now = MONDAY_8 + 2 * WEEK
    assert missed(MONDAY_8, now) == CatchUp(now, True, MONDAY_8 + 3 * WEEK)


def test_a_slot_that_was_moved_by_hand_is_kept_until_the_next_regular_one() -> None:
    due = MONDAY_8 + 77 * HOUR
    assert missed(due, due + HOUR) == CatchUp(due, True, MONDAY_8 + WEEK)


@given(
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001
    st.integers(0, 60 * 24 * 60),
    st.integers(0, 6),
    st.integers(0, 23),
    st.sampled_from(different_zones()),
)
def test_it_is_what_a_walk_over_all_the_slots_finds(
    after: dt.datetime, minutes: int, weekday: int, hour: int, timezone: str
) -> None:
    due = next_reminder(after, weekday=weekday, hour=hour, timezone=timezone)
    now = due + dt.timedelta(minutes=minutes)
    slots = [due]
    while slots[-1] <= now:
        slots.append(next_reminder(slots[-1], weekday=weekday, hour=hour, timezone=timezone))
    found = catch_up(due, now=now, weekday=weekday, hour=hour, timezone=timezone)
    assert found == CatchUp(slots[-2], now - slots[-2] <= 48 * HOUR, slots[-1])
