"""One filled site for all cases; each takes back what it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection

from tests.access.world import World, make_world
from tests.conftest import Databases
from tests.environment import NOW, make_settings
from tracker import db
from tracker.catalog.schema import Catalog


@pytest.fixture(scope="session")
def world(_app: Flask, databases: Databases, catalog: Catalog) -> Iterator[World]:
    """Filled once, through the pages."""
    url = databases.copy()
    engine = db.make_engine(url)
    settings = make_settings(Path("unused"), url)
    shipped, _app.config["WTF_CSRF_ENABLED"] = _app.extensions["tracker"], False
    sessions = db.make_sessions(engine)
    _app.extensions["tracker"] = replace(shipped, settings=settings, sessions=sessions)
    with time_machine.travel(NOW, tick=False), sessions() as session:
        made = make_world(_app, engine, session, catalog, settings)
    _app.extensions["tracker"] = shipped
    yield made
    engine.dispose()


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    """As in the other rooms, of the filled database."""
    with world.engine.connect().execution_options(writes=True) as opened:
        outer = opened.begin()
        yield opened
        outer.rollback()
