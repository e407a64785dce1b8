"""Reasons and faults are worked out in English by what knows no language, and said in the learner's own."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from tests.people import TODAY, path_of
from tracker import language
from tracker.catalog.schema import Catalog
from tracker.enrolment import reasons
from tracker.enrolment.drafting import Choices, draft
from tracker.errors import InvalidInput


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another language: whatever goes through gettext is shouted."""
    monkeypatch.setattr(language, "catalogue", lambda _name: SimpleNamespace(gettext=lambda said: f"{said}!"))


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("First plan", "First plan!"),
        (reasons.WAYS["take-break"], "Took a break!"),
        (reasons.ADDED % {"what": "A book at 100%"}, "Added your own: A book at 100%!"),
        (reasons.CREDIT_BACK % {"what": 2}, "Took the credit of phase 2 back!"),
        (reasons.of_mail(dt.date(2027, 3, 1)), "Pause, by the mail of the week of 1 March 2027!"),
    ],
)
@pytest.mark.usefixtures("loud")
def test_a_reason_is_said_in_the_language_of_whoever_looks(kept: str, said: str) -> None:
    assert reasons.said(kept) == said


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (Choices("beginner", 99, TODAY), "Hours a week are a number from 1 to 80.!"),
        (Choices("astronaut", 9, TODAY), "ML Engineer has no starting point called astronaut.!"),
        (Choices("beginner", 9, TODAY, goal="fame"), "ML Engineer has no goal called fame.!"),
        (
            Choices("beginner", 9, TODAY, TODAY + dt.timedelta(days=9)),
            "To be done by then takes 728 h a week; at most 80 can be planned.!",
        ),
    ],
)
@pytest.mark.usefixtures("loud")
def test_so_is_why_no_plan_can_be_made(catalog: Catalog, choices: Choices, said: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        draft(path_of(catalog), choices, today=TODAY)
    assert fault.value.message == said
