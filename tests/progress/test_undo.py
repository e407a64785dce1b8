"""Undo after each tick, and after marking a whole phase."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import enrol, log_in, make_user
from tracker.catalog.schema import Catalog
from tracker.models import MilestoneState, ProgressLog, User

SPAM = "/milestones/ml-engineer/spam-classifier"
PHASE = "/plan/ml-engineer/phases/1"


def states(session: Session) -> dict[str, str]:
    session.expire_all()
    return {row.milestone: row.state for row in session.scalars(select(MilestoneState))}


def entries(session: Session) -> list[int]:
    return list(session.scalars(select(ProgressLog.id).order_by(ProgressLog.id)))


def test_the_page_after_a_tick_offers_undo(learner: FlaskClient, session: Session) -> None:
    page = learner.post(SPAM, data={"state": "done"}, follow_redirects=True).text
    assert f'action="{SPAM}/undo"' in page
    assert f'value="{entries(session)[-1]}"' in page


def test_undo_brings_back_state_and_day(learner: FlaskClient, session: Session) -> None:
    learner.post(SPAM, data={"state": "done", "done_on": "2027-02-14"})
    learner.post(SPAM, data={"state": "todo"})
    learner.post(f"{SPAM}/undo", data={"entry": entries(session)[-1]})
    session.expire_all()
    row = session.scalars(select(MilestoneState)).one()
    assert (row.state, row.done_on) == ("done", dt.date(2027, 2, 14))


def test_the_same_undo_twice_is_one(learner: FlaskClient, session: Session) -> None:
    learner.post(SPAM, data={"state": "doing"})
    learner.post(SPAM, data={"state": "done"})
    entry = entries(session)[-1]
    for _ in range(2):
        learner.post(f"{SPAM}/undo", data={"entry": entry})
    assert states(session) == {"spam-classifier": "doing"}


def test_undo_never_overwrites_what_was_done_since(learner: FlaskClient, session: Session) -> None:
    learner.post(SPAM, data={"state": "done"})
    early = entries(session)[-1]
    learner.post(SPAM, data={"state": "skipped"})
    learner.post(f"{SPAM}/undo", data={"entry": early})
    assert states(session) == {"spam-classifier": "skipped"}


def test_credit_is_given_back_by_undo(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    developer = make_user(session, "grace@example.org")
    enrol(session, catalog, developer, known=frozenset({"numpy"}))
    log_in(client, developer)
    client.post("/milestones/ml-engineer/numpy", data={"state": "todo"})
    assert states(session) == {"numpy": "todo"}
    client.post("/milestones/ml-engineer/numpy/undo", data={"entry": entries(session)[-1]})
    assert states(session) == {"numpy": "known"}


@pytest.mark.parametrize("state", ["done", "known"])
def test_the_rest_of_a_phase_is_marked_and_taken_back(
    learner: FlaskClient, session: Session, catalog: Catalog, state: str
) -> None:
    learner.post("/milestones/ml-engineer/numpy", data={"state": "skipped"})
    first = entries(session)
    page = learner.post(PHASE, data={"state": state}, follow_redirects=True).text
    path = catalog.path("ml-engineer")
    assert path
    expected = {m.key: state for m in path.in_phase(1) if not m.retired} | {"numpy": "skipped"}
    assert states(session) == expected
    assert f"{len(expected) - 1} milestones marked as {state}." in page
    learner.post(f"{PHASE}/undo", data={"entry": entries(session)[len(first) :]})
    assert {key: s for key, s in states(session).items() if s != "todo"} == {"numpy": "skipped"}


def test_a_phase_cannot_be_marked_as_anything_else(learner: FlaskClient, session: Session) -> None:
    assert learner.post(PHASE, data={"state": "skipped"}).status_code == 422
    assert learner.post("/plan/ml-engineer/phases/9", data={"state": "done"}).status_code == 404
    assert states(session) == {}


@pytest.mark.parametrize("entry", ["", "x", "-1", "99999999999999999999999", "٣"])
def test_an_entry_that_is_none_changes_nothing(learner: FlaskClient, session: Session, entry: str) -> None:
    learner.post(SPAM, data={"state": "done"})
    assert learner.post(f"{SPAM}/undo", data={"entry": entry}).status_code == 303
    assert states(session) == {"spam-classifier": "done"}


def test_a_stranger_cannot_undo_somebody_elses_tick(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    log_in(client, user)
    client.post(SPAM, data={"state": "done"})
    client.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    client.post(f"{SPAM}/undo", data={"entry": entries(session)[-1]})
    assert states(session) == {"spam-classifier": "done"}
