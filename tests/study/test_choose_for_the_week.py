"""One to three milestones for the week: the dashboard and the mail lead with them."""

from __future__ import annotations

import datetime as dt
import re

import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import User
from tracker.progress.queries import overview

CHOSEN = ["spam-classifier", "pandas"]


def leading(session: Session, catalog: Catalog, user: User, day: dt.date = TODAY) -> list[str]:
    board = overview(session, user_id=user.id, path=path_of(catalog), today=day)
    return [item.key for item in board.next_items[: len(CHOSEN)]]


def test_they_come_first(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    assert learner.post("/week", data={"milestone": CHOSEN}).status_code == 303
    assert set(leading(session, catalog, user)) == set(CHOSEN)
    assert "You chose 2 for this week" in learner.get("/dashboard").text


def test_next_week_is_open_again(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    learner.post("/week", data={"milestone": CHOSEN})
    assert set(leading(session, catalog, user, TODAY + dt.timedelta(days=6))) == set(CHOSEN)
    assert set(leading(session, catalog, user, TODAY + dt.timedelta(days=7))) != set(CHOSEN)
    with time_machine.travel(NOW + dt.timedelta(days=7), tick=False):
        log_in(learner, user)
        assert "Choose one to three for this week" in learner.get("/dashboard").text


def test_choosing_anew_replaces_it(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    learner.post("/week", data={"milestone": CHOSEN})
    learner.post("/week", data={"milestone": ["numpy"]})
    assert leading(session, catalog, user)[0] == "numpy"
    learner.post("/week")
    assert "Choose one to three" in learner.get("/dashboard").text


def test_what_was_cleared_can_be_brought_back(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post("/week", data={"milestone": ["numpy", "pandas"]})
    page = learner.post("/week", follow_redirects=True).text
    form = page.partition('class="toast undo"')[2].partition("</form>")[0]
    before = re.findall(r'name="milestone" value="([^"]*)"', form)
    assert "Nothing is chosen." in page
    assert set(before) == {"numpy", "pandas"}
    learner.post("/week", data={"milestone": before})
    assert set(leading(session, catalog, user)[:2]) == {"numpy", "pandas"}


def test_more_than_three_are_refused(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    before = leading(session, catalog, user)
    offered = re.findall(r'name="milestone" value="([\w-]+)"', learner.get("/dashboard").text)[:4]
    answer = learner.post("/week", data={"milestone": offered})
    assert answer.status_code == 422
    assert "Choose at most 3" in answer.text
    assert re.findall(r'name="milestone" value="([\w-]+)" checked', answer.text) == offered, "nothing is ticked anew"
    assert leading(session, catalog, user) == before


def test_what_is_not_on_the_path_is_refused(learner: FlaskClient) -> None:
    assert learner.post("/week", data={"milestone": ["alchemy"]}).status_code == 422


def test_a_stranger_cannot_choose_for_somebody_else(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    client.post("/week", data={"milestone": CHOSEN})
    assert set(leading(session, catalog, user)) != set(CHOSEN)
