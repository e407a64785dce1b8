"""Credit and 'can wait' stay changeable: full hours, half of them, later; a placement test brings them back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import TODAY, ada, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.enrolment.ways import is_optional
from tracker.models import User
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.progress.services import milestone_in


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    """A backend developer: some is known, some counts half, some can wait."""
    developer = ada(session)
    enrol(session, catalog, developer, starting_point="backend-developer")
    return developer


def seen(session: Session, catalog: Catalog, user: User) -> Overview:
    session.expire_all()
    return overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)


def share(client: FlaskClient, key: str, value: str, revision: int = 1) -> int:
    return client.post(f"/plan/shares/{key}", data={"share": value, "revision": str(revision)}).status_code


def test_half_becomes_full_and_half_again(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    before = seen(session, catalog, user)
    item = next(i for i in before.items if i.half)
    assert share(learner, item.key, "full") == 303
    after = seen(session, catalog, user)
    assert after.hours_total == before.hours_total + item.hours
    assert share(learner, item.key, "half", 2) == 303
    assert seen(session, catalog, user).hours_total == before.hours_total


def test_what_can_wait_is_taken_in_and_left_again(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    optional = next(m for m in path_of(catalog).active if is_optional(m, "backend-developer"))
    before = seen(session, catalog, user)
    item = before.item(optional.key)
    assert item
    order = ("full", "later") if item.later else ("later", "full")
    for number, value in enumerate(order, 1):
        assert share(learner, item.key, value, number) == 303
        now = seen(session, catalog, user).item(item.key)
        assert now
        assert now.later == (value == "later")
    assert {i.key: i.later for i in seen(session, catalog, user).items} == {i.key: i.later for i in before.items}


def test_a_placement_test_not_passed_brings_the_hours_back(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    test = next(m for m in path_of(catalog).active if m.placement)
    before = seen(session, catalog, user)
    credited = [i for i in before.items if i.milestone.phase == test.phase and (i.credited or i.half)]
    assert credited
    page = learner.get(f"/plan/phases/{test.phase}/credit").text
    assert all(i.milestone.title.replace("&", "&amp;") in page for i in credited)
    assert f"{sum(i.milestone.hours - (i.hours if i.half else 0) for i in credited):g} h in all" in page
    assert learner.post(f"/plan/phases/{test.phase}/credit", data={"revision": "1"}).status_code == 303
    after = seen(session, catalog, user)
    missing = sum(i.milestone.hours - (i.hours if i.half else 0) for i in credited)
    assert after.hours_total == before.hours_total + missing
    assert after.percent <= before.percent
    assert not [i for i in after.items if i.milestone.phase == test.phase and (i.credited or i.half)]


def test_there_are_three_placement_tests_and_each_says_so(learner: FlaskClient, catalog: Catalog) -> None:
    tests = [m for m in path_of(catalog).active if m.placement]
    assert len(tests) == 3
    for milestone in tests:
        assert "A placement test" in learner.get(f"/milestones/ml-engineer/{milestone.key}").text


@pytest.mark.parametrize("value", ["", "double"])
def test_what_is_no_share_is_refused(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User, value: str
) -> None:
    key = seen(session, catalog, user).plan.milestones[0].key
    assert share(learner, key, value) == 422
    assert seen(session, catalog, user).revision == 1


def test_what_the_path_needs_cannot_wait(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    planned = seen(session, catalog, user).plan.milestones
    needed = next(i for i in planned if not is_optional(milestone_in(path_of(catalog), i.key), "backend-developer"))
    answer = learner.post(f"/plan/shares/{needed.key}", data={"share": "later", "revision": "1"})
    assert answer.status_code == 422
    assert "you can still skip it" in answer.text


def test_what_a_goal_takes_in_is_no_longer_optional_and_what_it_spares_is(catalog: Catalog) -> None:
    kubeflow, kaggle = (milestone_in(path_of(catalog), key) for key in ("kubeflow", "kaggle-competition"))
    assert [is_optional(kubeflow, "backend-developer", goal) for goal in (None, "operations", "text")] == [1, 0, 1]
    assert [is_optional(kaggle, "backend-developer", goal) for goal in (None, "operations", "text")] == [0, 1, 0]


def test_a_stale_form_changes_nothing(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    item = next(i for i in seen(session, catalog, user).items if i.half)
    share(learner, item.key, "full")
    share(learner, item.key, "half")
    now = seen(session, catalog, user)
    assert (now.revision, now.item(item.key).half) == (2, False)  # type: ignore[union-attr]  # it is there


def test_what_is_not_known_after_all_has_no_date_until_it_is_taken_in(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    item = next(i for i in seen(session, catalog, user).items if i.credited)
    address = f"/milestones/ml-engineer/{item.key}"
    learner.post(address, data={"state": "todo"})
    assert "no date yet" in learner.get(address).text
    assert "Take it in" in learner.get(address).text
    assert share(learner, item.key, "full") == 303
    taken = seen(session, catalog, user).item(item.key)
    assert taken
    assert taken.due_on
    assert taken.hours == item.milestone.hours


def test_a_double_click_changes_it_once(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    item = next(i for i in seen(session, catalog, user).items if i.half and i.due_on)
    for _ in range(2):
        assert share(learner, item.key, "full") == 303
    assert seen(session, catalog, user).revision == 2


def test_a_stranger_cannot_change_mine(client: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    item = next(i for i in seen(session, catalog, user).items if i.half)
    mallory = make_user(session, "mallory@example.org")
    log_in(client, mallory)
    assert share(client, item.key, "full") == 404
    enrol(session, catalog, mallory, starting_point="backend-developer")
    share(client, item.key, "full")
    assert seen(session, catalog, user).revision == 1
