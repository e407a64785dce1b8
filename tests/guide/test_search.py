"""Search: from a word or its beginning to milestones, resources and parts of the guide, best first."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.counting import asked
from tests.guide.test_read_without_an_account import words
from tracker.catalog.schema import Catalog
from tracker.guide.search import MOST_HITS, index_of, words_of


def titles(catalog: Catalog, question: str) -> list[str]:
    return [hit.entry.title for hit in index_of(catalog).find(question)]


def test_what_has_the_word_in_its_title_comes_first(catalog: Catalog) -> None:
    found = titles(catalog, "pytorch")
    assert found[0] == "PyTorch: tensors, autograd, training loop"
    assert "NumPy" in found


@pytest.mark.parametrize("question", ["EIGENVECTORS", "eigenv", "éigenvectors", "  eigenvectors  ", "eigenvectors svd"])
def test_case_accents_blanks_and_unfinished_words_do_not_matter(catalog: Catalog, question: str) -> None:
    assert titles(catalog, question)[0].startswith("Eigenvectors")


def test_every_word_has_to_occur(catalog: Catalog) -> None:
    assert "House price prediction" in titles(catalog, "house price")
    assert titles(catalog, "house astronaut") == []


@pytest.mark.parametrize(
    ("question", "kind"),
    [("calculus", "milestone"), ("salary", "guide"), ("3blue1brown", "resource"), ("sergey", "story"),
     ("how long", "question"), ("automl", "myth"), ("ml engineer", "path"), ("ai act", "guide")],
)  # fmt: skip
def test_all_kinds_of_things_are_found(catalog: Catalog, question: str, kind: str) -> None:
    assert kind in {hit.entry.kind for hit in index_of(catalog).find(question)}


def test_every_milestone_is_found_by_its_own_title(catalog: Catalog) -> None:
    for path in catalog.paths.values():
        for milestone in path.active:
            found = index_of(catalog).find(milestone.title[:80])
            assert (path.slug, milestone.key) in {(h.entry.path.slug, h.entry.key) for h in found}, milestone.title


def test_every_result_leads_to_a_page(client: FlaskClient, catalog: Catalog) -> None:
    for question in ("learning", "data", "how", "ml"):
        page = client.get("/search", query_string={"q": question}).text
        links = re.findall(r'class="hit" href="([^"]+)"', page)
        assert links
        assert len(links) <= MOST_HITS
        for link in links:
            address, _, anchor = link.partition("#")
            target = client.get(address)
            assert target.status_code == 200
            assert not anchor or f'id="{anchor}"' in target.text, link


def test_nothing_found_says_so_and_offers_the_nearest(client: FlaskClient) -> None:
    page = words(client.get("/search?q=pytroch").text)
    assert "Nothing here has all of these words: “pytroch”" in page
    assert re.search(r"Did you mean pytorch \?", page)
    assert "Did you mean" not in client.get("/search?q=qqqqqqqq").text


def test_no_question_is_an_invitation(client: FlaskClient) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20%20", "/search?q=%3F%3F"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert 'name="q"' in answer.text


def test_too_long_a_question_is_refused_in_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/search", query_string={"q": "word " * 40})
    assert answer.status_code == 422
    assert "at most 100 characters" in answer.text
    assert "word word" in answer.text


def test_a_question_is_text_and_nothing_else(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page


def test_it_sets_no_cookie_and_asks_the_database_nothing(client: FlaskClient, connection: Connection) -> None:
    with asked(connection) as statements:
        answer = client.get("/search?q=docker")
    assert "Set-Cookie" not in answer.headers
    assert statements == []


def test_words_are_taken_apart_plainly() -> None:
    assert words_of("Gradienten-Abstieg, C++ & naïve Bayes") == ["gradienten", "abstieg", "c++", "naive", "bayes"]
