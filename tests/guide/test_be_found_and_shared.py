"""What search engines and those who share a link get: addresses, descriptions, structured data, all by the base URL."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient

from tests.people import path_of
from tracker.catalog.schema import Catalog

PAGES = ("/", "/paths", "/paths/ml-engineer", "/paths/ml-engineer/roadmap", "/paths/ml-engineer/milestones/numpy")


def addresses(client: FlaskClient) -> list[str]:
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    tree = ET.fromstring(answer.text)  # noqa: S314  # it is our own
    return [str(place.text) for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_the_sitemap_names_every_public_page_once_and_each_is_there(client: FlaskClient, catalog: Catalog) -> None:
    found = addresses(client)
    assert len(found) == len(set(found))
    assert {f"http://localhost{page}" for page in PAGES} <= set(found)
    milestones = [address for address in found if "/milestones/" in address]
    assert len(milestones) == sum(len(path.active) for path in catalog.paths.values())
    for address in found:
        answer = client.get(address.removeprefix("http://localhost"))
        assert answer.status_code == 200, address
        assert f'<link rel="canonical" href="{address}">' in answer.text


def test_robots_are_let_in_and_told_what_is_private(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Sitemap: http://localhost/sitemap.xml" in answer.text
    assert "Disallow: /dashboard" in answer.text
    closed = re.findall(r"Disallow: (\S+)", answer.text)
    assert not any(page.startswith(prefix) for page in PAGES for prefix in closed)


def test_titles_and_descriptions_differ_from_page_to_page(client: FlaskClient) -> None:
    heads = [client.get(page).text.split("</head>")[0] for page in PAGES]
    for pattern in (r"<title>([^<]+)</title>", r'name="description" content="([^"]+)"', r'og:url" content="([^"]+)"'):
        said = [re.findall(pattern, head) for head in heads]
        assert all(len(one) == 1 and len(one[0]) > 5 for one in said), pattern
        assert len({one[0] for one in said}) == len(PAGES)
    for head in heads:
        description = re.findall(r'name="description" content="([^"]+)"', head)[0]
        assert len(description) <= 200


def test_choices_in_an_address_do_not_make_another_page(client: FlaskClient) -> None:
    page = client.get("/paths/ml-engineer/roadmap?starting_point=researcher&hours_per_week=9").text
    assert '<link rel="canonical" href="http://localhost/paths/ml-engineer/roadmap">' in page


def test_a_host_header_changes_no_address(client: FlaskClient) -> None:
    assert "evil.example" not in client.get("/paths", headers={"Host": "evil.example"}).text


def data_of(client: FlaskClient, address: str) -> dict[str, dict[str, object]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(address).text, re.DOTALL)
    parts = [json.loads(part) for part in found]
    assert all(part["@context"] == "https://schema.org" for part in parts)
    return {part["@type"]: part for part in parts}


def test_a_path_is_a_course_and_its_questions_are_a_page_of_questions(client: FlaskClient, catalog: Catalog) -> None:
    path = path_of(catalog)
    data = data_of(client, "/paths/ml-engineer")
    course = data["Course"]
    assert (course["name"], course["url"]) == (path.title, "http://localhost/paths/ml-engineer")
    assert course["timeRequired"] == "PT1040H"
    assert path.guide
    asked = data["FAQPage"]["mainEntity"]
    assert isinstance(asked, list)
    assert [one["name"] for one in asked] == [question.question for question in path.guide.questions.values()]
    assert all(one["acceptedAnswer"]["text"] for one in asked)


@pytest.mark.parametrize("address", ["/dashboard", "/signup", "/login", "/nowhere"])
def test_a_page_that_is_not_to_be_found_has_no_canonical_address(client: FlaskClient, address: str) -> None:
    assert 'rel="canonical"' not in client.get(address).text
