"""The link in the first mail: reading it changes nothing, one button confirms, and it is for one address only."""

from __future__ import annotations

import datetime as dt

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import log_in, make_user
from tracker.accounts import tokens
from tracker.models import OutboxMail, User


def link(settings: Settings, user: User) -> str:
    return tokens.confirm_link(settings, user).removeprefix(settings.base_url)


def confirmed(session: Session, user: User) -> dt.datetime | None:
    return session.get_one(User, user.id, populate_existing=True).email_confirmed_at


def test_the_button_confirms_and_reading_does_not(client: FlaskClient, session: Session, settings: Settings) -> None:
    user = make_user(session, "grace@example.org", confirmed=False)
    address = link(settings, user)
    for _ in range(3):
        assert client.get(address, follow_redirects=True).status_code == 200
        assert client.head(address, follow_redirects=True).status_code == 200
    assert confirmed(session, user) is None
    assert "grace@example.org is confirmed" in client.post(address).text
    assert confirmed(session, user) == NOW


def test_the_same_again_is_the_same_as_once(client: FlaskClient, session: Session, settings: Settings) -> None:
    user = make_user(session, "grace@example.org", confirmed=False)
    client.post(link(settings, user))
    assert client.post(link(settings, user)).status_code == 200
    assert confirmed(session, user) == NOW


def test_it_ends_with_the_day(client: FlaskClient, session: Session, settings: Settings) -> None:
    user = make_user(session, "grace@example.org", confirmed=False)
    address = link(settings, user)
    with time_machine.travel(NOW + dt.timedelta(hours=25), tick=False):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert confirmed(session, user) is None


def test_it_is_for_the_address_it_was_sent_to(client: FlaskClient, session: Session, settings: Settings) -> None:
    user = make_user(session, "grace@example.org", confirmed=False)
    address = link(settings, user)
    user.email = "hopper@example.org"
    session.commit()
    assert client.post(address).status_code == 404
    assert confirmed(session, user) is None


def test_it_can_be_sent_again_a_few_times_a_day(client: FlaskClient, session: Session) -> None:
    log_in(client, make_user(session, "grace@example.org", confirmed=False))
    for _ in range(9):
        assert client.post("/settings/account/confirmation").status_code == 303
    assert len(session.scalars(select(OutboxMail)).all()) == 5


def test_a_page_with_a_token_sends_it_nowhere(client: FlaskClient, session: Session, settings: Settings) -> None:
    answer = client.get(link(settings, make_user(session, "grace@example.org", confirmed=False)))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_leaves_the_address_bar(client: FlaskClient, session: Session, settings: Settings) -> None:
    user = make_user(session, "grace@example.org", confirmed=False)
    for address in (link(settings, user), tokens.reset_link(settings, user).removeprefix(settings.base_url)):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (303, address.rpartition("/")[0])
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        shown = client.get(answer.location)
        assert shown.status_code == 200
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert address.rpartition("/")[2] not in shown.text


def test_a_stranger_cannot_make_up_a_link(client: FlaskClient, session: Session, settings: Settings) -> None:
    user = make_user(session, "grace@example.org", confirmed=False)
    good = link(settings, user)
    reset = tokens.reset_link(settings, user).rpartition("/")[2]
    for bad in (good[:-1], good[:-2] + "xx", "/verify-email/x", f"/verify-email/{reset}", "/verify-email/%00"):
        assert client.post(bad).status_code == 404
    assert confirmed(session, user) is None
