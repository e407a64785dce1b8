"""A new account: at once, in the zone of the browser, and without telling strangers who has one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people import PASSWORD, ada, log_in
from tracker.models import OutboxMail, User, UserSession

GOOD = {"email": "Grace@Example.org", "password": PASSWORD, "timezone": "America/New_York", "next": "/paths"}


def count(session: Session, model: type[User] | type[OutboxMail]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_it_works_on_at_once(client: FlaskClient, session: Session) -> None:
    answer = client.post("/signup", data=GOOD)
    assert (answer.status_code, answer.location) == (303, "/paths")
    assert client.get("/settings/account").status_code == 200
    user = session.scalars(select(User)).one()
    assert (user.email, user.timezone, user.email_confirmed_at) == ("grace@example.org", "America/New_York", None)


def test_it_sends_one_mail_to_confirm_the_address(client: FlaskClient, session: Session) -> None:
    client.post("/signup", data=GOOD)
    mail = session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.recipient, mail.state) == ("confirm-email", "grace@example.org", "queued")
    assert mail.context == {}, "no token is kept in the database"


def test_the_password_is_kept_as_argon2id_only(client: FlaskClient, session: Session) -> None:
    client.post("/signup", data=GOOD)
    assert session.scalars(select(User)).one().password_hash.startswith("$argon2id$")


def test_without_javascript_the_zone_is_utc(client: FlaskClient, session: Session) -> None:
    client.post("/signup", data=GOOD | {"timezone": ""})
    assert session.scalars(select(User)).one().timezone == "UTC"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "", "Give your mail address"),
        ("email", "grace", "not a mail address"),
        ("email", "grace@", "not a mail address"),
        ("email", "grace@example.org\r\nBcc: all@example.org", "not a mail address"),
        ("email", "g" * 250 + "@example.org", "not a mail address"),
        ("password", "", "Give a password"),
        ("password", "short", "at least 12 characters"),
        ("password", "eleven char", "at least 12 characters"),
        ("password", "x" * 257, "at most 256"),
        ("password", "aaaaaaaaaaaaaaaa", "first passwords"),
        ("password", "passwordpassword", "first passwords"),
        ("password", "grace@example.org", "first passwords"),
        ("password", "waymarkwaymark1", "first passwords"),
        ("timezone", "Mars/Olympus", "not a time zone"),
    ],
)
def test_bad_input_is_told_beside_its_field(
    client: FlaskClient, session: Session, field: str, value: str, said: str
) -> None:
    answer = client.post("/signup", data=GOOD | {field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert PASSWORD not in answer.text
    assert count(session, User) == count(session, OutboxMail) == 0
    if field != "email":
        assert 'value="Grace@Example.org"' in answer.text


@pytest.mark.parametrize(
    "password", ["fifteen   spaces", "ünïcödé pässwörd", "七転び八起き七転び八起き", "🦉" * 3 + "twelve chars"]
)
def test_any_twelve_characters_will_do(client: FlaskClient, password: str) -> None:
    assert client.post("/signup", data=GOOD | {"password": password}).status_code == 303
    client.post("/logout")
    assert client.post("/login", data=GOOD | {"password": password}).status_code == 303


def test_next_leads_nowhere_else(client: FlaskClient) -> None:
    assert client.post("/signup", data=GOOD | {"next": "https://example.org/"}).location == "/welcome"


def test_somebody_logged_in_goes_straight_on(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    assert client.get("/signup").status_code == 303


def test_a_stranger_cannot_learn_who_has_an_account_or_get_in(client: FlaskClient, session: Session) -> None:
    owner = ada(session)
    answer = client.post("/signup", data=GOOD | {"email": "ADA@example.org"})
    assert answer.status_code == 303
    assert "/login" in answer.location
    assert session.scalars(select(UserSession)).all() == []
    assert count(session, User) == 1
    mail = session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.recipient) == ("address-taken", owner.email)


def test_a_stranger_cannot_fill_somebodys_mailbox(client: FlaskClient, session: Session) -> None:
    ada(session)
    for _ in range(8):
        client.post("/signup", data=GOOD | {"email": "ada@example.org"})
        client.post("/forgot-password", data={"email": "ada@example.org"})
    assert count(session, OutboxMail) == 10
