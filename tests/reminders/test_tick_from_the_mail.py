"""Marking a milestone done from the mail: one button, today where the learner lives, as often as one likes."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import TODAY, enrol, make_user, path_of
from tests.reminders.links import link, said
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import Enrolment, MilestoneState, ProgressLog, User
from tracker.progress import services as progress


def log_of(session: Session) -> list[tuple[str, str, str, str]]:
    rows = session.scalars(select(ProgressLog).order_by(ProgressLog.id))
    return [(row.milestone, row.from_state, row.to_state, row.door) for row in rows]


def tick(session: Session, catalog: Catalog, user: User, key: str, state: str) -> None:
    progress.tick(session, user_id=user.id, path=path_of(catalog), key=key, state=state, today=TODAY, now=NOW)


def test_the_button_marks_it_done_and_the_page_says_where_one_stands(
    session: Session, csrf_client: FlaskClient, settings: Settings, user: User
) -> None:
    address = link(settings, user, "done", "ml-engineer", "python-from-zero")
    page = said(csrf_client.get(address))
    assert "Is it done? It will count from today in ML Engineer." in page
    answer = said(csrf_client.post(address))
    assert "Done: Python from zero" in answer
    assert "4% done, 25 days ahead." in answer
    assert "Next up: School maths" in answer
    assert "Open the milestone and set it back" in answer
    row = session.scalars(select(MilestoneState)).one()
    assert (row.milestone, row.state, row.done_on, row.door) == ("python-from-zero", "done", TODAY, "mail")


def test_pressed_again_it_is_still_done_once(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    for _ in range(3):
        assert client.post(link(settings, user, "done")).status_code == 200
    assert log_of(session) == [("numpy", "todo", "done", "mail")]
    assert "Done already: NumPy" in said(client.get(link(settings, user, "done")))


def test_its_day_stays_when_it_was_done_before(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    tick(session, catalog, user, "numpy", "done")
    client.post(link(settings, user, "done"))
    assert [entry[3] for entry in log_of(session)] == ["page"]


def test_whoever_finishes_a_phase_by_it_is_told(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    *others, last = path_of(catalog).in_phase(1)
    for milestone in others:
        tick(session, catalog, user, milestone.key, "done")
    answer = said(client.post(link(settings, user, "done", "ml-engineer", last.key)))
    assert "That finishes phase 1, Mathematics & Python Foundations. Well done." in answer


def test_a_milestone_that_left_the_plan_says_so_and_stays_as_it_is(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    tick(session, catalog, user, "numpy", "known")
    for method in ("GET", "POST"):
        answer = client.open(link(settings, user, "done"), method=method)
        assert answer.status_code == 410
        assert "NumPy does not belong to your plan any more, so nothing was changed." in said(answer)
    assert log_of(session) == [("numpy", "todo", "known", "page")]


def test_so_does_one_that_left_the_path(client: FlaskClient, settings: Settings, user: User) -> None:
    for path, key in (("ml-engineer", "punch-cards"), ("lamplighter", "numpy")):
        answer = client.post(link(settings, user, "done", path, key))
        assert answer.status_code == 410
        assert "This milestone does not belong to your plan any more" in said(answer)


def test_so_does_one_of_a_path_that_the_learner_has_left(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    with transaction(session):
        session.delete(session.scalars(select(Enrolment)).one())
    assert client.post(link(settings, user, "done")).status_code == 410
    assert log_of(session) == []


def test_a_stranger_cannot_tick_for_me(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    eve = make_user(session, "eve@example.org")
    enrol(session, catalog, eve)
    assert client.post(link(settings, eve, "done")).status_code == 200
    assert [row.user_id for row in session.scalars(select(ProgressLog))] == [eve.id]
