"""From sign-up to the plan in three short steps, each of which may be skipped."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import PASSWORD, ada, enrol, log_in
from tracker.catalog.schema import Catalog
from tracker.models import Enrolment, PlanRevision, ReminderPreference, User

NEW = {"email": "grace@example.org", "password": PASSWORD, "timezone": "Europe/Berlin"}
ROADMAP = (
    "/paths/data-scientist/enrol?starting_point=data-analyst&goal=first-job&hours_per_week=7&known=pandas-and-cleaning"
)


def hidden(text: str, form: int = 0) -> dict[str, Any]:
    """The hidden fields of the page's form, as a browser would send them."""
    body = re.findall(r"<form method.*?</form>", text.partition("<main")[2], re.DOTALL)[form]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body):
        fields.setdefault(name, []).append(value)
    return fields


def test_skipping_all_steps_makes_the_recommended_plan(client: FlaskClient, session: Session) -> None:
    first = client.post("/signup", data=NEW, follow_redirects=True)
    assert (first.request.path, "1 of 3" in first.text) == ("/welcome", True)
    second = client.get("/welcome/start?path=ml-engineer", follow_redirects=True)
    assert (second.request.path, "2 of 3" in second.text) == ("/paths/ml-engineer/enrol", True)
    third = client.get("/paths/ml-engineer/enrol/mail?first=1")
    assert "3 of 3" in third.text
    assert session.scalars(select(Enrolment)).all() == [], "no step before the last keeps anything"
    plan = client.post("/paths/ml-engineer/enrol", data=hidden(third.text, form=1), follow_redirects=True)
    assert plan.request.path == "/dashboard"
    made = session.scalars(select(Enrolment)).one()
    assert (made.path, made.starting_point) == ("ml-engineer", "beginner")
    assert session.scalars(select(PlanRevision.hours_per_week)).one() == 10
    mail = session.get_one(ReminderPreference, made.user_id)
    assert (mail.enabled, mail.weekday, mail.hour) == (True, 0, 8)


def test_who_names_the_zone_only_in_the_last_step_starts_on_the_day_it_is_there(
    client: FlaskClient, session: Session
) -> None:
    with time_machine.travel("2027-03-01 20:00:00Z", tick=False):
        client.post("/signup", data=NEW | {"timezone": ""})  # a browser without JavaScript fills nothing in
        third = client.get("/paths/ml-engineer/enrol/mail?first=1&hours_per_week=8")
        slot = {"enabled": "y", "weekday": "0", "hour": "8", "timezone": "Pacific/Auckland"}
        client.post("/paths/ml-engineer/enrol", data=hidden(third.text) | slot)
    assert session.scalars(select(PlanRevision.start_on)).one() == dt.date(2027, 3, 2)


