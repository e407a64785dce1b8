"""Another goal for a plan that runs: milestones go into what can wait, or come out of it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, ada, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import Enrolment, PlanRevision, User
from tracker.progress import services
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

ADDRESS = "/plan/goal"


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    """A researcher: 549 h, of whom much can wait."""
    researcher = ada(session)
    enrol(session, catalog, researcher, starting_point="researcher")
    return researcher


def seen(session: Session, catalog: Catalog, user: User) -> Overview:
    session.expire_all()
    return overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)


def revisions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PlanRevision)) or 0


def aim(client: FlaskClient, goal: str, revision: int = 1) -> int:
    return client.post(ADDRESS, data={"goal": goal, "revision": str(revision)}).status_code


def test_a_goal_moves_what_can_wait_and_another_moves_it_back(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    before = seen(session, catalog, user)
    assert before.hours_total == 549
    assert aim(learner, "operations") == 303
    after = seen(session, catalog, user)
    # as if they had begun with it: tests/catalog/test_credit_a_starting_point.py
    assert (after.goal, after.hours_total) == ("operations", 603)
    assert "Changed the goal" in learner.get("/plan/settings").text
    assert aim(learner, "present-job", 2) == 303
    assert seen(session, catalog, user).hours_total == 523
    assert aim(learner, "", 3) == 303
    back = seen(session, catalog, user)
    assert (back.goal, back.hours_total) == (None, 549)
    assert {i.key: (i.hours, i.later) for i in back.items} == {i.key: (i.hours, i.later) for i in before.items}


def test_half_credit_survives_the_way_there_and_back(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    developer = ada(session)
    enrol(session, catalog, developer, starting_point="backend-developer")
    log_in(client, developer)
    before = {i.key: (i.hours, i.half, i.later) for i in seen(session, catalog, developer).items}
    assert before["job-kit"] == (15, True, False)
    aim(client, "present-job")
    assert {i.key: i.later for i in seen(session, catalog, developer).items}["job-kit"]
    aim(client, "", 2)
    assert {i.key: (i.hours, i.half, i.later) for i in seen(session, catalog, developer).items} == before


def test_what_is_begun_done_or_chosen_by_hand_stays_where_it_is(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    for key, state in (("rnns", "doing"), ("kaggle-competition", "done")):
        services.tick(session, user_id=user.id, path=path_of(catalog), key=key, state=state, today=TODAY, now=NOW)
    learner.post("/plan/shares/bias-audit", data={"share": "full", "revision": "1"})
    assert aim(learner, "operations", revisions(session)) == 303
    after = {i.key: i.later for i in seen(session, catalog, user).items}
    assert {key for key in ("rnns", "kaggle-competition", "bias-audit", "specialization") if after[key]} == {
        "specialization"
    }


def test_the_same_goal_again_changes_nothing(learner: FlaskClient, session: Session) -> None:
    for _ in range(2):
        assert aim(learner, "text") == 303
    assert revisions(session) == 2


def test_a_goal_that_the_path_does_not_have_is_said_beside_the_field(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(ADDRESS, data={"goal": "fame", "revision": "1"})
    assert answer.status_code == 422
    assert "ML Engineer has no goal called fame." in answer.text
    assert revisions(session) == 1


def test_a_stale_form_changes_nothing(learner: FlaskClient, session: Session) -> None:
    aim(learner, "text")
    answer = learner.post(ADDRESS, data={"goal": "vision", "revision": "1"})
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text
    session.expire_all()
    assert session.scalars(select(Enrolment)).one().goal == "text"


def test_a_stranger_cannot_change_my_goal(client: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    log_in(client, make_user(session, "mallory@example.org"))
    aim(client, "text")
    session.expire_all()
    assert session.scalars(select(Enrolment)).one().goal is None
    assert user.email == "ada@example.org"
