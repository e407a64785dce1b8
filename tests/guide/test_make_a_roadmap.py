"""The roadmap before sign-up: a dated plan for the choices in the address, for nobody in particular."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests.counting import asked
from tests.guide.test_read_without_an_account import words
from tests.people import TODAY, ada, enrol, log_in, path_of
from tracker.catalog.credit import credited_keys
from tracker.catalog.schema import Catalog
from tracker.enrolment.drafting import Choices, draft
from tracker.models import Enrolment, PlanRevision

ROADMAP = "/paths/ml-engineer/roadmap"


def seen(client: FlaskClient, query: str) -> str:
    answer = client.get(f"{ROADMAP}?{query}")
    assert answer.status_code == 200, answer.text
    assert "Set-Cookie" not in answer.headers
    return words(answer.text)


def test_hours_months_and_finish_are_said_at_once(client: FlaskClient) -> None:
    page = seen(client, "starting_point=backend-developer&hours_per_week=15&start_on=2027-03-01")
    for said in ("10.4 months", "677 h at 15 h a week", "to 10 January 2028", "281 h are yours already"):
        assert said in page


def test_every_milestone_has_the_date_that_planning_gives(client: FlaskClient, catalog: Catalog) -> None:
    page = client.get(f"{ROADMAP}?starting_point=beginner&hours_per_week=12&start_on=2027-03-01").text
    plan = draft(path_of(catalog), Choices("beginner", 12, TODAY), today=TODAY).plan
    assert len(plan.milestones) == 60
    for planned in plan.milestones:
        row = page.split(f'/milestones/{planned.key}"')[1][:400]
        assert f"by {planned.due_on.day} {planned.due_on:%b}" in row.replace("Sept", "Sep"), planned.key


def test_it_says_what_hours_would_bring_other_months(client: FlaskClient) -> None:
    page = seen(client, "starting_point=backend-developer&hours_per_week=15")
    for said in ("9 months 17.5 h a week", "12 months 13 h a week", "18 months 9 h a week", "24 months 6.5 h a week"):
        assert said in page


def test_a_target_date_gives_the_hours(client: FlaskClient) -> None:
    page = seen(client, "starting_point=backend-developer&start_on=2027-03-01&target_on=2028-03-01")
    assert "To be done by 1 March 2028 you need 13 h a week" in page


def test_a_goal_moves_what_can_wait(client: FlaskClient) -> None:
    undecided = seen(client, "starting_point=beginner&hours_per_week=12")
    operations = seen(client, "starting_point=beginner&hours_per_week=12&goal=operations")
    assert "1,040 h at 12 h" in undecided
    assert "1,040 h at 12 h" not in operations
    assert "Can wait" not in undecided
    assert "RNNs" in operations.split("Can wait")[1]


def test_without_known_the_starting_point_is_credited(client: FlaskClient, catalog: Catalog) -> None:
    page = client.get(f"{ROADMAP}?starting_point=researcher&hours_per_week=12").text
    ticked = set(re.findall(r'name="known" value="([a-z0-9-]+)" checked', page))
    assert ticked == credited_keys(path_of(catalog), "researcher")


def test_known_names_exactly_what_is_credited(client: FlaskClient) -> None:
    assert "1,040 h" in seen(client, "starting_point=beginner&hours_per_week=12")
    assert "1,018 h" in seen(client, "starting_point=beginner&hours_per_week=12&known=calculus")
    assert "281 h are yours" not in seen(client, "starting_point=backend-developer&hours_per_week=15&known=")


def test_the_story_of_the_start_stands_beside_the_own_figures(client: FlaskClient) -> None:
    page = seen(client, "starting_point=researcher&hours_per_week=14")
    assert "Marina" in page
    assert "Sergey" not in page
    assert re.search(r"Months 6 9\.\d Hours a week about 21\.1 14", page)


def test_the_forms_own_address_leads_to_the_short_one(client: FlaskClient, catalog: Catalog) -> None:
    credit = "".join(f"&known={key}" for key in credited_keys(path_of(catalog), "backend-developer"))
    sent = "credit_for=backend-developer&starting_point=backend-developer&goal=&hours_per_week=15&start_on=2027-03-01"
    answer = client.get(f"{ROADMAP}?{sent}&target_on=&known={credit}")
    assert answer.status_code == 302
    assert answer.location == f"{ROADMAP}?starting_point=backend-developer&hours_per_week=15&start_on=2027-03-01"
    piece = client.get(f"{ROADMAP}?{sent}&target_on=&known={credit}", headers={"HX-Request": "true"})
    assert piece.status_code == 200
    assert piece.headers["HX-Replace-Url"] == answer.location
    assert "HX-Request" in piece.vary


def test_another_start_takes_its_own_credit(client: FlaskClient) -> None:
    answer = client.get(f"{ROADMAP}?credit_for=beginner&starting_point=data-analyst&hours_per_week=15&known=calculus")
    assert "known" not in parse_qs(urlsplit(answer.location).query)


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("starting_point=astronaut", "starting_point", "has no starting point called astronaut"),
        ("hours_per_week=0", "hours_per_week", "from 1 to 80"),
        ("hours_per_week=81", "hours_per_week", "from 1 to 80"),
        ("hours_per_week=nan", "hours_per_week", "from 1 to 80"),
        ("hours_per_week=lots", "hours_per_week", "from 1 to 80"),
        ("hours_per_week=", "hours_per_week", "from 1 to 80"),
        ("start_on=soon", "start_on", "Give a date such as"),
        ("start_on=2099-01-01", "start_on", "within 5 years"),
        ("start_on=2027-03-01&target_on=2027-02-01", "target_on", "must be after the start"),
        ("target_on=2027-03-20", "target_on", "at most 80"),
        ("goal=fame", "goal", "no goal called fame"),
        ("known=juggling", "known", "no milestone called juggling"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    client: FlaskClient, query: str, field: str, sentence: str
) -> None:
    answer = client.get(f"{ROADMAP}?{query}")
    assert answer.status_code == 422
    assert "public" not in answer.headers["Cache-Control"]
    beside = re.search(rf'id="{field}-error"[^>]*>([^<]+)<', answer.text)
    assert beside, answer.text
    assert sentence in beside.group(1)


def test_what_was_typed_stays(client: FlaskClient) -> None:
    page = client.get(f"{ROADMAP}?starting_point=researcher&goal=text&hours_per_week=lots&known=calculus").text
    assert 'value="lots"' in page
    assert re.search(r'value="researcher" selected', page)
    assert re.search(r'value="text" selected', page)
    assert re.search(r'value="calculus" checked', page)


def test_a_fault_takes_no_credit_away(client: FlaskClient, catalog: Catalog) -> None:
    page = client.get(f"{ROADMAP}?starting_point=researcher&hours_per_week=lots").text
    ticked = set(re.findall(r'name="known" value="([a-z0-9-]+)" checked', page))
    assert ticked == credited_keys(path_of(catalog), "researcher")


def test_an_unknown_path_is_not_found(client: FlaskClient) -> None:
    assert client.get("/paths/astronaut/roadmap").status_code == 404


def test_it_asks_the_database_nothing(client: FlaskClient, connection: Connection) -> None:
    with asked(connection) as statements:
        assert client.get(f"{ROADMAP}?starting_point=researcher").status_code == 200
    assert statements == []


def test_keeping_it_carries_every_choice_into_the_enrolment(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    query = "starting_point=researcher&goal=text&hours_per_week=9.5&start_on=2027-04-05&target_on=2028-06-01"
    page = client.get(f"{ROADMAP}?{query}&known=calculus&known=numpy").text
    finish = re.search(r"to (\d+ \w+ \d{4})\.", words(page))
    assert finish
    keep = re.search(r'href="([^"]+/enrol[^"]+)"', page)
    assert keep
    address = keep.group(1).replace("&amp;", "&")
    assert parse_qs(urlsplit(address).query) == {**parse_qs(query), "known": ["calculus", "numpy"]}

    to_sign_up = client.get(address)
    assert to_sign_up.status_code == 302
    assert parse_qs(urlsplit(to_sign_up.location).query)["next"] == [address]
    log_in(client, ada(session))
    form = client.get(address).text
    assert finish.group(1) in words(form)
    fields = dict(re.findall(r'name="(hours_per_week|start_on|target_on)"[^>]* value="([^"]*)"', form))
    chosen = re.findall(r'name="(?:starting_point|goal|known)" value="([^"]+)"[^>]* checked', form)
    answer = client.post("/paths/ml-engineer/enrol", data={**fields, "starting_point": chosen[0], "goal": chosen[1],
                                                           "known": ["", *chosen[2:]]})  # fmt: skip
    assert answer.status_code == 303
    kept = session.scalars(select(Enrolment)).one()
    assert (kept.starting_point, kept.goal, kept.target_on and kept.target_on.isoformat()) == (
        "researcher", "text", "2028-06-01",
    )  # fmt: skip
    plan = session.scalars(select(PlanRevision)).one()
    assert f"{plan.finish_on.day} {plan.finish_on:%B %Y}" == finish.group(1)


def test_who_is_on_the_path_may_look_and_is_led_to_the_own_plan(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    log_in(client, user)
    answer = client.get(f"{ROADMAP}?starting_point=researcher")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "To my plan" in answer.text
    assert "Keep this plan" not in answer.text


def test_who_knows_all_of_it_is_told_so(client: FlaskClient, catalog: Catalog) -> None:
    known = "".join(f"&known={milestone.key}" for milestone in path_of(catalog).active)
    page = seen(client, f"starting_point=beginner&hours_per_week=12{known}")
    assert "there is nothing to plan" in page
