"""Pauses: no pace counted, no reminder, ticks still count, the rest moves by their days."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import Pause, User
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.reminders.queries import next_send

ADDRESS = "/plan/pauses"
DAY = dt.timedelta(days=1)
FORTNIGHT = {"starts_on": "2027-03-10", "ends_on": "2027-03-23", "revision": "1"}


def seen(session: Session, catalog: Catalog, user: User, day: dt.date = TODAY) -> Overview:
    session.expire_all()
    return overview(session, user_id=user.id, path=path_of(catalog), today=day)


def pauses(session: Session) -> list[tuple[dt.date, dt.date]]:
    return [(p.starts_on, p.ends_on) for p in session.scalars(select(Pause).order_by(Pause.starts_on))]


def test_what_is_after_it_moves_by_its_days(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    before = seen(session, catalog, user)
    assert learner.post(ADDRESS, data=FORTNIGHT).status_code == 303
    after = seen(session, catalog, user)
    assert after.plan.finish_on == before.plan.finish_on + 14 * DAY
    assert after.forecast.p50 == before.forecast.p50 + 14 * DAY
    assert after.plan.hours_per_week == before.plan.hours_per_week


def test_sent_twice_it_is_one(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    assert learner.post(ADDRESS, data=FORTNIGHT).status_code == 303
    assert learner.post(ADDRESS, data=FORTNIGHT).status_code == 303
    assert len(pauses(session)) == 1
    end = {"starts_on": FORTNIGHT["starts_on"], "revision": "2"}
    assert learner.post(f"{ADDRESS}/end", data=end).status_code == 303
    assert learner.post(f"{ADDRESS}/end", data=end).status_code == 303
    assert pauses(session) == []
    assert seen(session, catalog, user).revision == 3


def test_its_days_cost_no_pace_and_ticks_still_count(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post(ADDRESS, data=FORTNIGHT)
    begins, ends = dt.date(2027, 3, 10), dt.date(2027, 3, 23)
    late = seen(session, catalog, user, begins - DAY).pace.days_ahead
    assert seen(session, catalog, user, ends).pace.days_ahead == late
    with time_machine.travel(NOW + 12 * DAY, tick=False):
        log_in(learner, user)
        learner.post("/milestones/ml-engineer/pandas", data={"state": "done"})
        assert seen(session, catalog, user, begins + 3 * DAY).milestones_done == 1


def test_one_that_began_last_week_takes_the_blame_away(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    today = TODAY + 20 * DAY
    with time_machine.travel(NOW + 20 * DAY, tick=False):
        log_in(learner, user)
        assert seen(session, catalog, user, today).pace.days_ahead == -20
        sick = {"starts_on": str(today - 9 * DAY), "ends_on": str(today), "revision": "1"}
        assert learner.post(ADDRESS, data=sick).status_code == 303
        assert seen(session, catalog, user, today).pace.days_ahead == -10


def test_one_to_come_can_be_taken_away(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    before = seen(session, catalog, user)
    learner.post(ADDRESS, data=FORTNIGHT)
    learner.post(f"{ADDRESS}/end", data={"starts_on": "2027-03-10", "revision": "2"})
    assert pauses(session) == []
    assert seen(session, catalog, user).plan.finish_on == before.plan.finish_on


def test_a_running_one_ends_with_yesterday(learner: FlaskClient, session: Session, user: User) -> None:
    learner.post(ADDRESS, data=FORTNIGHT)
    with time_machine.travel(NOW + 12 * DAY, tick=False):
        log_in(learner, user)
        learner.post(f"{ADDRESS}/end", data={"starts_on": "2027-03-10", "revision": "2"})
    assert pauses(session) == [(dt.date(2027, 3, 10), dt.date(2027, 3, 12))]


def test_one_that_is_over_stays(learner: FlaskClient, session: Session, user: User) -> None:
    learner.post(ADDRESS, data=FORTNIGHT)
    with time_machine.travel(NOW + 30 * DAY, tick=False):
        log_in(learner, user)
        answer = learner.post(f"{ADDRESS}/end", data={"starts_on": "2027-03-10", "revision": "2"})
    assert answer.status_code == 422
    assert "days gone by never change" in answer.text
    assert len(pauses(session)) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends_on": "2027-03-09"}, "cannot end before it begins"),
        ({"ends_on": ""}, "a pause needs an end"),
        ({"ends_on": "2028-03-10"}, "at most a year"),
        ({"ends_on": "9999-12-31"}, "at most a year"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-02-10"}, "at most a year ago"),
        ({"starts_on": "2040-01-01", "ends_on": "2040-02-01"}, "within the next five years"),
        ({"starts_on": ""}, "Give the first day"),
        ({"starts_on": "31.12."}, "Give a date such as"),
    ],
)
def test_what_cannot_be_is_refused(
    learner: FlaskClient, session: Session, change: dict[str, str], sentence: str
) -> None:
    answer = learner.post(ADDRESS, data=FORTNIGHT | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert pauses(session) == []


@pytest.mark.parametrize(("begins", "ends"), [("03-01", "03-10"), ("03-23", "03-30"), ("03-12", "03-13")])
def test_two_cannot_overlap(learner: FlaskClient, session: Session, begins: str, ends: str) -> None:
    learner.post(ADDRESS, data=FORTNIGHT)
    data = {"starts_on": f"2027-{begins}", "ends_on": f"2027-{ends}", "revision": "2"}
    answer = learner.post(ADDRESS, data=data)
    assert answer.status_code == 422
    assert "overlaps with a pause" in answer.text
    assert len(pauses(session)) == 1


def test_of_two_devices_the_second_is_asked_again(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data=FORTNIGHT)
    answer = learner.post(ADDRESS, data={"starts_on": "2027-04-01", "ends_on": "2027-04-02", "revision": "1"})
    assert answer.status_code == 409
    assert 'value="2027-04-01"' in answer.text
    assert len(pauses(session)) == 1


def test_a_stranger_cannot_end_mine(client: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    log_in(client, user)
    client.post(ADDRESS, data=FORTNIGHT)
    client.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    answer = client.post(f"{ADDRESS}/end", data={"starts_on": "2027-03-10", "revision": "1"})
    assert answer.status_code == 404
    assert len(pauses(session)) == 1


def test_who_was_away_for_five_months_may_say_so_afterwards(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    left, back = TODAY + 40 * DAY, TODAY + 190 * DAY
    first = seen(session, catalog, user).plan.milestones[0]
    with time_machine.travel(NOW + 30 * DAY, tick=False):
        log_in(learner, user)
        learner.post(f"/milestones/ml-engineer/{first.key}", data={"state": "done"})
    before, returned = seen(session, catalog, user, left), seen(session, catalog, user, back)
    assert returned.pace.days_ahead == before.pace.days_ahead - 150
    with time_machine.travel(NOW + 190 * DAY, tick=False):
        log_in(learner, user)
        away = {"starts_on": str(left + DAY), "ends_on": str(back), "revision": "1"}
        assert learner.post(ADDRESS, data=away).status_code == 303
    after = seen(session, catalog, user, back)
    assert after.pace.days_ahead == before.pace.days_ahead
    assert after.plan.finish_on == returned.plan.finish_on + 150 * DAY
    assert abs(after.forecast.p50 - before.forecast.p50 - 150 * DAY) < 7 * DAY


def test_in_a_pause_the_dashboard_says_until_when_and_names_the_first_mail_after_it(
    learner: FlaskClient, session: Session, user: User
) -> None:
    assert "Next reminder: <b>Monday 8 March, 08:00, Berlin</b>" in learner.get("/dashboard").text
    fortnight = {"starts_on": str(TODAY), "ends_on": str(TODAY + 13 * DAY), "revision": "1"}
    learner.post(ADDRESS, data=fortnight)
    page = learner.get("/dashboard").text
    assert "Paused until 14 March 2027" in page
    assert "Next reminder: <b>Monday 15 March, 08:00, Berlin</b>" in page
    assert "Monday 15 March, 08:00, Berlin" in learner.get("/settings/reminders").text
    assert next_send(session, user.id) == dt.datetime(2027, 3, 15, 7, tzinfo=dt.UTC)


def test_while_one_path_goes_on_the_mail_comes(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    enrol(session, catalog, user, slug="data-scientist")
    pause = {"starts_on": str(TODAY), "ends_on": str(TODAY + 13 * DAY), "revision": "1"}
    learner.post(ADDRESS, data=pause)
    assert len(pauses(session)) == 1
    assert next_send(session, user.id) == dt.datetime(2027, 3, 8, 7, tzinfo=dt.UTC)


def test_no_break_is_offered_inside_a_longer_one(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    assert "take-break" in learner.get("/plan/ways").text
    learner.post(ADDRESS, data={"starts_on": str(TODAY), "ends_on": str(TODAY + 55 * DAY), "revision": "1"})
    assert "take-break" not in learner.get("/plan/ways").text
