"""Behind or ahead by more than a week: four ways to go on, each with where it leads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import Pause, PlanRevision, User
from tracker.progress import services
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

LATER = dt.timedelta(days=70)
KINDS = ["move-finish", "add-hours", "drop-optional", "take-break"]


@pytest.fixture
def behind(client: FlaskClient, session: Session, catalog: Catalog, user: User) -> Iterator[FlaskClient]:
    """Seventy days in, with two milestones done."""
    for milestone in path_of(catalog).active[:2]:
        services.tick(
            session, user_id=user.id, path=path_of(catalog), key=milestone.key, state="done", today=TODAY, now=NOW
        )
    with time_machine.travel(NOW + LATER, tick=False):
        log_in(client, user)
        yield client


def seen(session: Session, catalog: Catalog, user: User) -> Overview:
    session.expire_all()
    return overview(session, user_id=user.id, path=path_of(catalog), today=TODAY + LATER)


def test_on_the_plans_line_the_dashboard_offers_none(learner: FlaskClient) -> None:
    assert 'name="kind"' not in learner.get("/dashboard").text


def test_behind_it_offers_four_side_by_side(behind: FlaskClient) -> None:
    page = behind.get("/dashboard").text
    assert re.findall(r'name="kind" value="([\w-]+)"', page) == KINDS
    assert "Four ways to go on" in page


def test_while_no_date_has_gone_by_other_plans_are_offered_without_urging(client: FlaskClient, user: User) -> None:
    with time_machine.travel(NOW + dt.timedelta(days=20), tick=False):
        log_in(client, user)
        page = client.get("/dashboard").text
    assert "20 days behind" in page
    assert "Nothing is past its planned date" in page
    assert "Four ways to go on" not in page
    assert "<summary>Other ways to go on, if this plan does not fit</summary>" in page
    assert [kind for kind in KINDS if f'value="{kind}"' in page] == KINDS


def test_far_ahead_it_offers_ways_too(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    for milestone in path_of(catalog).active[:10]:
        services.tick(
            session, user_id=user.id, path=path_of(catalog), key=milestone.key, state="done", today=TODAY, now=NOW
        )
    assert "fewer-hours" in learner.get("/dashboard").text


@pytest.mark.parametrize("kind", KINDS)
def test_a_double_click_takes_it_once(
    behind: FlaskClient, session: Session, catalog: Catalog, user: User, kind: str
) -> None:
    for _ in range(2):
        assert behind.post("/plan/ways", data={"kind": kind, "revision": "1"}).status_code == 303
    assert seen(session, catalog, user).revision == 2


def test_of_two_devices_the_second_is_told_both(
    behind: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    behind.post("/plan/ways", data={"kind": "add-hours", "revision": "1"})
    answer = behind.post("/plan/ways", data={"kind": "take-break", "revision": "1"})
    assert answer.status_code == 409
    assert "You chose “Take a break”" in answer.text
    now = seen(session, catalog, user)
    assert now.revision == 2
    assert f"Now: {now.plan.hours_per_week:g} h a week" in answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_taking_one_leads_where_it_said(
    behind: FlaskClient, session: Session, catalog: Catalog, user: User, kind: str
) -> None:
    before = seen(session, catalog, user)
    page = behind.get("/plan/ways").text
    assert behind.post("/plan/ways", data={"kind": kind, "revision": "1"}).status_code == 303
    after = seen(session, catalog, user)
    assert f"{after.plan.finish_on.day} {after.plan.finish_on:%B %Y}" in page
    assert f"{after.plan.hours_per_week:g} h a week" in page
    assert after.revision == 2
    assert after.pace.days_ahead == 0
    assert after.percent >= before.percent
    assert after.first_plan == before.plan
    if kind == "add-hours":
        assert after.plan.finish_on <= before.plan.finish_on
        assert after.plan.hours_per_week > 12
    else:
        assert after.plan.hours_per_week == 12
    if kind == "drop-optional":
        assert after.hours_total < before.hours_total
    if kind == "take-break":
        assert len(session.scalars(select(Pause)).all()) == 1


def test_each_is_listed_with_its_reason(behind: FlaskClient) -> None:
    behind.post("/plan/ways", data={"kind": "move-finish", "revision": "1"})
    page = behind.get("/plan/settings").text
    assert "Moved the finish" in page
    assert "First plan" in page


def test_what_was_dropped_can_be_taken_in_again(
    behind: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    before = seen(session, catalog, user).hours_total
    behind.post("/plan/ways", data={"kind": "drop-optional", "revision": "1"})
    waiting = [item for item in seen(session, catalog, user).items if item.later]
    assert waiting
    for item in waiting:
        behind.post(f"/plan/shares/{item.key}", data={"share": "full"})
    assert seen(session, catalog, user).hours_total == before


@pytest.mark.parametrize("kind", ["", "fewer-hours", "give-up"])
def test_what_is_not_on_offer_is_refused(behind: FlaskClient, session: Session, kind: str) -> None:
    answer = behind.post("/plan/ways", data={"kind": kind, "revision": "1"})
    assert answer.status_code == 422
    assert "not on offer" in answer.text
    assert len(session.scalars(select(PlanRevision)).all()) == 1


def test_of_two_devices_the_second_chooses_from_the_new_plan(behind: FlaskClient, session: Session) -> None:
    behind.post("/plan/ways", data={"kind": "move-finish", "revision": "1"})
    answer = behind.post("/plan/ways", data={"kind": "add-hours", "revision": "1"})
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text
    assert 'name="revision" value="2"' in answer.text
    assert len(session.scalars(select(PlanRevision)).all()) == 2


def test_a_stranger_cannot_choose_mine(behind: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    behind.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(behind, mallory)
    behind.post("/plan/ways", data={"kind": "move-finish", "revision": "1"})
    assert seen(session, catalog, user).revision == 1
