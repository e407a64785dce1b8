"""The guide as it is read: every fact of the page that Waymark starts from, every figure with its source and year."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.counting import asked
from tests.guide.source_facts import CHECKED, SOURCE_PAGE, Fact, missing
from tests.guide.test_read_without_an_account import words
from tests.people import TODAY, path_of
from tracker.catalog.schema import Catalog
from tracker.enrolment.drafting import Choices, draft
from tracker.guide.pay import charts, figure_of

GUIDE = "/paths/ml-engineer"


@pytest.mark.parametrize("fact", [*SOURCE_PAGE, *CHECKED], ids=str)
def test_the_page_tells_every_fact(client: FlaskClient, fact: Fact) -> None:
    assert missing(client.get(GUIDE).text, [fact]) == []


def test_every_figure_of_pay_stands_beside_its_source_and_year(client: FlaskClient, catalog: Catalog) -> None:
    guide = path_of(catalog).guide
    assert guide
    page = client.get(GUIDE).text
    rows = [html.unescape(words(row)) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
    for table in guide.pay.values():
        for row in table.rows:
            found = [
                r for r in rows if row.place in r and words(figure_of(row)) in r and guide.sources[row.source].name in r
            ]
            assert any(row.as_of in one for one in found), row


def test_amounts_of_two_currencies_are_never_on_one_scale(catalog: Catalog) -> None:
    guide = path_of(catalog).guide
    assert guide
    seen = 0
    for table in guide.pay.values():
        for chart in charts(table, guide.sources):
            assert len({bar.row.currency for bar in chart.bars}) == 1
            seen += len(chart.bars)
            for bar in chart.bars:
                assert 0 <= bar.left <= bar.left + bar.width <= 100.05
                assert bar.middle is None or 0 <= bar.middle <= 100
    assert seen == sum(len(table.rows) for table in guide.pay.values())


def test_each_skill_is_linked_to_the_milestones_that_build_it(client: FlaskClient, catalog: Catalog) -> None:
    path = path_of(catalog)
    assert path.guide
    page = client.get(GUIDE).text
    for skill in (*path.guide.skills.technical.values(), *path.guide.skills.soft.values()):
        row = page.split(html.escape(skill.title) + "</dt>")[1].split("</div>")[0]
        assert all(f"/paths/ml-engineer/milestones/{key}" in row for key in skill.milestones)


def test_each_story_has_the_plan_of_who_starts_there_beside_it(client: FlaskClient, catalog: Catalog) -> None:
    path = path_of(catalog)
    assert path.guide
    page = client.get(GUIDE).text
    assert len(path.guide.stories) == 3
    for story in path.guide.stories.values():
        months = draft(path, Choices(story.starting_point, 15, TODAY), today=TODAY).months
        beside = words(page.split(f"<h2>{story.name}</h2>")[1].split("</section>")[0])
        assert f"Months {story.months} {months:.1f}" in beside


def test_every_anchor_of_the_page_is_there_and_no_id_is_twice(client: FlaskClient) -> None:
    page = client.get(GUIDE).text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_choices_come_along_to_roadmap_and_comparison(client: FlaskClient) -> None:
    page = client.get(f"{GUIDE}?starting_point=researcher&hours_per_week=9&goal=text&known=numpy&evil=1").text
    assert "roadmap?hours_per_week=9&amp;goal=text&amp;starting_point=researcher&amp;known=numpy" in page
    assert "evil" not in page


def test_it_asks_the_database_nothing(client: FlaskClient, connection: Connection) -> None:
    with asked(connection) as statements:
        for address in ("/", "/paths", GUIDE, f"{GUIDE}/roadmap", "/sitemap.xml", "/robots.txt"):
            assert client.get(address).status_code == 200
    assert statements == []
