"""Other hours a week, or a date to be done by: a new revision from today on."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import PlanRevision, User
from tracker.progress import services
from tracker.progress.queries import overview

ADDRESS = "/plan/settings"


def revisions(session: Session) -> list[PlanRevision]:
    session.expire_all()
    return list(session.scalars(select(PlanRevision).order_by(PlanRevision.number)))


def test_more_hours_finish_earlier_and_the_first_plan_stays(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(ADDRESS, data={"hours_per_week": "24", "target_on": "", "revision": "1"})
    assert answer.status_code == 303
    first, second = revisions(session)
    assert (first.hours_per_week, second.hours_per_week) == (12, 24)
    assert second.finish_on < first.finish_on
    assert second.reason == "Changed hours or target"
    page = learner.get(ADDRESS).text
    assert "First plan" in page
    assert "Changed hours or target" in page
    assert 'class="first"' in learner.get("/dashboard").text


def test_a_target_finds_the_hours(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data={"hours_per_week": "12", "target_on": "2028-03-01", "revision": "1"})
    newest = revisions(session)[-1]
    assert newest.finish_on <= dt.date(2028, 3, 1)
    assert newest.hours_per_week > 12
    assert 'value="2028-03-01"' in learner.get(ADDRESS).text


def test_outside_the_range_it_says_what_would_bring_it_in(learner: FlaskClient) -> None:
    learner.post(ADDRESS, data={"hours_per_week": "5", "target_on": "", "revision": "1"})
    # 1,040 h at 5 h a week
    sentence = "At 5 h a week this takes 48 months; 10 h a week bring it to 24."
    assert sentence in learner.get(ADDRESS).text
    assert sentence in learner.get("/plan").text


def test_what_would_bring_it_in_is_reckoned_from_today_with_what_is_left(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post(ADDRESS, data={"hours_per_week": "5", "target_on": "", "revision": "1"})
    with time_machine.travel(NOW + dt.timedelta(days=365), tick=False):
        log_in(learner, user)
        # 1,040 h in the 365 days that the 24 months still have
        assert "20 h a week bring it to 24" in learner.get(ADDRESS).text
    with time_machine.travel(NOW + dt.timedelta(days=800), tick=False):
        log_in(learner, user)
        page = learner.get(ADDRESS).text
        assert "bring it to" not in page
        assert "more than the 24 that people usually need. That is a guide and no limit." in page


def test_faster_than_the_range_it_says_so_and_the_hours_it_names_hold(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data={"hours_per_week": "40", "target_on": "", "revision": "1"})
    said = re.search(
        r"([\d.]+) months is less than the 9 .* ([\d.]+) h a week would make it 9", learner.get(ADDRESS).text
    )
    assert said
    learner.post(ADDRESS, data={"hours_per_week": said[2], "target_on": "", "revision": "2"})
    assert "months is less than" not in learner.get(ADDRESS).text


def test_a_double_click_is_one_change(learner: FlaskClient, session: Session) -> None:
    for _ in range(2):
        answer = learner.post(ADDRESS, data={"hours_per_week": "20", "target_on": "", "revision": "1"})
        assert answer.status_code == 303
    assert len(revisions(session)) == 2


def test_the_answer_says_what_came_of_it(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data={"hours_per_week": "30", "target_on": "2028-09-01", "revision": "1"})
    newest = revisions(session)[-1]
    page = learner.get("/plan").text
    assert f"{newest.hours_per_week:g} h a week, finish" in page
    assert "to plan by hours, empty that date" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hours_per_week": "0.5"}, "a number from 1 to 80"),
        ({"hours_per_week": "81"}, "a number from 1 to 80"),
        ({"hours_per_week": "-3"}, "a number from 1 to 80"),
        ({"hours_per_week": "nan"}, "a number from 1 to 80"),
        ({"hours_per_week": "Infinity"}, "a number from 1 to 80"),
        ({"hours_per_week": "1e400"}, "a number from 1 to 80"),
        ({"hours_per_week": "twelve"}, "a number from 1 to 80"),
        ({"hours_per_week": ""}, "Say how many hours"),
        ({"target_on": "2027-03-01"}, "must be after today"),
        ({"target_on": "2020-01-01"}, "must be after today"),
        ({"target_on": "2027-03-08"}, "80"),
        ({"target_on": "9999-12-31"}, "within 10 years"),
        ({"target_on": "soon"}, "Give a date such as"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(
    learner: FlaskClient, session: Session, change: dict[str, str], sentence: str
) -> None:
    answer = learner.post(ADDRESS, data={"hours_per_week": "12", "target_on": "", "revision": "1"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{next(iter(change.values()))}"' in answer.text
    assert answer.text.count('class="error"') == 1
    assert len(revisions(session)) == 1


def test_of_two_devices_the_second_is_shown_both(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data={"hours_per_week": "20", "target_on": "", "revision": "1"})
    answer = learner.post(ADDRESS, data={"hours_per_week": "8", "target_on": "", "revision": "1"})
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text
    assert "Now: 20 h a week" in answer.text
    assert 'value="8"' in answer.text
    assert len(revisions(session)) == 2
    # Sent again, it is meant.
    assert learner.post(ADDRESS, data={"hours_per_week": "8", "target_on": "", "revision": "2"}).status_code == 303
    assert revisions(session)[-1].hours_per_week == 8


def test_what_is_done_and_past_stays(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    path = path_of(catalog)
    first = revisions(session)[0]
    done = [row[0] for row in first.milestones[:4]]
    for key in done:
        services.tick(session, user_id=user.id, path=path, key=key, state="done", today=TODAY, now=NOW)
    learner.post(ADDRESS, data={"hours_per_week": "20", "target_on": "", "revision": "1"})
    first, second = revisions(session)
    assert [row for row in second.milestones if row[0] in done] == first.milestones[:4]
    board = overview(session, user_id=user.id, path=path, today=TODAY)
    assert board.hours_total == 1040
    assert board.hours_done == sum(row[1] for row in first.milestones[:4])
    assert board.pace.days_ahead == 0


def test_a_stranger_cannot_change_mine(client: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    client.post(ADDRESS, data={"hours_per_week": "24", "target_on": "", "revision": "1"})
    board = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)
    assert board.plan.hours_per_week == 12
