"""A timer that runs on the server: a closed browser does not stop it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import enrol, log_in, make_user
from tracker.catalog.schema import Catalog
from tracker.models import StudySession, User


def at(minutes: float) -> time_machine.travel:
    return time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False)


def start(client: FlaskClient, milestone: str = "pandas") -> None:
    assert client.post("/log/timer", data={"action": "start", "milestone": milestone}).status_code == 303


def test_it_survives_a_closed_browser(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    start(client)
    client.delete_cookie("waymark")
    with at(47):
        log_in(client, user)
        assert "47 min" in client.get("/log").text


def test_what_it_measured_is_shown_and_then_kept(learner: FlaskClient, session: Session) -> None:
    start(learner)
    with at(47):
        page = learner.post("/log/timer", data={"action": "stop"}, follow_redirects=True).text
        assert "The timer measured this" in page
        assert 'value="47"' in page
        learner.post("/log", data={"on": "2027-03-01", "minutes": "47", "milestone": "pandas", "timer": "stopped"})
    row = session.scalars(select(StudySession)).one()
    assert (row.minutes, row.milestone) == (47, "pandas")
    assert "Stop and log" not in learner.get("/log").text


def test_what_it_measured_is_kept_once_however_often_it_is_sent(learner: FlaskClient, session: Session) -> None:
    start(learner)
    measured = {"on": "2027-03-01", "minutes": "47", "milestone": "pandas", "note": "", "timer": "stopped"}
    with at(47):
        for _ in range(2):
            assert learner.post("/log", data=measured).status_code == 303
    assert len(session.scalars(select(StudySession)).all()) == 1


def test_thrown_away_on_another_device_it_still_keeps_what_was_typed(learner: FlaskClient, session: Session) -> None:
    start(learner)
    with at(47):
        learner.post("/log/timer", data={"action": "discard"})
        learner.post("/log", data={"on": "2027-03-01", "minutes": "47", "milestone": "", "timer": "stopped"})
    assert [row.minutes for row in session.scalars(select(StudySession))] == [47]


def test_a_refused_entry_leaves_it_running(learner: FlaskClient) -> None:
    start(learner)
    assert learner.post("/log", data={"on": "", "minutes": "47", "timer": "stopped"}).status_code == 422
    assert "Stop and log" in learner.get("/log").text


def test_starting_twice_starts_once(learner: FlaskClient) -> None:
    start(learner)
    with at(20):
        start(learner, "numpy")
        assert "20 min" in learner.get("/log").text


def test_it_can_be_thrown_away(learner: FlaskClient, session: Session) -> None:
    start(learner)
    learner.post("/log/timer", data={"action": "discard"})
    assert "Stop and log" not in learner.get("/log").text
    assert session.scalars(select(StudySession)).all() == []


def fields_of_undo(page: str) -> dict[str, str]:
    form = page.partition('class="toast undo"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_thrown_away_by_mistake_it_runs_on(learner: FlaskClient) -> None:
    start(learner)
    with at(20):
        undo = fields_of_undo(learner.post("/log/timer", data={"action": "discard"}, follow_redirects=True).text)
    with at(47):
        page = learner.post("/log/timer", data=undo, follow_redirects=True).text
        assert "The timer runs on." in page
        assert "47 min" in page
        assert "Runs for Pandas" in page


def test_the_undo_leaves_a_timer_alone_that_was_started_since(learner: FlaskClient) -> None:
    start(learner)
    undo = fields_of_undo(learner.post("/log/timer", data={"action": "discard"}, follow_redirects=True).text)
    with at(20):
        start(learner, "numpy")
        assert "Another timer runs already." in learner.post("/log/timer", data=undo, follow_redirects=True).text
    with at(25):
        assert '<p class="big">5 min' in learner.get("/log").text


@pytest.mark.parametrize("since", ["", "yesterday", "9999-12-31T23:59:59-12:00", "2027-03-01"])
def test_an_undo_that_nobody_offered_breaks_nothing(learner: FlaskClient, since: str) -> None:
    answer = learner.post("/log/timer", data={"action": "resume", "since": since, "milestone": ""})
    assert answer.status_code in (303, 422)


def test_forgotten_for_days_it_says_a_day_at_most(learner: FlaskClient) -> None:
    start(learner)
    with at(3 * 24 * 60):
        assert 'value="1440"' in learner.get("/log?stopped=1").text


def test_what_is_no_action_is_refused(learner: FlaskClient) -> None:
    assert learner.post("/log/timer", data={"action": "explode"}).status_code == 422
    assert learner.post("/log/timer", data={"action": "start", "milestone": "alchemy"}).status_code == 404


def test_a_stranger_cannot_stop_it(client: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    log_in(client, user)
    start(client)
    client.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    client.post("/log/timer", data={"action": "discard"})
    session.expire_all()
    assert user.timer_started_at == NOW
