"""What two paths share is ticked on one of them; it may finish something on the other, which is celebrated, too."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.kitchen import kitchen, serve
from tests.people import TODAY, ada, enrol, log_in
from tests.reminders.links import link
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.models import OutboxMail, User
from tracker.progress import services as progress

COOKS_OWN = {"clean-kitchen", "knives"}
"""All of the cook's first phase but the dough, which is the baker's kneading."""


@pytest.fixture
def catalog() -> Catalog:
    return kitchen()


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    return both_paths(session, catalog)


def both_paths(session: Session, catalog: Catalog) -> User:
    user = ada(session)
    for slug in ("baker", "cook"):
        enrol(session, catalog, user, slug=slug)
    return user


@pytest.fixture
def served(app: Flask, client: FlaskClient, catalog: Catalog, user: User) -> FlaskClient:
    serve(app, catalog)
    log_in(client, user)
    return client


def tick(session: Session, catalog: Catalog, user: User, slug: str, key: str) -> None:
    also = [path for path in catalog.paths.values() if path.slug != slug]
    progress.tick(
        session, user_id=user.id, path=catalog.paths[slug], key=key, state="done", today=TODAY, now=NOW, also=also
    )


def celebrated(session: Session) -> list[tuple[str, str, int]]:
    session.expire_all()
    mails = session.scalars(select(OutboxMail).where(OutboxMail.kind.like("%-finished")).order_by(OutboxMail.id))
    return [(mail.kind, mail.context["path"], mail.context["phase"]) for mail in mails]


@pytest.mark.parametrize("door", ["page", "mail", "the rest of a phase"])
def test_whatever_door_the_tick_comes_through(
    served: FlaskClient, session: Session, catalog: Catalog, user: User, settings: Settings, door: str
) -> None:
    for key in COOKS_OWN:
        tick(session, catalog, user, "cook", key)
    assert celebrated(session) == []
    if door == "page":
        served.post("/milestones/baker/kneading", data={"state": "done"})
        served.post("/milestones/baker/kneading", data={"state": "done"})
    elif door == "mail":
        served.post(link(settings, user, "done", "baker", "kneading"))
    else:
        served.post("/plan/baker/phases/1", data={"state": "done"})
    both = door == "the rest of a phase"
    assert celebrated(session) == [("phase-finished", "baker", 1)] * both + [("phase-finished", "cook", 1)]


def test_a_path_that_it_finishes(session: Session, catalog: Catalog, user: User) -> None:
    for key in (*COOKS_OWN, "stock"):
        tick(session, catalog, user, "cook", key)
    tick(session, catalog, user, "baker", "kneading")
    assert celebrated(session) == [("phase-finished", "cook", 2), ("path-finished", "cook", 1)]


def test_not_a_path_that_was_left(served: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    for key in COOKS_OWN:
        tick(session, catalog, user, "cook", key)
    assert served.post("/paths/cook/leave").status_code == 303
    served.post("/milestones/baker/kneading", data={"state": "done"})
    tick(session, catalog, user, "baker", "proving")
    assert celebrated(session) == [("phase-finished", "baker", 1)]


def test_two_ticks_of_shared_work_may_arrive_together(fresh_database: str, catalog: Catalog) -> None:
    engine = db.make_engine(fresh_database)
    sessions = db.make_sessions(engine)
    with sessions() as session:
        user = both_paths(session, catalog)
        for slug, key in (("cook", "knives"), ("baker", "proving")):
            tick(session, catalog, user, slug, key)
    gate, faults = threading.Barrier(2), []

    def tick_at_once(slug: str, key: str) -> None:
        with sessions() as own:
            gate.wait(20)
            try:
                tick(own, catalog, user, slug, key)
            except Exception as fault:  # noqa: BLE001  # told by the test's own thread
                faults.append(fault)

    ticks = [threading.Thread(target=tick_at_once, args=one) for one in (("baker", "hygiene"), ("cook", "dough"))]
    for thread in ticks:
        thread.start()
    for thread in ticks:
        thread.join(60)
    assert faults == []
    with sessions() as session:
        assert sorted(celebrated(session)) == [("phase-finished", "baker", 1), ("phase-finished", "cook", 1)]
    engine.dispose()
