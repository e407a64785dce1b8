"""The probable finish as a range. How true and sharp it is: tests/bench/."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bench.forecast_calibration import ASKED, Score, bursty, cases, in_lumps, score, slowing
from tests.planning.plans import DAY, MONDAY, paused, pauses_around
from tracker.planning import Forecast, Pause, PlanError, forecast

hours = st.floats(0, 60)
weeks = st.lists(st.one_of(hours, st.just(0.0)), max_size=120)
promises = st.integers(2, 160).map(lambda n: n / 2)
remaining = st.floats(0.1, 2000)


def ask(left: float, so_far: list[float], promise: float = 10, pauses: tuple[Pause, ...] = ()) -> Forecast:
    return forecast(left, so_far, hours_per_week=promise, today=MONDAY, pauses=pauses)


def weeks_to(day: dt.date) -> float:
    return (day - MONDAY).days / 7


def width(found: Forecast) -> float:
    return (found.p90 - found.p10).days / max((found.p50 - MONDAY).days, 1)


def test_nothing_remaining_is_today() -> None:
    found = ask(0, [10, 12])
    assert (found.p10, found.p50, found.p90) == (MONDAY, MONDAY, MONDAY)
    assert ask(-3, []).p90 == MONDAY


def test_it_begins_from_the_promise_widely() -> None:
    found = ask(400, [])
    # most people keep somewhat less than they promise, and a few hours are lost to a slackening
    assert 40 <= weeks_to(found.p50) <= 60
    assert width(found) > 0.6


def test_with_the_weeks_it_grows_sharper() -> None:
    widths = [width(ask(400, [10.0, 8.0, 12.0, 10.0] * n)) for n in (0, 1, 3, 10)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.45


def test_after_some_four_weeks_the_learners_own_rate_leads() -> None:
    kept = [5.0, 4.0, 6.0, 5.0]
    rates = [ask(400, kept[:n]).rate for n in range(5)]
    assert rates == sorted(rates, reverse=True)
    assert abs(rates[4] - 5) < abs(rates[4] - rates[0])


def test_weeks_of_nothing_count() -> None:
    assert ask(300, [10, 10, 10, 10, 0, 0]).p50 > ask(300, [10, 10, 10, 10]).p50
    assert ask(300, [10, 0] * 8).p50 > ask(300, [10, 10] * 8).p50


def test_recent_weeks_weigh_more() -> None:
    assert ask(300, [6.0] * 10 + [12.0] * 10).p50 < ask(300, [12.0] * 10 + [6.0] * 10).p50


def test_what_is_long_ago_says_little() -> None:
    assert ask(300, [20.0] * 60 + [5.0] * 40).rate < 9


def test_near_the_end_scattered_weeks_still_leave_it_open() -> None:
    """However long they are known: what is to come is a few weeks, and each may be empty."""
    known = ask(30, [0.0, 20.0, 20.0, 0.0, 0.0, 20.0, 0.0, 20.0, 20.0, 0.0] * 8)
    assert width(known) > 0.8


def test_what_is_still_long_takes_more_than_its_share() -> None:
    """Most long efforts slacken a little, and go on for all that."""
    weeks = [weeks_to(ask(left, [10.0] * 50).p50) for left in (250, 1000, 4000, 16000)]
    assert all(4 * one < other < 8 * one for one, other in pairwise(weeks[1:]))


def test_who_keeps_a_rate_is_taken_to_slacken_a_little() -> None:
    kept = ask(300, [10.0] * 30, promise=10 / 0.935)
    assert 9.5 < kept.rate < 10


def test_far_ahead_nobody_is_sure() -> None:
    assert width(ask(4000, [10.0] * 100)) > 1.5 * width(ask(1000, [10.0] * 100))


def test_the_horizon_is_a_hundred_years() -> None:
    assert weeks_to(ask(1e9, []).p50) == weeks_to(ask(1e6, []).p90) == 5200


def test_an_absence_that_is_over_is_not_taken_for_the_usual() -> None:
    away = [10.0] * 12 + [0.0] * 5 + [10.0] * 3
    assert weeks_to(ask(300, away).p50) < 1.15 * weeks_to(ask(300, [10.0] * 15).p50)


def test_who_does_as_much_every_fortnight_is_surer_than_one_whose_weeks_come_as_they_like() -> None:
    fortnights, scattered = [0.0, 20.0] * 15, [0.0, 0.0, 20.0, 20.0, 20.0, 0.0, 0.0, 0.0, 20.0, 20.0] * 3
    assert width(ask(300, fortnights)) < 0.8 * width(ask(300, scattered))


def test_a_pause_ahead_moves_the_dates_by_its_days() -> None:
    plain = ask(300, [10.0] * 8)
    paused_for = ask(300, [10.0] * 8, pauses=(Pause(MONDAY + 7 * DAY, MONDAY + 27 * DAY),))
    for before, after in (
        (plain.p10, paused_for.p10),
        (plain.p50, paused_for.p50),
        (plain.p90, paused_for.p90),
    ):
        assert after - before == 21 * DAY


@pytest.mark.parametrize("left", [1e6, 1e300, math.inf])
@pytest.mark.parametrize("so_far", [[], [0.0] * 400, [1e-300] * 5, [1e6] * 3 + [0.0] * 60])
def test_a_finish_beyond_all_horizons_is_still_a_date(left: float, so_far: list[float]) -> None:
    found = ask(left, so_far, promise=1)
    assert MONDAY < found.p10 <= found.p50 <= found.p90


def test_at_the_end_of_the_calendar_it_stays_inside() -> None:
    found = forecast(100, [], hours_per_week=1, today=dt.date.max)
    assert found.p10 == found.p90 == dt.date.max
    endless = ask(100, [], pauses=(Pause(MONDAY, dt.date.max),))
    assert endless.p90 == dt.date.max


@pytest.mark.parametrize(
    ("left", "so_far", "promise"),
    [
        (math.nan, [], 10),
        (10, [math.nan], 10),
        (10, [math.inf], 10),
        (10, [], 0),
        (10, [], -1),
        (10, [], math.nan),
    ],
)
def test_what_is_no_number_of_hours_is_refused(left: float, so_far: list[float], promise: float) -> None:
    with pytest.raises(PlanError):
        ask(left, so_far, promise)


@given(remaining, weeks, promises, st.data())
def test_p10_p50_and_p90_come_in_this_order_after_today(
    left: float, so_far: list[float], promise: float, data: st.DataObject
) -> None:
    pauses = tuple(data.draw(pauses_around(MONDAY)))
    found = ask(left, so_far, promise, pauses)
    assert MONDAY < found.p10 <= found.p50 <= found.p90
    assert found.rate > 0
    assert not any(paused(day, pauses) for day in (found.p10, found.p50, found.p90))


@given(st.floats(20, 2000), weeks, promises)
def test_no_forecast_is_a_single_date(left: float, so_far: list[float], promise: float) -> None:
    found = ask(left, so_far, promise)
    if 4 < weeks_to(found.p50) < 5000:  # a hundred years on it ends
        assert found.p10 < found.p50 < found.p90


@given(remaining, weeks, promises, st.floats(0, 1))
def test_a_tick_never_moves_the_middle_later_in_the_same_week(
    left: float, so_far: list[float], promise: float, share: float
) -> None:
    assert ask(left * share, so_far, promise).p50 <= ask(left, so_far, promise).p50


@given(st.floats(20, 1000), weeks.filter(bool), promises, st.floats(0, 40))
@example(846.5, [0.0, 0.0], 4, 1.1)
def test_a_tick_dated_back_into_last_week_hardly_moves_the_middle_later(
    left: float,
    so_far: list[float],
    promise: float,
    more: float,
) -> None:
    ticked = [*so_far[:-1], so_far[-1] + more]
    was, now = ask(left, so_far, promise).p50, ask(left - more, ticked, promise).p50
    # What is known of the scatter changes with it, and so what the promise weighs: by two days in a hundred.
    assert now - was <= DAY + (was - MONDAY) / 50


@given(st.floats(20, 1000), weeks, promises, st.integers(1, 30))
def test_pauses_that_are_over_change_nothing(
    left: float,
    so_far: list[float],
    promise: float,
    length: int,
) -> None:
    over = Pause(MONDAY - length * DAY, MONDAY)
    assert ask(left, so_far, promise, (over,)) == ask(left, so_far, promise)


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {kind.__name__: score(cases(kind, 11, 120)) for kind in (*ASKED, in_lumps)}


def test_the_range_holds_what_came_as_often_as_it_says(scores: dict[str, Score]) -> None:
    """As `make bench-forecast` has it, looser for a smaller sample."""
    held = {name: sum(s.held) / len(s.held) for name, s in scores.items()}
    asked = [held[kind.__name__] for kind in ASKED]
    assert 0.75 <= sum(asked) / len(asked) <= 0.87
    assert held.pop(slowing.__name__) >= 0.5
    assert held.pop(bursty.__name__) >= 0.72
    assert min(held.values()) >= 0.75


def test_it_is_sharper_than_the_naive_rule(scores: dict[str, Score]) -> None:
    of_asked = [scores[kind.__name__] for kind in ASKED]
    assert 1 - sum(sum(s.ours) for s in of_asked) / sum(sum(s.naive) for s in of_asked) >= 0.16
    assert min(s.gain for s in scores.values()) >= -0.06
