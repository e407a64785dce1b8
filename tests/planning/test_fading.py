"""How often the mail comes for one who never answers: four weekly, three monthly, one that asks, none."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from tracker.planning import cadence, is_first_monthly, weeks_after


def test_four_weekly_three_monthly_one_that_asks_and_no_more() -> None:
    walk = [cadence(number) for number in range(20)]
    assert [(name, len(list(group))) for name, group in groupby(walk)] == [
        ("weekly", 4),
        ("monthly", 3),
        ("asking", 1),
        ("stopped", 12),
    ]


def test_the_first_monthly_mail_alone_says_so() -> None:
    assert [number for number in range(20) if is_first_monthly(number)] == [4]


@given(st.integers(0, 1000))
def test_weekly_mails_are_a_week_apart_all_others_four(unanswered: int) -> None:
    assert weeks_after(unanswered) == (1 if cadence(unanswered) == "weekly" else 4)
