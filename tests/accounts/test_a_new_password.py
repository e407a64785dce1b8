"""Forgotten: a link by mail, once, for an hour, that logs nobody in."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import PASSWORD, ada, log_in
from tracker.accounts import passwords, tokens
from tracker.models import OutboxMail, User, UserSession

NEW = "copper-lantern-orchard-3"
UNSEEN = {"synchronize_session": False}
"""As another process changes a row."""


@pytest.fixture
def user(session: Session) -> User:
    """Somebody who forgot."""
    return ada(session)


def link(settings: Settings, user: User) -> str:
    return tokens.reset_link(settings, user).removeprefix(settings.base_url)


def kinds(session: Session) -> list[str]:
    return [mail.kind for mail in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def test_the_answer_is_the_same_for_every_address(client: FlaskClient, session: Session, user: User) -> None:
    known = client.post("/forgot-password", data={"email": user.email}, follow_redirects=True)
    unknown = client.post("/forgot-password", data={"email": "nobody@example.org"}, follow_redirects=True)
    assert known.text.replace(user.email, "…") == unknown.text.replace("nobody@example.org", "…")
    assert kinds(session) == ["reset-password"]


def test_the_new_password_replaces_the_old(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    address = link(settings, user)
    assert client.get(address, follow_redirects=True).status_code == 200
    assert client.post(address, data={"password": NEW}).location == "/login"
    assert client.get("/settings/account").status_code == 302, "it logs nobody in"
    assert client.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422
    assert client.post("/login", data={"email": user.email, "password": NEW}).status_code == 303
    assert kinds(session) == ["password-changed"]


def test_it_ends_every_log_in(client: FlaskClient, session: Session, settings: Settings, user: User) -> None:
    log_in(client, user)
    session.refresh(user)
    client.application.test_client().post(link(settings, user), data={"password": NEW})
    assert session.scalars(select(UserSession)).all() == []
    assert client.get("/settings/account").status_code == 302


def test_of_two_uses_at_one_moment_one_works(
    client: FlaskClient, session: Session, settings: Settings, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing = passwords.hash_password

    def hash_while_the_other_is_quicker(password: str, settings: Settings) -> str:
        session.execute(update(User).values(password_hash=hashing(NEW, settings)), execution_options=UNSEEN)
        session.commit()
        return hashing(password, settings)

    monkeypatch.setattr(passwords, "hash_password", hash_while_the_other_is_quicker)
    assert client.post(link(settings, user), data={"password": "another-lantern-orchard"}).status_code == 404
    monkeypatch.undo()
    assert client.post("/login", data={"email": user.email, "password": NEW}).status_code == 303


def test_it_works_once(client: FlaskClient, settings: Settings, user: User) -> None:
    address = link(settings, user)
    client.post(address, data={"password": NEW})
    assert client.get(address).status_code == 404
    assert client.post(address, data={"password": "another-lantern-orchard"}).status_code == 404
    assert client.post("/login", data={"email": user.email, "password": NEW}).status_code == 303


def test_it_ends_after_an_hour(client: FlaskClient, settings: Settings, user: User) -> None:
    address = link(settings, user)
    with time_machine.travel(NOW + dt.timedelta(minutes=61), tick=False):
        assert client.get(address).status_code == 404
        assert client.post(address, data={"password": NEW}).status_code == 404


def test_a_weak_one_is_refused_and_the_link_still_works(client: FlaskClient, settings: Settings, user: User) -> None:
    address = link(settings, user)
    answer = client.post(address, data={"password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text
    assert client.post(address, data={"password": NEW}).status_code == 303


def test_a_stranger_cannot_set_it(client: FlaskClient, settings: Settings, user: User) -> None:
    good = link(settings, user)
    confirm = tokens.confirm_link(settings, user).rpartition("/")[2]
    for bad in (good[:-1], f"/reset-password/{confirm}", "/reset-password/x"):
        assert client.post(bad, data={"password": NEW}).status_code == 404
    assert client.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 303
