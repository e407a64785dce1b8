"""/styleguide: for whoever builds pages, and for nobody in production."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.environment import make_settings
from tracker import create_app


def test_in_development_it_shows_the_components(client: FlaskClient) -> None:
    page = client.get("/styleguide")
    assert page.status_code == 200
    for piece in ("button danger", "table", "toast undo", "menu", "dialog", "card empty"):
        assert f'class="{piece}"' in page.text
    assert 'aria-describedby="wrong-error"' in page.text


def test_in_production_there_is_no_such_page(tmp_path: Path, engine: Engine, app: Flask) -> None:
    settings = replace(
        make_settings(tmp_path, engine.url.render_as_string(False)), env="production", base_url="https://w.example.org"
    )
    made = create_app(settings, engine, app.extensions["tracker"].sessions)
    answer = made.test_client().get("/styleguide", base_url="https://w.example.org")
    assert answer.status_code == 404
    assert "Style guide" not in answer.text
