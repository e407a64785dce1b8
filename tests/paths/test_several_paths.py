"""On two paths at once: one is shown, both keep what they share, and leaving loses nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests.guide.test_read_without_an_account import words
from tests.people import TODAY, log_in, make_user
from tests.progress.test_overview import MAX_QUERIES, counted
from tracker.catalog.schema import Catalog
from tracker.models import Enrolment, ProgressLog, User
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

COOK = {"starting_point": "beginner", "hours_per_week": "10", "start_on": "2027-03-01"}


def seen(session: Session, catalog: Catalog, user: User, slug: str) -> Overview:
    session.expire_all()
    return overview(session, user_id=user.id, path=catalog.paths[slug], today=TODAY)


def done(client: FlaskClient, path: str, key: str, on: str = "") -> None:
    assert client.post(f"/milestones/{path}/{key}", data={"state": "done", "done_on": on}).status_code == 303


def last_entry(session: Session) -> int:
    return list(session.scalars(select(ProgressLog.id).order_by(ProgressLog.id)))[-1]


def test_what_is_yours_is_shown_before_enrolling_and_counted_from_the_first_day(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    done(learner, "baker", "kneading", "2027-02-14")
    page = learner.get("/paths/cook/enrol", query_string=COOK).text
    assert "Yours already" in page
    assert "14 February 2027" in page
    assert 'value="dough"' not in page, "what is done needs no credit"
    assert "100 h, to" in page
    learner.post("/paths/cook/enrol", data=COOK)
    board = seen(session, catalog, user, "cook")
    dough = board.item("dough")
    assert dough
    assert (dough.state, dough.done_on) == ("done", dt.date(2027, 2, 14))
    assert (board.hours_done, board.hours_total, board.percent) == (20, 120, 16)
    assert board.plan.hours == 100
    assert board.pace.status == "on-track"


def test_done_on_one_path_is_done_on_the_other_and_undone_on_both(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post("/paths/cook/enrol", data=COOK)
    done(learner, "cook", "dough")
    assert [seen(session, catalog, user, path).hours_done for path in ("baker", "cook")] == [20, 20]
    # the other path says when, and the same tick there is no second one
    assert "open → <b>done</b>" in learner.get("/milestones/baker/kneading").text
    entry = last_entry(session)
    done(learner, "baker", "kneading")
    assert last_entry(session) == entry
    learner.post("/milestones/cook/dough/undo", data={"entry": entry})
    assert [seen(session, catalog, user, path).hours_done for path in ("baker", "cook")] == [0, 0]


def test_what_is_yours_is_shown_wherever_another_path_is_looked_at(learner: FlaskClient) -> None:
    plain = words(learner.get("/paths/cook/roadmap", query_string=COOK).text)
    assert "120 h at 10 h a week" in plain
    assert "Yours already" not in plain
    assert "Yours already" not in learner.get("/paths").text
    done(learner, "baker", "kneading", "2027-02-14")

    page = words(learner.get("/paths/cook/roadmap", query_string=COOK).text)
    assert "100 h at 10 h a week" in page
    assert "Dough 20 h, 14 February 2027" in page
    assert "1 milestone, 20 h" in page
    assert "Yours already: 1 of 4 milestones, 20 h." in words(learner.get("/paths").text)
    assert "Yours already 1 milestone, 20 h 1 milestone, 20 h" in words(learner.get("/compare/baker/cook").text)


def test_somebody_else_sees_nothing_of_it(learner: FlaskClient, session: Session, app: Flask) -> None:
    done(learner, "baker", "kneading", "2027-02-14")
    stranger = app.test_client()
    log_in(stranger, make_user(session, "eve@example.org"))
    for browser in (stranger, app.test_client()):
        for address in ("/paths", "/paths/cook/roadmap", "/compare/baker/cook", "/"):
            assert "Yours already" not in browser.get(address).text


def test_what_was_changed_on_the_other_path_since_is_not_undone(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post("/paths/cook/enrol", data=COOK)
    done(learner, "cook", "dough")
    early = last_entry(session)
    learner.post("/milestones/baker/kneading", data={"state": "doing"})
    learner.post("/milestones/cook/dough/undo", data={"entry": early})
    states = [
        seen(session, catalog, user, "baker").item("kneading"),
        seen(session, catalog, user, "cook").item("dough"),
    ]
    assert [item and item.state for item in states] == ["doing", "doing"]
    learner.post("/milestones/baker/kneading/undo", data={"entry": last_entry(session)})
    again = seen(session, catalog, user, "cook").item("dough")
    assert again
    assert (again.state, again.done_on) == ("done", TODAY)


def test_left_out_on_one_path_is_left_out_there_alone(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post("/paths/cook/enrol", data=COOK)
    learner.post("/milestones/baker/hygiene", data={"state": "skipped"})
    clean = seen(session, catalog, user, "cook").item("clean-kitchen")
    assert clean
    assert clean.state == "todo"


def test_marking_the_rest_of_a_phase_leaves_what_the_other_path_has_done(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post("/paths/cook/enrol", data=COOK)
    done(learner, "baker", "kneading", "2027-02-14")
    learner.post("/plan/cook/phases/1", data={"state": "done"})
    board = seen(session, catalog, user, "cook")
    assert {item.key: item.done_on for item in board.items if item.state == "done"} == {
        "clean-kitchen": TODAY,
        "dough": dt.date(2027, 2, 14),
        "knives": TODAY,
    }


def test_the_path_chosen_in_the_header_is_shown_and_kept(learner: FlaskClient, session: Session) -> None:
    assert "Path that is shown" not in learner.get("/dashboard").text, "with one path there is nothing to choose"
    learner.post("/paths/cook/enrol", data=COOK)
    for shown, other in (("baker", "Stock"), ("cook", "Rolls")):
        answer = learner.post("/paths/current", data={"path": shown, "next": "/plan"})
        assert (answer.status_code, answer.location) == (303, "/plan")
        for address in ("/dashboard", "/plan"):
            page = learner.get(address).text
            assert f'value="{shown}" aria-current="true"' in page
            assert f">{other}</a>" not in page
    learner.post("/logout")
    log_in(learner, session.scalars(select(User)).one())
    assert 'value="cook" aria-current="true"' in learner.get("/dashboard").text


def test_enrolling_again_shows_that_path(learner: FlaskClient) -> None:
    learner.post("/paths/cook/enrol", data=COOK)
    learner.post("/paths/baker/enrol", data=COOK)
    assert 'value="baker" aria-current="true"' in learner.get("/plan").text


@pytest.mark.parametrize("address", ["/dashboard", "/plan"])
def test_two_paths_take_no_more_queries_than_one(
    learner: FlaskClient, connection: Connection, catalog: Catalog, address: str
) -> None:
    with counted(connection) as one:
        learner.get(address)
    learner.post("/paths/cook/enrol", data=COOK)
    done(learner, "cook", "dough")
    with counted(connection) as two:
        learner.get(address)
    assert len(one) == len(two) <= MAX_QUERIES


def test_leaving_keeps_everything_and_can_be_undone(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    done(learner, "baker", "kneading")
    page = learner.post("/paths/baker/leave", follow_redirects=True).text
    assert 'action="/paths/baker/return"' in page
    assert "Pick a path" in page
    assert learner.get("/milestones/baker/kneading").status_code == 404
    assert "Yours already" in learner.get("/paths/cook/enrol", query_string=COOK).text
    learner.post("/paths/baker/return")
    assert seen(session, catalog, user, "baker").hours_done == 20


def test_taking_a_path_up_again_with_other_choices_is_a_new_plan(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    done(learner, "baker", "kneading")
    learner.post("/paths/baker/leave")
    learner.post("/paths/baker/enrol", data=COOK | {"start_on": "2027-06-01"})
    board = seen(session, catalog, user, "baker")
    assert (board.revision, board.start_on, board.plan.hours) == (2, dt.date(2027, 6, 1), 80)
    assert (board.hours_done, board.first_plan) == (20, None)
    assert len(session.scalars(select(Enrolment)).all()) == 1
    assert learner.get("/dashboard").status_code == 200


def test_a_stranger_cannot_choose_leave_or_take_up_my_path(learner: FlaskClient, session: Session, user: User) -> None:
    learner.post("/logout")
    log_in(learner, make_user(session, "mallory@example.org"))
    for address, data in (
        ("/paths/current", {"path": "baker"}),
        ("/paths/baker/leave", {}),
        ("/paths/baker/return", {}),
        ("/paths/nowhere/return", {}),
    ):
        assert learner.post(address, data=data).status_code == 404
    session.expire_all()
    assert session.get_one(User, user.id).current_path == "baker"
    assert session.scalars(select(Enrolment.left_at)).all() == [None]
