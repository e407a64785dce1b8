"""Two paths side by side."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.counting import asked
from tests.guide.test_read_without_an_account import words
from tests.people import TODAY, changed, path_of
from tracker.catalog.schema import Catalog
from tracker.enrolment.drafting import Choices, draft
from tracker.guide.compare import side_by_side


@pytest.fixture
def two(app: Flask, catalog: Catalog) -> Catalog:
    """The shipped path, and a shorter one beside it that shares two of its milestones and knows its people."""
    path = path_of(catalog)
    bare: dict[str, object] = {"needs": (), "by_starting_point": {}, "by_goal": {}}
    shared = [m.model_copy(update={"shared": f"both-{m.key}"}) for m in path.milestones[:2]]
    others = [m.model_copy(update={"shared": None}) for m in path.milestones[2:]]
    left = changed(path, milestones=(*shared, *others))
    fewer = tuple(m.model_copy(update=bare) for m in (*shared, *others[:13]))
    right = changed(path, slug="short-way", title="Short Way", guide=None, milestones=fewer, phases=path.phases[:1],
                    starting_points=path.starting_points[:1])  # fmt: skip
    made = Catalog(paths={left.slug: left, right.slug: right})
    app.extensions["tracker"] = replace(app.extensions["tracker"], catalog=made)
    return made


ADDRESS = "/compare/ml-engineer/short-way"


@pytest.fixture(autouse=True)
def _back(app: Flask, catalog: Catalog) -> object:
    """The app is shared by all tests: afterwards it has the shipped catalogue again."""
    yield
    app.extensions["tracker"] = replace(app.extensions["tracker"], catalog=catalog)


def test_hours_months_phases_and_what_is_shared(client: FlaskClient, two: Catalog) -> None:
    answer = client.get(f"{ADDRESS}?hours_per_week=10")
    assert answer.status_code == 200
    page = words(answer.text)
    assert "Hours 1,040 h 260 h" in page
    for path in two.paths.values():
        months = draft(path, Choices("beginner", 10, TODAY), today=TODAY).months
        assert f"{months:.1f}" in page
        assert all(html.escape(phase.title) in page for phase in path.phases)
    assert "2 milestones are the same work" in page
    assert "no single figure with a source" in page


def test_what_carries_over_is_counted_in_hours(two: Catalog) -> None:
    left, right = two.paths["ml-engineer"], two.paths["short-way"]
    shown = side_by_side(left, right, hours_per_week=10, today=TODAY)
    to_right, to_left = shown.switches
    both = sum(mine.hours for mine, _ in shown.shared)
    assert (to_right.hours_yours, to_left.hours_yours) == (both, both)
    assert to_right.draft.plan.hours == right.hours - both


def test_other_hours_make_other_months(client: FlaskClient, two: Catalog) -> None:
    assert client.get(f"{ADDRESS}?hours_per_week=7,5").status_code == 200
    assert client.get(f"{ADDRESS}?hours_per_week=10").text != client.get(f"{ADDRESS}?hours_per_week=20").text


@pytest.mark.parametrize("hours", ["0", "81", "nan", "inf", "many", ""])
def test_hours_that_make_no_sense_are_refused_in_a_sentence(client: FlaskClient, two: Catalog, hours: str) -> None:
    answer = client.get(ADDRESS, query_string={"hours_per_week": hours})
    assert answer.status_code == 422
    assert "from 1 to 80" in answer.text
    assert f'value="{hours}"' in answer.text


def test_a_path_with_itself_is_only_that_path(client: FlaskClient) -> None:
    answer = client.get("/compare/ml-engineer/ml-engineer")
    assert (answer.status_code, answer.location) == (302, "/paths/ml-engineer")


@pytest.mark.parametrize("address", ["/compare/ml-engineer/astronaut", "/compare/astronaut/ml-engineer"])
def test_an_unknown_path_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_two_are_chosen_by_a_form(client: FlaskClient, two: Catalog) -> None:
    answer = client.get("/compare?first=short-way&second=ml-engineer&hours_per_week=9")
    assert answer.location == "/compare/short-way/ml-engineer?hours_per_week=9"
    assert client.get("/compare").location == ADDRESS


def test_choices_come_along_to_the_roadmap(client: FlaskClient, two: Catalog) -> None:
    page = client.get(f"{ADDRESS}?hours_per_week=9&starting_point=researcher&goal=text").text
    assert "/paths/ml-engineer/roadmap?hours_per_week=9&amp;goal=text&amp;starting_point=researcher" in page
    assert "/paths/short-way/roadmap?hours_per_week=9&amp;goal=text&quot;" not in page


def test_it_sets_no_cookie_and_asks_the_database_nothing(
    client: FlaskClient, connection: Connection, two: Catalog
) -> None:
    with asked(connection) as statements:
        answer = client.get(ADDRESS)
    assert "Set-Cookie" not in answer.headers
    assert statements == []


def test_it_is_the_same_whatever_the_day(two: Catalog) -> None:
    left, right = two.paths.values()
    later = TODAY + dt.timedelta(days=400)
    first = side_by_side(left, right, hours_per_week=10, today=TODAY)
    assert side_by_side(left, right, hours_per_week=10, today=later).months == pytest.approx(first.months, abs=0.05)


def test_a_learner_finds_it_on_the_page_of_the_paths_and_the_way_back(learner: FlaskClient) -> None:
    link = '<nav class="row rooms" aria-label="About paths">'
    for address in ("/paths", "/compare/ml-engineer/data-scientist", "/paths/own"):
        page = learner.get(address).text
        assert link in page, address
        assert page.count('aria-current="page"') >= 1, address
    assert 'href="/compare">Compare two</a>' in learner.get("/paths").text.replace("\n", "")
