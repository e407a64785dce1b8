"""Half an hour after log-in, a change of what opens the account asks who is there, and keeps what was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.factors import Phone, add_passkey, make_codes, options, set_up_app
from tests.people import PASSWORD, ada, log_in
from tracker.models import Authenticator, OutboxMail, Passkey, RecoveryCode, SecurityEvent, User

LATER = NOW + dt.timedelta(minutes=31)
NEW = "copper-lantern-orchard-3"
ASKED = "Is it you?"


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


@pytest.fixture
def later(client: FlaskClient, user: User) -> Iterator[FlaskClient]:
    """A browser that logged in 31 minutes ago."""
    log_in(client, user)
    with time_machine.travel(LATER, tick=False):
        yield client


def test_within_half_an_hour_nobody_is_asked(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    with time_machine.travel(NOW + dt.timedelta(minutes=30), tick=False):
        assert client.post("/settings/account", data={"email": "new@example.org"}).status_code == 303


def test_what_was_typed_is_kept_and_goes_on(later: FlaskClient, session: Session) -> None:
    asked = later.post("/settings/account", data={"email": "new@example.org"})
    assert asked.status_code == 403
    assert ASKED in asked.text
    assert '<input type="hidden" name="email" value="new@example.org">' in asked.text
    assert session.scalars(select(OutboxMail)).all() == []
    done = later.post("/settings/account", data={"email": "new@example.org", "proof_password": PASSWORD})
    assert done.status_code == 303
    assert session.scalars(select(OutboxMail)).one().recipient == "new@example.org"


def test_one_proof_is_enough_for_half_an_hour(later: FlaskClient) -> None:
    later.post("/settings/security/app", data={"proof_password": PASSWORD})
    assert later.post("/settings/account", data={"email": "new@example.org"}).status_code == 303


def test_a_wrong_password_is_told_and_what_was_typed_stays(later: FlaskClient, session: Session) -> None:
    answer = later.post("/settings/account", data={"email": "new@example.org", "proof_password": "wrong-password-1"})
    assert answer.status_code == 422
    assert "That is not your password." in answer.text
    assert 'value="new@example.org"' in answer.text
    assert "wrong-password-1" not in answer.text
    assert session.scalars(select(OutboxMail)).all() == []
    assert session.scalars(select(SecurityEvent.kind)).all()[-1] == "proof-failed"


def test_ten_wrong_ones_have_to_wait(later: FlaskClient) -> None:
    for _ in range(10):
        later.post("/settings/account", data={"email": "n@example.org", "proof_password": "wrong-password-1"})
    answer = later.post("/settings/account", data={"email": "n@example.org", "proof_password": PASSWORD})
    assert answer.status_code == 429
    assert 'value="n@example.org"' in answer.text


def test_a_passkey_is_a_proof_too(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    phone = Phone()
    add_passkey(client, phone)
    with time_machine.travel(LATER, tick=False):
        asked = client.post("/settings/account", data={"email": "new@example.org"})
        assert 'name="proof_credential"' in asked.text
        credential = phone.use(options(client, "prove"))
        data = {"email": "new@example.org", "proof_credential": credential}
        assert client.post("/settings/account", data=data).status_code == 303


def test_a_passkey_of_somebody_else_is_none(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    add_passkey(client, Phone())
    with time_machine.travel(LATER, tick=False):
        data = {"email": "new@example.org", "proof_credential": Phone().use(options(client, "prove"))}
        assert client.post("/settings/account", data=data).status_code == 422


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/settings/security/password", {"password": NEW}),
        ("/settings/account", {"email": "new@example.org"}),
        ("/settings/security/app", {}),
        ("/settings/security/app/confirm", {"code": "000000"}),
        ("/settings/security/app/remove", {}),
        ("/settings/security/passkeys", {"credential": "{}"}),
        ("/settings/security/passkeys/1/remove", {}),
        ("/settings/security/recovery-codes", {}),
    ],
)
def test_a_stranger_at_an_open_browser_cannot_take_the_account_over(
    client: FlaskClient, session: Session, user: User, address: str, data: dict[str, str]
) -> None:
    log_in(client, user)
    add_passkey(client, Phone())
    set_up_app(client)
    make_codes(client)
    before = _state(session, user)
    with time_machine.travel(LATER, tick=False):
        asked = client.post(address, data=data)
        assert asked.status_code == 403
        assert ASKED in asked.text
    assert _state(session, user) == before


def _state(session: Session, user: User) -> list[object]:
    session.expire_all()
    owner = session.get_one(User, user.id)
    return [
        owner.email,
        owner.password_hash,
        session.scalars(select(Passkey.id)).all(),
        session.scalars(select(Authenticator.secret)).all(),
        session.scalars(select(RecoveryCode.code_hash).order_by(RecoveryCode.code_hash)).all(),
        session.scalars(select(OutboxMail.id)).all(),
    ]
