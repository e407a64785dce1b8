"""Percent done, and what a milestone earns while it is being done."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.plans import half_hours
from tracker.planning import earned_share, percent_done


@pytest.mark.parametrize(
    ("earned", "total", "percent"),
    [(0, 677, 0), (6.76, 677, 0), (6.77, 677, 1), (338.4, 677, 49), (338.5, 677, 50), (676.9, 677, 99)],
)
def test_percent_is_rounded_down(earned: float, total: float, percent: int) -> None:
    assert percent_done(earned, total, all_done=False) == percent


@pytest.mark.parametrize("percent", range(100))
def test_tenths_that_floats_lose_are_not_lost(percent: int) -> None:
    assert percent_done(sum([0.1] * percent * 10), 100, all_done=False) == percent


def test_hundred_only_when_all_is_done() -> None:
    assert percent_done(100, 100, all_done=False) == 99
    assert percent_done(1e308, 1, all_done=False) == 99
    assert percent_done(99.999999, 100, all_done=True) == 100


def test_of_nothing_nothing_is_done() -> None:
    assert percent_done(0, 0, all_done=False) == 0
    assert percent_done(math.nan, 0, all_done=False) == 0


@given(st.lists(half_hours, min_size=1, max_size=60), st.data())
def test_percent_is_0_to_100_and_never_falls_when_something_is_ticked(
    hours: list[float],
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(range(len(hours))))
    shares, seen = [0.0] * len(hours), [0]
    for number in order:
        for share in (earned_share(1, 3), earned_share(3, 3), 1.0):
            shares[number] = share
            earned = math.fsum(h * s for h, s in zip(hours, shares, strict=True))
            seen.append(percent_done(earned, sum(hours), all_done=min(shares) == 1))
    assert seen == sorted(seen)
    assert seen[-1] == 100
    assert max(seen[:-1]) < 100


@pytest.mark.parametrize(
    ("met", "total", "share"),
    [(0, 4, 0), (1, 4, 0.25), (3, 4, 0.75), (4, 4, 0.9), (19, 20, 0.9), (0, 0, 0), (5, 4, 0.9)],
)
def test_criteria_earn_their_share_and_only_the_tick_earns_all(met: int, total: int, share: float) -> None:
    assert earned_share(met, total) == share


@given(st.integers(0, 30), st.integers(0, 30))
def test_one_more_criterion_never_earns_less(met: int, total: int) -> None:
    assert 0 <= earned_share(met, total) <= earned_share(met + 1, total) <= 0.9
