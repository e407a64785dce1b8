"""Deleting an account takes everything with it, and no trace of it remains in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import people
from tests.data.conftest import fill
from tests.environment import NOW
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.data import services
from tracker.data.tables import owned
from tracker.migrate import migrate
from tracker.models import User
from tracker.progress import notes

CANARY = "kanarienvogel"


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[tuple[Path, db.SessionFactory]]:
    """SQLite in any case: PostgreSQL frees its pages with the next VACUUM, which is its operator's."""
    engine = db.make_engine(f"sqlite:///{tmp_path}/tracker.db")
    migrate(engine)
    yield tmp_path / "tracker.db", db.make_sessions(engine)
    engine.dispose()


def test_no_trace_of_them_is_in_the_file(embedded: tuple[Path, db.SessionFactory], catalog: Catalog) -> None:
    file, sessions = embedded
    with sessions() as session:
        for number in range(30):  # enough for the tables to be trees of several pages
            name = CANARY if number % 2 else "somebody"
            user = people.make_user(session, f"{name}-{number}@example.org")
            people.enrol(session, catalog, user)
            fill(session, catalog, user)
            body = name * 900
            notes.write_note(session, user_id=user.id, path=people.path_of(catalog), key="pandas", body=body, now=NOW)
        leaving = session.scalars(select(User.id).where(User.email.startswith(CANARY))).all()
        services.empty_log(session)
        assert file.read_bytes().count(CANARY.encode()) > 100, "they are there, so that the test can fail"
        for user_id in leaving:
            services.erase(session, user_id=user_id)
    wal = file.with_name(file.name + "-wal")
    assert CANARY.encode() not in file.read_bytes()
    assert not wal.exists() or CANARY.encode() not in wal.read_bytes()


def test_everything_of_theirs_goes_and_nothing_of_others(session: Session, catalog: Catalog, filled: User) -> None:
    grace = people.make_user(session, "grace@example.org")
    people.enrol(session, catalog, grace)
    fill(session, catalog, grace)
    tables = {each.name: each.table for each in owned()}
    before = {name: session.scalar(select(func.count()).select_from(table)) for name, table in tables.items()}
    services.erase(session, user_id=filled.id)
    after = {name: session.scalar(select(func.count()).select_from(table)) for name, table in tables.items()}
    assert {name: count * 2 for name, count in after.items() if count} == {n: c for n, c in before.items() if c}
    assert session.get(User, filled.id) is None


def test_on_the_page_it_takes_the_address_and_the_password(
    learner: FlaskClient, session: Session, filled: User
) -> None:
    address = "/settings/data/delete"
    wrong = learner.post(address, data={"email": "someone@example.org", "password": people.PASSWORD})
    assert (wrong.status_code, "not the address of this account" in wrong.text) == (422, True)
    wrong = learner.post(address, data={"email": filled.email, "password": "a wrong password"})
    assert (wrong.status_code, "not your password" in wrong.text) == (422, True)
    assert session.get(User, filled.id) is not None
    assert learner.post(address, data={"email": filled.email.upper(), "password": people.PASSWORD}).status_code == 303
    assert session.scalar(select(User.id).where(User.email == filled.email)) is None
    assert learner.get("/dashboard").status_code == 302


def test_the_password_cannot_be_guessed_there(learner: FlaskClient, session: Session, filled: User) -> None:
    data = {"email": filled.email, "password": "a wrong password"}
    for _ in range(10):
        learner.post("/settings/data/delete", data=data)
    answer = learner.post("/settings/data/delete", data=data | {"password": people.PASSWORD})
    assert (answer.status_code, "That was too often." in answer.text) == (422, True)
    assert session.get(User, filled.id) is not None


def test_a_stranger_cannot(client: FlaskClient, session: Session, filled: User) -> None:
    data = {"email": filled.email, "password": people.PASSWORD}
    assert client.post("/settings/data/delete", data=data).status_code == 302
    people.log_in(client, people.make_user(session, "grace@example.org"))
    assert client.post("/settings/data/delete", data=data).status_code == 422
    assert session.get(User, filled.id) is not None
