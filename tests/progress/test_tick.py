"""Ticking: set and never toggled, back-dated but never dated ahead, written down for good."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import log_in, make_user
from tracker.models import MilestoneState, ProgressLog, User

SPAM = "/milestones/ml-engineer/spam-classifier"


def states(session: Session) -> dict[str, tuple[str, dt.date | None]]:
    session.expire_all()
    return {row.milestone: (row.state, row.done_on) for row in session.scalars(select(MilestoneState))}


def log_of(session: Session) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(ProgressLog).order_by(ProgressLog.id))
    return [(row.milestone, row.from_state, row.to_state) for row in rows]


def percent(client: FlaskClient) -> int:
    found = re.search(r"(\d+)\s*%\s*done", re.sub(r"<[^>]+>", " ", client.get("/dashboard").text))
    assert found
    return int(found.group(1))


def test_a_tick_counts_at_once(learner: FlaskClient, session: Session) -> None:
    assert percent(learner) == 0
    answer = learner.post(SPAM, data={"state": "done"})
    assert (answer.status_code, answer.location) == (303, SPAM)
    assert percent(learner) > 0
    assert states(session) == {"spam-classifier": ("done", dt.date(2027, 3, 1))}


def test_the_same_tick_twice_is_one(learner: FlaskClient, session: Session) -> None:
    for _ in range(3):
        learner.post(SPAM, data={"state": "done"})
    assert log_of(session) == [("spam-classifier", "todo", "done")]


def test_a_tick_may_be_dated_back_even_before_the_plan(learner: FlaskClient, session: Session) -> None:
    learner.post(SPAM, data={"state": "done", "done_on": "2026-11-05"})
    assert states(session)["spam-classifier"] == ("done", dt.date(2026, 11, 5))


def test_its_day_can_be_corrected_and_the_log_keeps_both(learner: FlaskClient, session: Session) -> None:
    learner.post(SPAM, data={"state": "done"})
    learner.post(SPAM, data={"state": "done", "done_on": "2027-02-20"})
    assert states(session)["spam-classifier"] == ("done", dt.date(2027, 2, 20))
    assert [row.done_on for row in session.scalars(select(ProgressLog).order_by(ProgressLog.id))] == [
        dt.date(2027, 3, 1),
        dt.date(2027, 2, 20),
    ]


def test_a_tick_taken_back_no_longer_counts(learner: FlaskClient, session: Session) -> None:
    learner.post(SPAM, data={"state": "done"})
    learner.post(SPAM, data={"state": "todo"})
    assert percent(learner) == 0
    assert states(session)["spam-classifier"] == ("todo", None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"state": "done", "done_on": "2027-03-02"}, "still to come"),
        ({"state": "done", "done_on": "1970-01-01"}, "from 1990 on"),
        ({"state": "done", "done_on": "31.2.2027"}, ""),
        ({"state": "finished"}, "todo, doing, done, known or skipped"),
        ({"state": ""}, "Choose one of"),
        ({}, "Choose one of"),
        ({"state": "done\x00"}, ""),
    ],
)
def test_bad_input_changes_nothing(learner: FlaskClient, session: Session, data: dict[str, str], said: str) -> None:
    answer = learner.post(SPAM, data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert data.get("done_on", "") in answer.text
    assert states(session) == {}


def test_today_is_the_learners_own_day(learner: FlaskClient, session: Session, user: User) -> None:
    user.timezone = "Pacific/Kiritimati"  # already 2 March there from 10:00 UTC on 1 March; 23:00 now
    session.commit()
    assert learner.post(SPAM, data={"state": "done", "done_on": "2027-03-02"}).status_code == 422
    user.timezone = "Pacific/Pago_Pago"  # still 28 February
    session.commit()
    assert learner.post(SPAM, data={"state": "done", "done_on": "2027-03-01"}).status_code == 422
    learner.post(SPAM, data={"state": "done"})
    assert states(session)["spam-classifier"] == ("done", dt.date(2027, 2, 28))


def test_any_milestone_may_be_ticked_at_any_time(learner: FlaskClient, session: Session) -> None:
    """Needs order and advise; they never lock."""
    learner.post("/milestones/ml-engineer/kubeflow", data={"state": "done"})
    assert states(session)["kubeflow"][0] == "done"


def test_an_unknown_milestone_is_not_found(learner: FlaskClient) -> None:
    assert learner.post("/milestones/ml-engineer/no-such-milestone", data={"state": "done"}).status_code == 404
    assert learner.post("/milestones/astronaut/spam-classifier", data={"state": "done"}).status_code == 404


def test_htmx_gets_the_changed_row_and_the_headline(learner: FlaskClient) -> None:
    answer = learner.post(SPAM, data={"state": "done", "next": "/plan"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "spam-classifier" in answer.text
    assert "<html" not in answer.text


def test_a_tick_leads_back_to_the_page_it_came_from_and_never_off_the_site(learner: FlaskClient) -> None:
    assert learner.post(SPAM, data={"state": "doing", "next": "/plan"}).location == "/plan"
    for bad in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        assert learner.post(SPAM, data={"state": "todo", "next": bad}).location == SPAM


def test_it_needs_the_forms_token(csrf_client: FlaskClient, client: FlaskClient, user: User, session: Session) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    log_in(client, user)
    client.application.config["WTF_CSRF_ENABLED"] = True
    refused = client.post(SPAM, data={"state": "done"})
    assert refused.status_code == 403
    assert "open for too long" in refused.text
    assert states(session) == {}


def test_a_stranger_cannot_tick_for_somebody_else(client: FlaskClient, session: Session, user: User) -> None:
    assert client.post(SPAM, data={"state": "done"}).status_code == 302  # to log in
    log_in(client, make_user(session, "mallory@example.org"))
    assert client.post(SPAM, data={"state": "done"}).status_code == 404
    assert states(session) == {}
