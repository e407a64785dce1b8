"""A milestone's own page: criteria, notes, history."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import CriterionMet, MilestoneNote, User
from tracker.progress.queries import overview

SPAM = "/milestones/ml-engineer/spam-classifier"
TODAY = dt.date(2027, 3, 1)


def test_it_says_what_it_is_and_when_it_is_done(learner: FlaskClient, catalog: Catalog) -> None:
    found = path_of(catalog).milestone("spam-classifier")
    assert found
    page = learner.get(SPAM).text
    for criterion in found.done_when:
        assert f'value="{criterion.key}"' in page
    for key in found.needs:
        assert f"/milestones/ml-engineer/{key}" in page


def test_met_criteria_are_kept_and_count_while_it_is_being_done(
    learner: FlaskClient, session: Session, user: User, catalog: Catalog
) -> None:
    path = path_of(catalog)
    found = path.milestone("spam-classifier")
    assert found
    keys = [criterion.key for criterion in found.done_when]
    learner.post(SPAM, data={"state": "doing"})
    learner.post(f"{SPAM}/criteria", data={"met": keys[:1]})
    seen = overview(session, user_id=user.id, path=path, today=TODAY)
    assert seen.hours_done == pytest.approx(found.hours / len(keys))
    learner.post(f"{SPAM}/criteria", data={"met": keys})
    seen = overview(session, user_id=user.id, path=path, today=TODAY)
    assert seen.hours_done == pytest.approx(found.hours * 0.9), "only the tick itself earns all of it"
    learner.post(f"{SPAM}/criteria", data={})
    assert session.scalars(select(CriterionMet)).all() == []


def test_who_meets_a_criterion_has_begun_and_earns_its_share(
    learner: FlaskClient, session: Session, user: User, catalog: Catalog
) -> None:
    path = path_of(catalog)
    found = path.milestone("spam-classifier")
    assert found
    keys = [criterion.key for criterion in found.done_when]
    answer = learner.post(f"{SPAM}/criteria", data={"met": keys[:1]}, follow_redirects=True)
    assert "the milestone is begun" in answer.text
    seen = overview(session, user_id=user.id, path=path, today=TODAY)
    assert seen.hours_done == pytest.approx(found.hours / len(keys))
    learner.post(SPAM, data={"state": "done"})
    learner.post(f"{SPAM}/criteria", data={"met": keys})
    session.expire_all()
    item = overview(session, user_id=user.id, path=path, today=TODAY).item(found.key)
    assert item
    assert item.state == "done"


def test_the_criteria_of_what_is_next_are_ticked_on_the_dashboard(
    learner: FlaskClient, session: Session, user: User, catalog: Catalog
) -> None:
    path = path_of(catalog)
    first = overview(session, user_id=user.id, path=path, today=TODAY).next_items[0]
    criteria = first.milestone.done_when
    page = learner.get("/dashboard").text
    assert f"{first.milestone.title}: 0 of {len(criteria)} criteria met" in page
    assert f'action="/milestones/{path.slug}/{first.key}/criteria"' in page
    answer = learner.post(
        f"/milestones/{path.slug}/{first.key}/criteria",
        data={"was": "", "met": criteria[0].key, "next": "/dashboard#next"},
    )
    assert answer.location == "/dashboard#next"
    page = learner.get("/dashboard").text
    assert f"{first.milestone.title}: 1 of {len(criteria)} criteria met" in page


def test_an_unknown_criterion_is_refused(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(f"{SPAM}/criteria", data={"met": "bribery"})
    assert answer.status_code == 422
    assert session.scalars(select(CriterionMet)).all() == []


def test_a_note_is_private_text_and_nothing_else(learner: FlaskClient, session: Session) -> None:
    learner.post(f"{SPAM}/note", data={"body": " <script>alert(1)</script>\r\nPrecision first. "})
    assert session.scalars(select(MilestoneNote.body)).one() == " <script>alert(1)</script>\nPrecision first. "
    page = learner.get(SPAM).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    learner.post(f"{SPAM}/note", data={"body": ""})
    assert session.scalars(select(MilestoneNote)).all() == []


def test_a_note_that_is_too_long_comes_back_whole(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(f"{SPAM}/note", data={"body": "x" * 20_001})
    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text
    assert "20000" in answer.text
    assert session.scalars(select(MilestoneNote)).all() == []


def test_it_says_when_and_how_it_was_ticked(learner: FlaskClient) -> None:
    learner.post(SPAM, data={"state": "done", "done_on": "2027-02-14"})
    assert "14 February 2027" in learner.get(SPAM).text


def test_a_stranger_cannot_see_or_write_a_note(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    log_in(client, user)
    client.post(f"{SPAM}/note", data={"body": "mine alone"})
    client.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    log_in(client, mallory)
    assert client.get(SPAM).status_code == 404
    assert client.post(f"{SPAM}/note", data={"body": "theirs"}).status_code == 404
    assert client.post(f"{SPAM}/criteria", data={}).status_code == 404
    enrol(session, catalog, mallory)
    assert "mine alone" not in client.get(SPAM).text
