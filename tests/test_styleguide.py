"""/styleguide: for whoever builds pages, and for nobody in production."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from config import SHIPPED
from tests.environment import make_settings
from tracker import create_app

TEMPLATES = SHIPPED / "templates"
WITHOUT_A_FACE = {"csrf", "errors", "tab", "to_plan", "wrong", "wrong_group"}
"""A token; what a field shows already, or says to screen readers; links of the frame and a button that need a place."""
SHOWN = {
    piece
    for named in re.findall(r"{% set (.*?) =", (TEMPLATES / "_ui" / "all.html").read_text())
    for piece in named.split(", ")
} - WITHOUT_A_FACE


def test_in_development_it_shows_the_components(client: FlaskClient) -> None:
    page = client.get("/styleguide")
    assert page.status_code == 200
    for piece in ("button danger", "table", "toast undo", "menu", "dialog", "card empty"):
        assert f'class="{piece}"' in page.text
    assert 'aria-describedby="wrong-error"' in page.text


@pytest.mark.parametrize("piece", sorted(SHOWN))
def test_every_piece_that_pages_may_take_is_on_it(piece: str) -> None:
    assert re.search(rf"\bui\.{piece}\(", (TEMPLATES / "styleguide.html").read_text())


@pytest.mark.parametrize("piece", sorted(SHOWN))
def test_every_piece_is_used_by_some_page(piece: str) -> None:
    pages = [page for page in TEMPLATES.rglob("*.html") if page.name != "styleguide.html" and page.parent.name != "_ui"]
    assert any(re.search(rf"\bui\.{piece}\(", page.read_text()) for page in pages)


def test_in_production_there_is_no_such_page(tmp_path: Path, engine: Engine, app: Flask) -> None:
    settings = replace(
        make_settings(tmp_path, engine.url.render_as_string(False)), env="production", base_url="https://w.example.org"
    )
    made = create_app(settings, engine, app.extensions["tracker"].sessions)
    answer = made.test_client().get("/styleguide", base_url="https://w.example.org")
    assert answer.status_code == 404
    assert "Style guide" not in answer.text
