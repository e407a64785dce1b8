"""Another address: confirmed where it is, told where it was, and never somebody else's."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import BARE, MINUTE, bare, post_office, prefer, weekly
from tests.people import PASSWORD, ada, log_in, make_user
from tracker.accounts import tokens
from tracker.db import SessionFactory
from tracker.models import OutboxMail, User

NEW = "ada@new.example.org"


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


def link(settings: Settings, user: User, address: str = NEW) -> str:
    return tokens.change_link(settings, user, address).removeprefix(settings.base_url)


def address_of(session: Session, user: User) -> str:
    return session.get_one(User, user.id, populate_existing=True).email


def mails(session: Session) -> list[tuple[str, str]]:
    return [(mail.kind, mail.recipient) for mail in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def test_nothing_changes_before_the_link_was_used(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    log_in(client, user)
    answer = client.post("/settings/account", data={"email": " Ada@New.example.org "}, follow_redirects=True)
    assert f"on its way to {NEW}" in answer.text
    assert mails(session) == [("change-email", NEW)]
    session.refresh(user)
    for _ in range(3):
        assert NEW in client.get(link(settings, user), follow_redirects=True).text
    assert address_of(session, user) == "ada@example.org"


def test_the_button_changes_it_and_tells_the_old_one(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    address = link(settings, user)
    assert client.post(address).status_code == 200
    assert address_of(session, user) == NEW
    assert mails(session) == [("email-changed", "ada@example.org")]
    assert client.post("/login", data={"email": NEW, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("state", ["queued", "claimed"])
def test_a_reminder_that_waits_goes_to_the_new_one(
    client: FlaskClient, session: Session, sessions: SessionFactory, settings: Settings, user: User, state: str
) -> None:
    prefer(session, user)
    waiting = weekly(session, user)
    with post_office(settings, sessions) as office:
        postman = office.postman()
        batch = postman._claimed(5) if state == "claimed" else []
        assert client.post(link(settings, user)).status_code == 200
        postman.deliver(batch)
        assert office.sink.recipients == [], "whoever had it in hand for the old address finds the fence closed"
        office.moment.passes(MINUTE)
        office.deliver(composers={**BARE, "email-changed": bare})
        assert sorted(office.sink.recipients) == ["ada@example.org", NEW]
        assert (office.mail(waiting).state, office.mail(waiting).recipient) == ("sent", NEW)


def test_it_works_once(client: FlaskClient, session: Session, settings: Settings, user: User) -> None:
    address = link(settings, user)
    client.post(address)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_it_ends_after_a_day_or_with_the_password(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    address = link(settings, user)
    with time_machine.travel(NOW + dt.timedelta(hours=25), tick=False):
        assert client.post(address).status_code == 404
    user.password_hash = "another"
    session.commit()
    assert client.post(address).status_code == 404


def test_two_want_one_address_and_the_second_click_is_refused(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    grace = make_user(session, "grace@example.org")
    first, second = link(settings, user), link(settings, grace)
    assert client.post(first).status_code == 200
    refused = client.post(second)
    assert refused.status_code == 404
    assert "no longer works" in refused.text
    assert address_of(session, grace) == "grace@example.org"


def test_a_taken_address_is_answered_the_same_and_its_owner_is_told(
    client: FlaskClient, session: Session, user: User
) -> None:
    make_user(session, "grace@example.org")
    log_in(client, user)
    free = client.post("/settings/account", data={"email": NEW}, follow_redirects=True)
    taken = client.post("/settings/account", data={"email": "grace@example.org"}, follow_redirects=True)
    assert free.text.replace(NEW, "…") == taken.text.replace("grace@example.org", "…")
    assert mails(session)[-1] == ("address-taken", "grace@example.org")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Give the new address"), ("ada", "not a mail address"), ("ADA@example.org", "your address already")],
)
def test_bad_input_is_told_beside_the_field(client: FlaskClient, user: User, typed: str, said: str) -> None:
    log_in(client, user)
    answer = client.post("/settings/account", data={"email": typed})
    assert answer.status_code == 422
    assert said in answer.text


def test_five_mails_a_day_to_one_address(client: FlaskClient, session: Session, user: User) -> None:
    log_in(client, user)
    answers = [client.post("/settings/account", data={"email": NEW}).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert len(mails(session)) == 5


def test_a_stranger_cannot_make_up_a_link(
    client: FlaskClient, session: Session, settings: Settings, user: User
) -> None:
    good = link(settings, user)
    confirm = tokens.confirm_link(settings, user).rpartition("/")[2]
    for bad in (good[:-1], good[:-2] + "xx", "/change-email/x", f"/change-email/{confirm}", "/change-email"):
        assert client.post(bad).status_code == 404
    assert address_of(session, user) == "ada@example.org"
