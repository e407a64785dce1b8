"""What a tick finishes is said with it, once and quietly: a phase, the whole path; all other ticks say no more."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog

HTMX = {"HX-Request": "true"}


def learner_on(client: FlaskClient, session: Session, catalog: Catalog) -> list[list[str]]:
    """Logged in; the keys of all milestones by phase."""
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user)
    log_in(client, user)
    path = path_of(catalog)
    return [[m.key for m in path.active if m.phase == phase.number] for phase in path.phases]


def tick(client: FlaskClient, key: str, state: str = "done") -> str:
    return client.post(f"/milestones/ml-engineer/{key}", data={"state": state}, headers=HTMX).text


def test_the_last_tick_of_a_phase_says_that_it_is_finished(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    first, *_ = learner_on(client, session, catalog)
    said = [tick(client, key) for key in first]
    assert ["Foundations is finished." in answer for answer in said] == [False] * (len(first) - 1) + [True]
    assert 'class="waymark"' in said[-1]
    assert not any('class="waymark"' in answer for answer in said[:-1])


def test_without_scripts_the_message_says_it_too(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    first, *_ = learner_on(client, session, catalog)
    for key in first[:-1]:
        tick(client, key)
    client.post(f"/milestones/ml-engineer/{first[-1]}", data={"state": "done", "next": "/plan"})
    page = client.get("/plan").text
    assert "Foundations is finished." in page
    assert '<div class="toast undo finished">' in page


def test_an_undo_and_a_tick_of_something_else_are_not_celebrated(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    first, second, *_ = learner_on(client, session, catalog)
    for key in first:
        tick(client, key)
    assert "is finished." not in tick(client, second[0])
    assert "is finished." not in tick(client, first[-1], "todo")


def test_the_last_tick_of_all_says_that_the_path_is_walked(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    *keys, last = [key for phase in learner_on(client, session, catalog) for key in phase]
    for key in keys:
        tick(client, key)
    assert 'class="waymark"' not in client.get("/dashboard").text
    assert "You have walked the whole path." in tick(client, last)
    page = client.get("/dashboard").text
    assert 'class="waymark"' in page, "a calm mark stays"
    assert 'aria-label="Part of the timeline"' not in page, "there is no next part any more"


def test_marking_the_rest_of_a_phase_says_that_it_is_finished(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    first, *_, last = learner_on(client, session, catalog)
    tick(client, first[0])
    client.post("/plan/ml-engineer/phases/1", data={"state": "done"})
    page = client.get("/plan").text
    assert f"{len(first) - 1} milestones marked as done. Foundations is finished." in page
    assert '<div class="toast undo finished">' in page
    client.post("/plan/ml-engineer/phases/1", data={"state": "done"})
    assert "is finished." not in client.get("/plan").text, "nothing was open any more"
    for number in (2, 3, 4):
        client.get("/plan")
        client.post(f"/plan/ml-engineer/phases/{number}", data={"state": "done"})
    assert f"{len(last)} milestones marked as done. You have walked the whole path." in client.get("/plan").text
