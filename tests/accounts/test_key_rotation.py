"""A new key for the site: what the former one signed lives on while it is named as a fallback, and dies with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config import Settings
from tests.factors import Phone, add_passkey, code, options, set_up_app
from tests.people import PASSWORD, ada, log_in
from tracker import create_app
from tracker.accounts import tokens
from tracker.accounts.factors import renew_secrets
from tracker.models import Authenticator, User
from tracker.reminders.tokens import unsubscribe_link

NEW_KEY = "another key for tests, also 32 bytes or more"
Rotate = Callable[[bool], FlaskClient]


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


@pytest.fixture
def rotate(app: Flask, engine: Engine, settings: Settings, client: FlaskClient) -> Rotate:
    """The same browser at the site with its new key; with the former one as a fallback or without."""

    def turn(fallback: bool) -> FlaskClient:
        turned = replace(settings, secret_key=NEW_KEY, secret_key_fallbacks=(settings.secret_key,) if fallback else ())
        made = create_app(turned, engine, app.extensions["tracker"].sessions)
        made.config["WTF_CSRF_ENABLED"] = app.config["WTF_CSRF_ENABLED"]
        other = made.test_client()
        for cookie in ("waymark", "waymark-device"):
            if found := client.get_cookie(cookie):
                other.set_cookie(cookie, found.value)
        return other

    return turn


@pytest.mark.parametrize(("fallback", "status"), [(True, 200), (False, 302)])
def test_log_ins(client: FlaskClient, user: User, rotate: Rotate, fallback: bool, status: int) -> None:
    log_in(client, user)
    assert rotate(fallback).get("/settings/account").status_code == status


@pytest.mark.parametrize(("fallback", "status"), [(True, 303), (False, 403)])
def test_open_forms(app: Flask, client: FlaskClient, user: User, rotate: Rotate, fallback: bool, status: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/login").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"email": user.email, "password": PASSWORD, "csrf_token": token}
    assert rotate(fallback).post("/login", data=data).status_code == status


@pytest.mark.parametrize(("fallback", "status"), [(True, 200), (False, 404)])
@pytest.mark.parametrize("link", ["confirm", "reset", "change", "unsubscribe"])
def test_mailed_links(settings: Settings, user: User, rotate: Rotate, fallback: bool, status: int, link: str) -> None:
    address = {
        "confirm": tokens.confirm_link(settings, user),
        "reset": tokens.reset_link(settings, user),
        "change": tokens.change_link(settings, user, "new@example.org"),
        "unsubscribe": unsubscribe_link(settings, user),
    }[link]
    answer = rotate(fallback).get(address.removeprefix(settings.base_url), follow_redirects=True)
    assert answer.status_code == status


def test_known_browsers(client: FlaskClient, user: User, rotate: Rotate) -> None:
    log_in(client, user)
    client.post("/logout")
    stranger = client.application.test_client()
    for _ in range(10):
        stranger.post("/login", data={"email": user.email, "password": "a-wrong-password-1"})
    data = {"email": user.email, "password": PASSWORD}
    assert rotate(True).post("/login", data=data).status_code == 303


def test_passkeys_and_what_they_were_asked(client: FlaskClient, user: User, rotate: Rotate) -> None:
    phone = Phone()
    log_in(client, user)
    add_passkey(client, phone)
    client.post("/logout")
    credential = phone.use(options(client, "log-in"))
    after = rotate(True)
    after.post("/login/passkey", data={"credential": credential})
    assert after.get("/settings/account").status_code == 200


@pytest.mark.parametrize(("renewed", "status"), [(True, 303), (False, 422)])
def test_authenticator_apps_are_encrypted_anew_before_the_former_key_goes(
    client: FlaskClient, session: Session, settings: Settings, user: User, rotate: Rotate, renewed: bool, status: int
) -> None:
    log_in(client, user)
    secret = set_up_app(client)
    client.post("/logout")
    if renewed:  # the reminder process does this once a day
        turned = replace(settings, secret_key=NEW_KEY, secret_key_fallbacks=(settings.secret_key,))
        before = session.scalars(select(Authenticator.secret)).one()
        renew_secrets(session, settings=turned)
        assert session.scalars(select(Authenticator.secret)).one() != before
    after = rotate(False)
    after.post("/login", data={"email": user.email, "password": PASSWORD})
    assert after.post("/login/second-factor", data={"code": code(secret)}).status_code == status
