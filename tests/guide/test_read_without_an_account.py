"""The guide: readable by anybody, and silent about it: no cookie, no other host."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import ada, enrol, log_in, path_of
from tracker.catalog.schema import Catalog

PAGES = ("/", "/paths", "/paths/ml-engineer")


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_sets_no_cookie(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_no_other_host_for_anything(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    tags = re.findall(r"<(?:script|link|img)[^>]+>", answer.text)
    # a canonical link is read by search engines and loaded by nobody
    loaded = re.findall(r'(?:src|href)="([^"]+)"', " ".join(tag for tag in tags if 'rel="canonical"' not in tag))
    assert loaded
    assert all(link.startswith("/") and not link.startswith("//") for link in loaded)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_path_says_how_long_it_takes_and_what_is_in_it(client: FlaskClient, catalog: Catalog) -> None:
    page = words(client.get("/paths/ml-engineer").text)
    for fact in ("9–24 months", "Months 1–3", "Months 4–7", "Months 8–12", "Months 13–18+", "PyTorch", "MLflow"):
        assert fact in page
    assert "customer segmentation" in page.lower()
    for phase in path_of(catalog).phases:
        assert all(project in page for project in phase.projects)


def test_the_landing_page_answers_how_long(client: FlaskClient) -> None:
    assert "10.4 months" in words(client.get("/").text)
    beginner = words(client.get("/?starting_point=beginner&hours_per_week=10").text)
    assert "1,040 h" in beginner
    assert "23.9 months" in beginner


@pytest.mark.parametrize(
    "query", ["starting_point=astronaut", "hours_per_week=x", "hours_per_week=-5", "hours_per_week=1e9"]
)
def test_choices_that_make_no_sense_show_the_example(client: FlaskClient, query: str) -> None:
    assert client.get(f"/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("slug", "heading"), [("data-scientist", "Become a data scientist"), ("backend-developer", "Become a backend")]
)
def test_the_landing_page_leads_with_the_path_that_is_chosen_on_it(
    client: FlaskClient, catalog: Catalog, slug: str, heading: str
) -> None:
    page = client.get(f"/?path={slug}&starting_point=beginner&hours_per_week=10").text
    path = path_of(catalog, slug)
    assert heading in page
    assert f'<option value="{slug}" selected>' in page
    assert f"{path.hours:g} h, to" in words(page)
    assert all(phase.title.replace("&", "&amp;") in page for phase in path.phases)
    assert "Europe: looked for, and no figures found." in words(page)


def test_a_start_that_the_chosen_path_does_not_know_goes_and_the_hours_stay(client: FlaskClient) -> None:
    page = client.get("/?path=backend-developer&starting_point=researcher&hours_per_week=20").text
    assert "20 h a week" in page
    assert '<option value="beginner" selected>' in page


def test_its_form_leads_to_the_roadmap_of_the_chosen_path(client: FlaskClient) -> None:
    answer = client.get("/roadmap?path=data-scientist&starting_point=ml-engineer&hours_per_week=20")
    assert answer.headers["Location"] == "/paths/data-scientist/roadmap?hours_per_week=20&starting_point=ml-engineer"
    assert "Set-Cookie" not in answer.headers
    elsewhere = client.get("/roadmap?path=data-scientist&starting_point=frontend-developer&hours_per_week=20")
    assert elsewhere.headers["Location"] == "/paths/data-scientist/roadmap?hours_per_week=20"
    assert client.get("/roadmap?path=astronaut").headers["Location"] == "/paths"


def test_a_path_that_is_chosen_leads_to_its_plan(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    log_in(client, user)
    assert "To my plan" in client.get("/paths").text


def test_an_unknown_path_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/paths/astronaut")
    assert answer.status_code == 404
    assert "nothing at this address" in answer.text
