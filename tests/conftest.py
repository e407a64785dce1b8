"""What every test may ask for: a migrated database that is rolled back, the app, a client, the moment.

SQLite unless TEST_DATABASE_URL names a PostgreSQL server (any database of it that may create others).
"""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

import config
from tests import people
from tests.chromium import running_chromium
from tests.environment import NOW, make_settings, server_url
from tracker import create_app, db, web
from tracker.catalog.loader import load_catalog
from tracker.catalog.schema import Catalog
from tracker.migrate import migrate
from tracker.models import User

pytest_plugins = ["tests.faults.table"]


@dataclass(frozen=True)
class Databases:
    """Makes migrated databases, copies of one that was migrated once, and empty ones."""

    copy: Callable[[], str]
    empty: Callable[[], str]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Migrated, empty databases on demand; those of PostgreSQL are dropped at the end."""
    server = server_url()
    if not server:
        folder = tmp_path_factory.mktemp("databases")
        yield Databases(_sqlite_copies(folder), lambda: f"sqlite:///{folder / uuid.uuid4().hex}.db")
        return
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    made: list[str] = []
    yield _postgres_databases(admin, made)
    with admin.connect() as connection:
        for name in reversed(made):
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


def _sqlite_copies(folder: Path) -> Callable[[], str]:
    template = folder / "template.db"
    engine = db.make_engine(f"sqlite:///{template}")
    migrate(engine)
    engine.dispose()

    def copy() -> str:
        target = folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(template, target)
        target.chmod(0o600)  # as a server makes it
        return f"sqlite:///{target}"

    return copy


def _postgres_databases(admin: Engine, made: list[str]) -> Databases:
    def create(template: str = "") -> str:
        name = f"waymark_test_{uuid.uuid4().hex[:12]}"
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")))
        made.append(name)
        return name

    def address(name: str) -> str:
        return make_url(str(admin.url.render_as_string(hide_password=False))).set(database=name).render_as_string(False)

    template = create()
    engine = db.make_engine(address(template))
    migrate(engine)
    engine.dispose()
    return Databases(lambda: address(create(template)), lambda: address(create()))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def fresh_database(databases: Databases) -> str:
    """The URL of a migrated database of this test's own: for threads and processes, which cannot share a connection."""
    return databases.copy()


@pytest.fixture(scope="session")
def engine(databases: Databases) -> Iterator[Engine]:
    """The database that the tests with ``session`` share; each rolls back what it did."""
    made = db.make_engine(databases.copy())
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction for the whole test; commits inside it are savepoints."""
    with engine.connect().execution_options(writes=True) as opened:
        outer = opened.begin()
        yield opened
        outer.rollback()


@pytest.fixture
def sessions(connection: Connection) -> db.SessionFactory:
    """Makes sessions that all see the same, rolled-back database."""
    return db.make_sessions(connection, join_transaction_mode="create_savepoint")


@pytest.fixture
def session(sessions: db.SessionFactory) -> Iterator[Session]:
    """The test's own session."""
    with sessions() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path, engine: Engine) -> config.Settings:
    """Settings of an installation without a mail server, its instance folder empty."""
    return make_settings(tmp_path, engine.url.render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalogue that is shipped."""
    return load_catalog(config.ROOT / "seed_data" / "paths")


@pytest.fixture
def now() -> Iterator[dt.datetime]:
    """Monday 1 March 2027, 09:00 UTC: the clock stands still there while a test asks for this."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture(scope="session")
def _app(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app for all tests: reading the catalogue a thousand times would only cost time."""
    made = create_app(make_settings(tmp_path_factory.mktemp("app"), engine.url.render_as_string(False)), engine)
    made.testing = True
    return made


@pytest.fixture
def app(_app: Flask, settings: config.Settings, sessions: db.SessionFactory, now: dt.datetime) -> Iterator[Flask]:
    """The app over this test's database, without CSRF tokens."""
    _app.config["WTF_CSRF_ENABLED"] = False
    shipped = _parts(_app)
    _app.extensions["tracker"] = replace(shipped, settings=settings, sessions=sessions)
    yield _app
    _app.extensions["tracker"] = shipped  # a test may have served another catalogue


def _parts(app: Flask) -> web.App:
    parts = app.extensions["tracker"]
    assert isinstance(parts, web.App)
    return parts


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without CSRF tokens."""
    return app.test_client()


@pytest.fixture
def csrf_client(app: Flask) -> FlaskClient:
    """A browser whose forms need their token, as in real life."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    """Ada, a beginner on the path since today: 1,040 h at 12 h a week."""
    ada = people.ada(session)
    people.enrol(session, catalog, ada)
    return ada


@pytest.fixture
def learner(client: FlaskClient, user: User) -> FlaskClient:
    """The same person, logged in."""
    people.log_in(client, user)
    return client
