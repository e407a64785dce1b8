"""Milestones of one's own: they get dates, count, are ticked, changed, dropped and brought back."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests.kitchen import baker, kitchen, serve, step
from tests.people import TODAY, enrol, log_in, make_user
from tests.progress.test_overview import MAX_QUERIES, counted
from tracker.catalog.schema import Catalog
from tracker.enrolment.paths import learned_path
from tracker.models import Enrolment, PlanRevision, User
from tracker.progress.overview import Item, Overview
from tracker.progress.queries import overview

CAKES = {"title": "Wedding cakes", "hours": "12,5", "phase": "1", "done_when": "Three tiers\nIt stands\n"}


def seen(session: Session, catalog: Catalog, user: User) -> Overview:
    session.expire_all()
    path = learned_path(session, catalog, user.id, "baker")
    assert path
    return overview(session, user_id=user.id, path=path, today=TODAY)


def add(client: FlaskClient, **fields: str) -> int:
    return client.post("/plan/own", data={"revision": "1"} | CAKES | fields).status_code


def own(session: Session, catalog: Catalog, user: User) -> Item:
    return next(item for item in seen(session, catalog, user).items if item.milestone.is_own)


def reasons(session: Session) -> list[str]:
    return list(session.scalars(select(PlanRevision.reason).order_by(PlanRevision.number)))


def test_it_gets_dates_at_the_end_of_its_phase_and_counts(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    before = seen(session, catalog, user)
    assert add(learner) == 303
    after = seen(session, catalog, user)
    assert after.hours_total == 112.5
    keys = [row.key for row in after.plan.milestones]
    item = own(session, catalog, user)
    assert keys.index("proving") < keys.index(item.key) < keys.index("oven")
    assert (after.plan.finish_on - before.plan.finish_on).days == 9, "12.5 h at 10 h a week"
    assert reasons(session) == ["First plan", "Added your own: Wedding cakes"]
    assert "Wedding cakes" in learner.get("/plan").text


def test_it_is_ticked_met_noted_and_logged_like_any_other(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    add(learner)
    key = own(session, catalog, user).key
    here = f"/milestones/baker/{key}"
    learner.post(here, data={"state": "doing"})
    learner.post(f"{here}/criteria", data={"met": "c1"})
    assert own(session, catalog, user).earned == 6.25
    learner.post(f"{here}/note", data={"body": "Marzipan."})
    learner.post("/log", data={"on": TODAY.isoformat(), "minutes": "30", "milestone": key})
    learner.post("/week", data={"milestone": key})
    learner.post(here, data={"state": "done"})
    board = seen(session, catalog, user)
    assert (board.hours_done, board.percent) == (12.5, 11)
    assert "Marzipan." in learner.get(here).text
    assert board.chosen == {key}


def test_changing_it_keeps_what_was_met_and_moves_the_dates(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    add(learner)
    key = own(session, catalog, user).key
    learner.post(f"/milestones/baker/{key}/criteria", data={"met": "c2"})
    page = learner.get(f"/plan/own/{key}").text
    assert 'value="12.5"' in page
    assert "Three tiers\nIt stands" in page
    changed = CAKES | {
        "title": "Cakes",
        "hours": "20",
        "phase": "2",
        "done_when": "It stands\nIt tastes",
        "revision": "2",
    }
    assert learner.post(f"/plan/own/{key}", data=changed).status_code == 303
    item = own(session, catalog, user)
    assert (item.milestone.title, item.hours, item.milestone.phase) == ("Cakes", 20, 2)
    assert [(c.key, c.text) for c in item.milestone.done_when] == [("c2", "It stands"), ("c3", "It tastes")]
    assert item.criteria_met == {"c2"}
    assert seen(session, catalog, user).plan.milestones[-1].key == key


def test_dropping_it_can_be_undone(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    add(learner)
    key = own(session, catalog, user).key
    page = learner.post(f"/plan/own/{key}/drop", data={"revision": "2"}, follow_redirects=True).text
    assert f'action="/plan/own/{key}/restore"' in page
    board = seen(session, catalog, user)
    assert (board.hours_total, board.item(key)) == (100, None)
    learner.post(f"/plan/own/{key}/restore")
    assert seen(session, catalog, user).hours_total == 112.5


def test_one_that_is_done_stays(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    add(learner)
    key = own(session, catalog, user).key
    learner.post(f"/milestones/baker/{key}", data={"state": "done"})
    assert learner.post(f"/plan/own/{key}/drop", data={"revision": "2"}).status_code == 422
    assert seen(session, catalog, user).hours_done == 12.5


def test_it_survives_a_new_version_of_the_path(
    learner: FlaskClient, session: Session, app: Flask, user: User, catalog: Catalog
) -> None:
    add(learner)
    newer = kitchen(baker() | {"crust": step(10, 2, title="Crust")})
    serve(app, newer)
    assert "1 added, yours kept" in learner.get("/dashboard").text
    data = {"revision": 2, "version": newer.paths["baker"].version, "answer": "accept"}
    learner.post("/plan/changes", data=data)
    assert seen(session, newer, user).hours_total == 122.5


def test_it_may_be_halved_and_left_for_later(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    add(learner)
    key = own(session, catalog, user).key
    learner.post(f"/plan/shares/{key}", data={"share": "half", "revision": "2"})
    assert seen(session, catalog, user).hours_total == 106.25
    learner.post(f"/plan/shares/{key}", data={"share": "later", "revision": "3"})
    assert seen(session, catalog, user).hours_total == 100


def test_the_same_form_sent_twice_adds_one(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    assert [add(learner), add(learner)] == [303, 303]
    assert len(session.scalars(select(Enrolment.own)).one()) == 1
    assert add(learner, revision="2") == 303, "but two of a kind may be wanted"
    session.expire_all()
    assert len(session.scalars(select(Enrolment.own)).one()) == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Give it a title"),
        ("title", "  ", "Give it a title"),
        ("title", "\u0301" * 50, "Give it a title"),
        ("title", "x" * 81, "at most 80"),
        ("title", "a\u202eb", "invisible"),
        ("title", "a\x00b", "invisible"),
        ("title", "Z" + "\u0301" * 10_000, "at most 80"),
        ("hours", "", "how many hours"),
        ("hours", "some", "as a number"),
        ("hours", "0", "from 0.5 to 400"),
        ("hours", "-3", "from 0.5 to 400"),
        ("hours", "401", "from 0.5 to 400"),
        ("hours", "NaN", "as a number"),
        ("hours", "1e999", "from 0.5 to 400"),
        ("phase", "9", "Not a valid choice"),
        ("phase", "", "Choose one"),
        ("done_when", "x" * 301, "At most 20 lines"),
        ("done_when", "\n".join(str(n) for n in range(21)), "At most 20 lines"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_stays_typed(
    learner: FlaskClient, session: Session, user: User, field: str, value: str, said: str
) -> None:
    answer = learner.post("/plan/own", data=CAKES | {"revision": "1", field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Three tiers" in answer.text or field == "done_when"
    assert reasons(session) == ["First plan"]


@pytest.mark.parametrize("address", ["/dashboard", "/plan"])
def test_it_costs_no_query(learner: FlaskClient, connection: Connection, user: User, address: str) -> None:
    with counted(connection) as before:
        learner.get(address)
    add(learner)
    with counted(connection) as after:
        learner.get(address)
    assert len(after) == len(before) <= MAX_QUERIES


def test_a_stranger_cannot_see_change_or_drop_mine(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    add(learner)
    key = own(session, catalog, user).key
    learner.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory, slug="baker")
    log_in(learner, mallory)
    assert "Wedding cakes" not in learner.get("/plan").text
    for address in (f"/milestones/baker/{key}", f"/plan/own/{key}"):
        assert learner.get(address).status_code == 404
        assert learner.post(address, data=CAKES | {"state": "done"}).status_code == 404
    assert learner.post(f"/plan/own/{key}/drop").status_code == 404
    assert learner.post(f"/plan/own/{key}/restore").status_code == 404
    assert own(session, catalog, user).state == "todo"
