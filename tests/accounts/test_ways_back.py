"""Whoever lost the phone, the password or both gets in again in the ways that SECURITY.md names, and in no other."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.factors import Phone, add_passkey, code, make_codes, options, set_up_app
from tests.people import PASSWORD, ada, log_in, make_user
from tracker.accounts import services, tokens
from tracker.models import OutboxMail, User

NEW = "copper-lantern-orchard-3"


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


@pytest.fixture
def codes(client: FlaskClient, user: User) -> list[str]:
    """She has an app and recovery codes, and is logged out."""
    log_in(client, user)
    set_up_app(client)
    made = make_codes(client)
    client.post("/logout")
    return made


def is_in(client: FlaskClient) -> bool:
    return client.get("/settings/account").status_code == 200


def enter(client: FlaskClient, user: User, password: str, second: str) -> bool:
    client.post("/login", data={"email": user.email, "password": password})
    client.post("/login/second-factor", data={"code": second})
    return is_in(client)


def new_password_by_mail(client: FlaskClient, session: Session, settings: Settings, user: User) -> None:
    session.refresh(user)
    address = tokens.reset_link(settings, user).removeprefix(settings.base_url)
    assert client.post(address, data={"password": NEW}).status_code == 303


def test_the_phone_is_lost_a_recovery_code_is_there(client: FlaskClient, user: User, codes: list[str]) -> None:
    assert enter(client, user, PASSWORD, codes[0])


def test_the_phone_is_lost_another_passkey_is_there(client: FlaskClient, user: User) -> None:
    stick = Phone()
    log_in(client, user)
    set_up_app(client)
    add_passkey(client, stick, "my stick")
    client.post("/logout")
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    client.post("/login/second-factor/passkey", data={"credential": stick.use(options(client, "factor"))})
    assert is_in(client)


def test_the_password_is_lost_the_mailbox_and_the_phone_are_there(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    log_in(client, user)
    secret = set_up_app(client)
    client.post("/logout")
    new_password_by_mail(client, session, settings, user)
    assert not is_in(client)
    client.post("/login", data={"email": user.email, "password": NEW})
    assert not is_in(client), "the link does not replace the second factor"
    assert enter(client, user, NEW, code(secret))


def test_the_password_is_lost_a_passkey_is_there(client: FlaskClient, session: Session, user: User) -> None:
    phone = Phone()
    log_in(client, user)
    add_passkey(client, phone)
    client.post("/logout")
    client.post("/login/passkey", data={"credential": phone.use(options(client, "log-in"))})
    assert client.post("/settings/security/password", data={"password": NEW}).status_code == 303


def test_somebody_else_made_the_account_the_mailbox_is_there(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    """They cannot lock the owner of the address out with a second factor, nor come back with a passkey."""
    thief, phone = client.application.test_client(), Phone()
    user = make_user(session, "grace@example.org", confirmed=False)
    log_in(thief, user)
    set_up_app(thief)
    add_passkey(thief, phone)
    codes = make_codes(thief)
    new_password_by_mail(client, session, settings, user)
    assert client.post("/login", data={"email": user.email, "password": NEW}).location == "/dashboard"
    assert "set up before the address was confirmed" in client.get("/settings/security").text
    assert not is_in(thief)
    thief.post("/login/passkey", data={"credential": phone.use(options(thief, "log-in"))})
    assert not is_in(thief)
    assert not enter(thief, user, PASSWORD, codes[0])
    assert "factors-dropped" in session.scalars(select(OutboxMail.context["what"].as_string())).all()


def test_both_are_lost_mailbox_and_recovery_code_are_there(
    client: FlaskClient, session: Session, settings: Settings, user: User, codes: list[str]
) -> None:
    new_password_by_mail(client, session, settings, user)
    assert enter(client, user, NEW, codes[3])


def test_everything_but_the_mailbox_is_lost_the_operator_helps(
    client: FlaskClient, session: Session, settings: Settings, user: User, codes: list[str]
) -> None:
    new_password_by_mail(client, session, settings, user)
    services.reset_factors(session, email=user.email, now=NOW)
    assert client.post("/login", data={"email": user.email, "password": NEW}).location == "/dashboard"
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail
    assert "factors-reset" in session.scalars(select(OutboxMail.context["what"].as_string())).all()
    assert "removed by whoever runs this site" in client.get("/settings/security").text


def test_the_operators_help_logs_every_browser_out(client: FlaskClient, session: Session, user: User) -> None:
    log_in(client, user)
    set_up_app(client)
    services.reset_factors(session, email=user.email, now=NOW)
    assert not is_in(client)


def test_a_stranger_cannot_use_half_of_a_way(
    client: FlaskClient, session: Session, settings: Settings, user: User, codes: list[str]
) -> None:
    assert not enter(client, user, "a-wrong-password-1", codes[0]), "a recovery code is no password"
    assert not enter(client, user, PASSWORD, codes[0][:-1] + ("A" if codes[0][-1] != "A" else "B"))
    new_password_by_mail(client, session, settings, user)
    assert not enter(client, user, NEW, "000000"), "the mailbox alone is not enough"
    assert client.post("/settings/security/app/remove").status_code == 302
    assert client.post("/settings/security/recovery-codes").status_code == 302
