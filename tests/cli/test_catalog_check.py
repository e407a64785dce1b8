"""`tracker catalog check` refuses a file that would take anything from a learner."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.kitchen import baker, kitchen, made, serve, step, written
from tests.people import TODAY, ada, enrol, log_in
from tracker.catalog.loader import load_path
from tracker.catalog.schema import Catalog
from tracker.models import User
from tracker.progress.orphans import orphans, paths_without_file

Record = Callable[[FlaskClient], Any]
OVEN = "/milestones/baker/oven"


@pytest.fixture
def catalog(app: Flask) -> Catalog:
    made = kitchen()
    serve(app, made)
    return made


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    made = ada(session)
    enrol(session, catalog, made, slug="baker", known=frozenset({"hygiene"}))
    return made


def path_without(*keys: str, **more: dict[str, Any]) -> list[Any]:
    steps = {key: body for key, body in (baker() | more).items() if key not in keys}
    for body in steps.values():
        body.pop("needs", None)
    return [made("baker", steps)]


def test_what_nobody_holds_may_go(session: Session, catalog: Catalog) -> None:
    assert orphans(session, *path_without("oven")) == []


def test_a_planned_milestone_may_not_go(session: Session, user: User) -> None:
    (said,) = orphans(session, *path_without("oven"))
    assert said.startswith("the milestone oven is gone, but 1 learner")


def test_a_learner_who_holds_it_twice_is_counted_once(learner: FlaskClient, session: Session) -> None:
    learner.post(OVEN, data={"state": "done"})
    learner.post(f"{OVEN}/note", data={"body": "Hot."})
    (said,) = orphans(session, *path_without("oven"))
    assert "1 learner" in said


def test_neither_may_a_credited_one(session: Session, user: User) -> None:
    (said,) = orphans(session, *path_without("hygiene"))
    assert "hygiene" in said


@pytest.mark.parametrize(
    "record",
    [
        lambda client: client.post(OVEN, data={"state": "done"}),
        lambda client: client.post(f"{OVEN}/criteria", data={"met": "seen"}),
        lambda client: client.post(f"{OVEN}/note", data={"body": "Hot."}),
        lambda client: client.post("/log", data={"on": TODAY.isoformat(), "minutes": "5", "milestone": "oven"}),
        lambda client: client.post("/week", data={"milestone": "oven"}),
        lambda client: client.post("/log/timer", data={"action": "start", "milestone": "oven"}),
    ],
    ids=["tick", "criterion", "note", "study time", "choice for the week", "timer"],
)
def test_each_kind_of_record_keeps_its_milestone(
    client: FlaskClient, app: Flask, session: Session, record: Record
) -> None:
    # the oven came after her plan was made, so that the record alone holds it
    serve(app, kitchen({key: body for key, body in baker().items() if key not in ("oven", "rolls")}))
    learner = ada(session)
    enrol(session, app.extensions["tracker"].catalog, learner, slug="baker")
    serve(app, kitchen())
    log_in(client, learner)
    assert orphans(session, *path_without("oven")) == []
    assert record(client).status_code == 303
    (said,) = orphans(session, *path_without("oven"))
    assert "oven" in said


def test_retired_or_renamed_it_is_kept(session: Session, user: User) -> None:
    assert orphans(session, *path_without(oven=step(15, 2, title="The oven", retired=True))) == []
    assert orphans(session, *path_without("oven", stove=step(15, 2, title="Stove", formerly=["oven"]))) == []


def test_a_starting_point_that_somebody_chose_may_not_go(session: Session, user: User) -> None:
    text = json.loads(written("baker", baker()))
    del text["starting_points"]["beginner"]
    (said,) = orphans(session, load_path(json.dumps(text), "baker.yaml"))
    assert said == "the starting point beginner is gone, but 1 learner began there."


def test_a_path_that_somebody_is_on_may_not_go(session: Session, user: User) -> None:
    assert paths_without_file(session, {"cook"}) == {"baker": 1}
    assert paths_without_file(session, {"baker", "cook"}) == {}
