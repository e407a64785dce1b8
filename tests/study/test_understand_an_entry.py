"""One line becomes minutes, a day and a milestone, or says what is missing."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.study.entry import Entry, understand

TODAY = dt.date(2027, 3, 3)
"""A Wednesday."""
MILESTONES = [
    ("pandas", "pandas for data"),
    ("spam-classifier", "Spam classifier"),
    ("numpy", "NumPy arrays"),
    ("linear-algebra", "Linear algebra"),
]


def read(line: str) -> Entry:
    return understand(line, today=TODAY, milestones=MILESTONES)


@pytest.mark.parametrize(
    ("line", "minutes", "on", "milestone", "note"),
    [
        ("45m pandas yesterday", 45, "2027-03-02", "pandas", ""),
        ("1h30 spam classifier on Monday", 90, "2027-03-01", "spam-classifier", ""),
        ("1:15 numpy", 75, "2027-03-03", "numpy", ""),
        ("2 hours of linear algebra today", 120, "2027-03-03", "linear-algebra", ""),
        ("0.5h read a paper about trees", 30, "2027-03-03", None, "read a paper about trees"),
        ("1,5 h pandas", 90, "2027-03-03", "pandas", ""),
        ("20 min 3 days ago", 20, "2027-02-28", None, ""),
        ("25 minutes 2027-02-14 chapter 3", 25, "2027-02-14", None, "chapter 3"),
        ("90m 14 Feb", 90, "2027-02-14", None, ""),
        ("90m 24 December", 90, "2026-12-24", None, ""),
        ("30m wednesday", 30, "2027-02-24", None, ""),
        ("2 hours of reading papers last friday", 120, "2027-02-26", None, "reading papers"),
        ("PANDAS 1 HR 5 MIN", 65, "2027-03-03", "pandas", ""),
    ],
)
def test_what_a_line_says(line: str, minutes: int, on: str, milestone: str | None, note: str) -> None:
    entry = read(line)
    assert (entry.minutes, entry.on.isoformat(), entry.milestone) == (minutes, on, milestone)
    assert entry.note == note


@pytest.mark.parametrize("line", ["", "pandas yesterday", "a lot", "h"])
def test_without_a_duration_it_says_so(line: str) -> None:
    with pytest.raises(InvalidInput, match="Say how long"):
        read(line)


@pytest.mark.parametrize("line", ["30m 2027-02-30", "30m 31 feb"])
def test_a_day_that_is_none_is_named(line: str) -> None:
    with pytest.raises(InvalidInput, match="There is no"):
        read(line)


@pytest.mark.parametrize("line", ["25h pandas", "0m pandas", "0h", "1441 min numpy"])
def test_a_session_of_no_length_or_of_more_than_a_day_is_refused_at_once(line: str) -> None:
    with pytest.raises(InvalidInput, match="from 1 minute to 24 hours"):
        read(line)


@pytest.mark.parametrize("line", ["45m pandas tomorrow", "45m 2027-03-04", "2h numpy 2031-01-01"])
def test_a_day_that_is_still_to_come_is_refused_at_once(line: str) -> None:
    with pytest.raises(InvalidInput, match="still to come"):
        read(line)


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_a_sentence(line: str) -> None:
    with contextlib.suppress(InvalidInput):
        entry = read(line)
        assert 1 <= entry.minutes <= 24 * 60
        assert entry.on <= TODAY
        assert entry.milestone is None or entry.milestone in dict(MILESTONES)
