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
from tests.factors import Phone, add_passkey, options
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.data import erasing
from tracker.data.tables import owned
from tracker.migrate import migrate
from tracker.models import SecurityEvent, Suppression, User
from tracker.outbox.enqueue import enqueue
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
        erasing.empty_log(session)
        assert file.read_bytes().count(CANARY.encode()) > 100, "they are there, so that the test can fail"
        for user_id in leaving:
            erasing.erase(session, user_id=user_id, now=NOW)
    wal = file.with_name(file.name + "-wal")
    assert CANARY.encode() not in file.read_bytes()
    assert not wal.exists() or CANARY.encode() not in wal.read_bytes()


def test_what_a_reader_held_back_goes_with_the_daily_upkeep(
    monkeypatch: pytest.MonkeyPatch, embedded: tuple[Path, db.SessionFactory], catalog: Catalog
) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0)  # nobody waits for the reader here
    file, sessions = embedded
    wal = file.with_name(file.name + "-wal")
    with sessions() as session, sessions() as reader:
        user = people.make_user(session, f"{CANARY}@example.org")
        assert reader.scalars(select(User.email)).all() == [user.email]
        erasing.erase(session, user_id=user.id, now=NOW)
        assert CANARY.encode() in wal.read_bytes(), "so that the test can fail"
        reader.rollback()
        erasing.empty_log(session)
    assert CANARY.encode() not in file.read_bytes()
    assert not wal.exists() or CANARY.encode() not in wal.read_bytes()


def test_everything_of_theirs_goes_and_nothing_of_others(session: Session, catalog: Catalog, filled: User) -> None:
    grace = people.make_user(session, "grace@example.org")
    people.enrol(session, catalog, grace)
    fill(session, catalog, grace)
    counts = {each.name: select(func.count()).where(each.link.is_not(None)) for each in owned()}
    before = {name: session.scalar(count) for name, count in counts.items()}
    erasing.erase(session, user_id=filled.id, now=NOW)
    after = {name: session.scalar(count) for name, count in counts.items()}
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
    assert (answer.status_code, "That was too often." in answer.text) == (429, True)
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert session.get(User, filled.id) is not None


def test_a_passkey_is_enough_for_whoever_has_no_password_at_hand(
    learner: FlaskClient, session: Session, filled: User
) -> None:
    address, phone, user_id = "/settings/data/delete", Phone(), filled.id
    assert "Without a password" not in learner.get(address).text
    add_passkey(learner, phone)
    assert "Without a password" in learner.get(address).text
    used = phone.use(options(learner, "prove"))
    wrong = learner.post(address, data={"passkey-email": "someone@example.org", "passkey-credential": used})
    assert (wrong.status_code, "not the address of this account" in wrong.text) == (422, True)
    stranger = Phone(credential_id=phone.credential_id, handle=phone.handle).use(options(learner, "prove"))
    wrong = learner.post(address, data={"passkey-email": filled.email, "passkey-credential": stranger})
    assert (wrong.status_code, "That passkey was not accepted" in wrong.text) == (422, True)
    wrong = learner.post(address, data={"passkey-email": filled.email, "passkey-credential": ""})
    assert (wrong.status_code, "The browser gave no passkey" in wrong.text) == (422, True)
    assert session.get(User, user_id) is not None
    done = learner.post(address, data={"passkey-email": filled.email, "passkey-credential": used})
    assert done.status_code == 303
    assert session.scalar(select(User.id).where(User.id == user_id)) is None


def test_the_sites_log_keeps_that_somebody_left_and_not_who(
    learner: FlaskClient, session: Session, filled: User
) -> None:
    learner.post("/settings/data/delete", data={"email": filled.email, "password": people.PASSWORD})
    kept = session.scalars(select(SecurityEvent).order_by(SecurityEvent.id)).all()
    assert kept[-1].kind == "account-deleted"
    assert {(event.user_id, event.network, event.device) for event in kept} == {(None, "", "")}


def test_refusals_of_former_addresses_go_along(session: Session, filled: User) -> None:
    grace = people.make_user(session, "grace@example.org")
    for address in (filled.email, "ada@old.example", "grace@example.org"):
        session.add(Suppression(address=address, reason="refused", evidence="550", created_at=NOW))
    for address in ("ada@old.example", grace.email):  # the second is Grace's by now
        enqueue(session, user_id=filled.id, kind="email-changed", recipient=address, now=NOW)
    session.commit()
    erasing.erase(session, user_id=filled.id, now=NOW)
    assert session.scalars(select(Suppression.address)).all() == [grace.email]


def test_a_stranger_cannot(client: FlaskClient, session: Session, filled: User) -> None:
    data = {"email": filled.email, "password": people.PASSWORD}
    assert client.post("/settings/data/delete", data=data).status_code == 302
    people.log_in(client, people.make_user(session, "grace@example.org"))
    assert client.post("/settings/data/delete", data=data).status_code == 422
    assert session.get(User, filled.id) is not None