def test_another_start_is_asked_about_at_the_top_of_the_page(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    other = "/paths/ml-engineer/enrol/mail?first=1&hours_per_week=9&starting_point=researcher&credit_for=beginner"
    page = client.get(other).text
    assert page.index("You changed where you start.") < page.index("Where I start")


def test_what_is_chosen_in_the_steps_makes_the_plan_and_the_mail(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    step = "/paths/ml-engineer/enrol/mail?first=1&starting_point=researcher&hours_per_week=7,5&known=numpy&known=pandas"
    fields = hidden(client.get(step).text)
    answer = client.post(
        "/paths/ml-engineer/enrol",
        data=fields | {"enabled": "y", "weekday": "4", "hour": "18", "timezone": "Asia/Tokyo"},
    )
    assert answer.location == "/dashboard"
    made, plan = session.scalars(select(Enrolment)).one(), session.scalars(select(PlanRevision)).one()
    assert (made.starting_point, plan.hours_per_week, {*plan.known, *plan.half}) == (
        "researcher",
        7.5,
        {"numpy", "pandas"},
    )
    mail = session.get_one(ReminderPreference, made.user_id)
    assert (mail.weekday, mail.hour, session.scalars(select(User.timezone)).one()) == (4, 18, "Asia/Tokyo")


def test_the_mail_can_be_declined_there(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    fields = hidden(client.get("/paths/ml-engineer/enrol/mail?first=1").text)
    client.post("/paths/ml-engineer/enrol", data=fields | {"weekday": "0", "hour": "8", "timezone": "Europe/Berlin"})
    assert session.scalars(select(ReminderPreference.enabled)).one() is False


def test_a_plan_kept_through_sign_up_is_asked_nothing_twice(client: FlaskClient, session: Session) -> None:
    to_sign_up = client.get(ROADMAP)
    assert to_sign_up.location.startswith("/signup?next=")
    third = client.post("/signup", data=NEW | {"next": ROADMAP}, follow_redirects=True)
    assert (third.request.path, "3 of 3" in third.text) == ("/paths/data-scientist/enrol/mail", True)
    client.post("/paths/data-scientist/enrol", data=hidden(third.text, form=1))
    made, plan = session.scalars(select(Enrolment)).one(), session.scalars(select(PlanRevision)).one()
    assert (made.path, made.starting_point, made.goal) == ("data-scientist", "data-analyst", "first-job")
    assert (plan.hours_per_week, {*plan.known, *plan.half}) == (7, {"pandas-and-cleaning"})


def test_a_path_that_was_chosen_before_signing_up_is_not_asked_again(client: FlaskClient) -> None:
    second = client.post("/signup", data=NEW | {"next": "/paths/data-scientist/enrol"}, follow_redirects=True)
    assert (second.request.path, "2 of 3" in second.text) == ("/paths/data-scientist/enrol", True)


def test_going_back_loses_nothing(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    typed = "first=1&starting_point=researcher&hours_per_week=7&known=numpy"
    slot = "weekday=5&hour=20&timezone=Asia%2FTokyo"
    second = client.get(f"/paths/ml-engineer/enrol?{typed}&{slot}&csrf_token=x", follow_redirects=True)
    assert "csrf_token" not in second.request.full_path
    assert re.search(r'value="researcher" data-reloads checked', second.text)
    carried = hidden(second.text)
    assert (carried["weekday"], carried["hour"], carried["timezone"]) == (["5"], ["20"], ["Asia/Tokyo"])
    first = client.get(f"/welcome?path=ml-engineer&{typed}&{slot}")
    carried = hidden(first.text)
    assert (carried["starting_point"], carried["known"], carried["hour"]) == (["researcher"], ["numpy"], ["20"])
    again = client.get(f"/welcome/start?path=ml-engineer&{typed}&{slot}", follow_redirects=True)
    third = client.get(f"/paths/ml-engineer/enrol/mail?{again.request.query_string.decode()}")
    assert '<option selected value="20">' in third.text
    assert '<option selected value="Asia/Tokyo">' in third.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("hours_per_week=99", "Hours a week are a number from 1 to 80."),
        ("hours_per_week=lots", "Hours a week are a number from 1 to 80."),
        ("hours_per_week=9&starting_point=astronaut", "no starting point called astronaut"),
        ("hours_per_week=9&starting_point=researcher&credit_for=beginner", "You changed where you start."),
    ],
)
def test_what_the_second_step_got_wrong_is_said_there(
    client: FlaskClient, session: Session, given: str, said: str
) -> None:
    log_in(client, ada(session))
    answer = client.get(f"/paths/ml-engineer/enrol/mail?first=1&{given}")
    assert answer.status_code == 422
    assert "2 of 3" in answer.text
    assert said in answer.text


def test_a_bad_hour_keeps_everything_and_makes_no_plan(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    fields = hidden(client.get("/paths/ml-engineer/enrol/mail?first=1&hours_per_week=7").text)
    slot = {"enabled": "y", "weekday": "0", "hour": "25", "timezone": "Europe/Berlin"}
    answer = client.post("/paths/ml-engineer/enrol", data=fields | slot)
    assert answer.status_code == 422
    assert "Choose the hour from the list." in answer.text
    assert hidden(answer.text)["hours_per_week"] == ["7"]
    assert session.scalars(select(Enrolment)).all() == []


def test_an_unknown_path_is_asked_for_anew(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    assert client.get("/welcome/start?path=astronaut").location == "/welcome"
    assert client.get("/paths/astronaut/enrol/mail").status_code == 404


def test_who_is_on_a_path_has_the_steps_behind_them(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    log_in(client, user)
    assert client.get("/welcome").location == "/dashboard"
    assert client.get("/paths/ml-engineer/enrol/mail").location == "/plan"


def test_a_stranger_is_asked_to_log_in(client: FlaskClient) -> None:
    for address in ("/welcome", "/welcome/start?path=ml-engineer", "/paths/ml-engineer/enrol/mail"):
        assert client.get(address).location.startswith("/login?next=")
