"""Words that mean something of their own are explained where they stand, and all of them on one page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from tracker.help.words import WORDS

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"


def test_one_page_explains_all_of_them_without_an_account(client: FlaskClient) -> None:
    answer = client.get("/help")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    for key, word in WORDS.items():
        assert f'<div id="{key}">' in answer.text
        assert str(escape(word.meaning)) in answer.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/dashboard", {"percent", "pace", "forecast", "streak"}),
        ("/plan", {"known", "can-wait", "milestone"}),
        ("/milestones/ml-engineer/numpy", {"done-when", "known"}),
        ("/plan/ways", {"can-wait"}),
        ("/paths/data-scientist/enrol?starting_point=data-analyst", {"known", "can-wait"}),
    ],
)
def test_a_word_is_explained_where_it_stands(learner: FlaskClient, address: str, words: set[str]) -> None:
    page = learner.get(address).text
    for key in words:
        assert f">{WORDS[key].name}</span></summary><p>{escape(WORDS[key].meaning)}</p>" in page


def test_every_word_that_a_page_explains_is_known_and_every_known_one_is_explained_somewhere() -> None:
    used = set()
    for file in TEMPLATES.rglob("*.html"):
        for call in re.findall(r"ui\.explain\(([^)]*)\)", file.read_text()):
            used |= set(re.findall(r'(?<!kind=)"([\w-]+)"', call))
    assert used == set(WORDS)


def test_strangers_and_learners_find_the_page_from_any_other(client: FlaskClient, learner: FlaskClient) -> None:
    assert 'href="/help"' in client.get("/paths").text
    assert 'href="/help"' in learner.get("/dashboard").text
