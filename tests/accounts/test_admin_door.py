"""Everything under /admin wants an administrator who has shown a second factor in this log-in."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factors import Phone, add_passkey, options, set_up_app
from tests.people import ada, log_in
from tracker.models import User, UserSession

SETTINGS = "/settings/security?needed=1"


@pytest.fixture
def admin(session: Session) -> User:
    user = ada(session)
    user.is_admin = True
    session.commit()
    return user


@pytest.mark.parametrize("address", ["/admin", "/admin/", "/admin/users", "/admin/no-such-page"])
def test_without_a_second_factor_they_are_sent_to_set_one_up(client: FlaskClient, admin: User, address: str) -> None:
    log_in(client, admin)
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (303, SETTINGS)
    assert "Administrators need a second factor" in client.get(SETTINGS).text


def test_whoever_has_just_set_one_up_goes_on(client: FlaskClient, admin: User) -> None:
    log_in(client, admin)
    set_up_app(client)
    assert client.get("/admin/no-such-page").status_code == 404


def test_a_passkey_alone_is_enough(client: FlaskClient, admin: User) -> None:
    phone = Phone()
    log_in(client, admin)
    add_passkey(client, phone)
    client.post("/logout")
    client.post("/login/passkey", data={"credential": phone.use(options(client, "log-in"))})
    assert client.get("/admin/no-such-page").status_code == 404


def test_a_log_in_in_which_it_was_not_shown_is_not_enough(client: FlaskClient, session: Session, admin: User) -> None:
    """None is left when a factor is set up; were it so, the door does not rely on that."""
    log_in(client, admin)
    set_up_app(client)
    session.execute(update(UserSession).values(second_factor=False))
    session.commit()
    assert client.get("/admin/no-such-page").location == SETTINGS


def test_a_factor_that_was_taken_off_is_missed_at_once(client: FlaskClient, admin: User) -> None:
    log_in(client, admin)
    set_up_app(client)
    client.post("/settings/security/app/remove")
    assert client.get("/admin/no-such-page").location == SETTINGS


def test_a_stranger_cannot_tell_that_there_is_such_a_page(client: FlaskClient, session: Session) -> None:
    assert client.get("/admin/users").status_code == 404
    log_in(client, ada(session))
    set_up_app(client)
    client.get("/settings/security")  # takes the message of the set-up along
    real, made_up = client.get("/admin"), client.get("/no-such-page")
    assert real.status_code == 404
    assert real.text == made_up.text
