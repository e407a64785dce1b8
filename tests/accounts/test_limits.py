"""Guessing is slow: for one account, from one network, on the whole site; its owner is not locked out by it."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Settings
from tests.environment import NOW
from tests.people import PASSWORD, ada, log_in
from tracker import web
from tracker.accounts import limits
from tracker.accounts.visit import Visit
from tracker.db import make_engine, make_sessions, transaction
from tracker.models import SecurityEvent, TryCount, User

WRONG = "a-wrong-password-1"
FIVE_MINUTES = dt.timedelta(minutes=5)


def attempt(
    client: FlaskClient, email: str = "ada@example.org", password: str = WRONG, *, address: str = "203.0.113.7"
) -> TestResponse:
    return client.post(
        "/login", data={"email": email, "password": password}, environ_overrides={"REMOTE_ADDR": address}
    )


def kinds(session: Session) -> list[str]:
    return [event.kind for event in session.scalars(select(SecurityEvent).order_by(SecurityEvent.id))]


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


def test_the_eleventh_wrong_password_has_to_wait(client: FlaskClient, user: User) -> None:
    for _ in range(10):
        assert attempt(client).status_code == 422
    refused = attempt(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert "That was too often. Try again in 5 minutes." in refused.text
    assert 'value="ada@example.org"' in refused.text, "the typed address is kept"
    assert WRONG not in refused.text


def test_an_unknown_account_is_refused_in_the_same_words(client: FlaskClient, user: User) -> None:
    def told(email: str, address: str) -> str:
        for _ in range(10):
            attempt(client, email, address=address)
        return attempt(client, email, address=address).text.replace(email, "…")

    assert told("ada@example.org", "203.0.113.7") == told("nobody@example.org", "198.51.100.7")


def test_the_limit_of_an_account_counts_from_everywhere(client: FlaskClient, user: User) -> None:
    for number in range(10):
        assert attempt(client, address=f"198.51.100.{number}").status_code == 422
    assert attempt(client, address="198.51.100.99").status_code == 429
    assert attempt(client, "grace@example.org", address="198.51.100.99").status_code == 422


def test_the_limit_of_a_network_counts_every_account(client: FlaskClient, user: User) -> None:
    for number in range(10):
        assert attempt(client, f"learner-{number}@example.org").status_code == 422
    assert attempt(client).status_code == 429
    assert attempt(client, address="198.51.100.1").status_code == 422


def test_a_household_has_one_network_of_ipv6(client: FlaskClient, user: User) -> None:
    for number in range(10):
        attempt(client, f"learner-{number}@example.org", address=f"2001:db8:1:2::{number}")
    assert attempt(client, address="2001:db8:1:2:ffff::1").status_code == 429
    assert attempt(client, address="2001:db8:1:3::1").status_code == 422


def test_the_site_has_a_limit_too(client: FlaskClient, user: User) -> None:
    web_parts = client.application.extensions["tracker"]
    assert isinstance(web_parts, web.App)
    with web_parts.sessions() as session, transaction(session):
        for _ in range(1000):
            limits.take(session, [(limits.LOGIN_SITE, "")], settings=web_parts.settings, now=NOW)
    assert attempt(client).status_code == 429


def test_a_forged_header_makes_no_other_network(client: FlaskClient, user: User) -> None:
    for number in range(10):
        client.post(
            "/login",
            data={"email": f"learner-{number}@example.org", "password": WRONG},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    answer = client.post(
        "/login", data={"email": "ada@example.org", "password": WRONG}, headers={"X-Forwarded-For": "192.0.2.1"}
    )
    assert answer.status_code == 429


def test_the_owner_gets_in_from_a_browser_that_is_known(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    client.post("/logout")
    stranger = client.application.test_client()
    for _ in range(15):
        attempt(stranger)
    assert attempt(stranger, password=PASSWORD).status_code == 429, "even the right one, for whoever may have guessed"
    assert attempt(client, password=PASSWORD).status_code == 303


def test_a_known_browser_has_ten_tries_as_well(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    client.post("/logout")
    for _ in range(10):
        assert attempt(client).status_code == 422
    assert attempt(client, password=PASSWORD).status_code == 429


def test_a_known_browser_of_one_account_is_none_for_another(client: FlaskClient, session: Session, user: User) -> None:
    log_in(client, user)
    client.post("/logout")
    for _ in range(10):
        attempt(client, "grace@example.org")
    assert attempt(client, "grace@example.org").status_code == 429


def test_a_browser_that_a_deleted_account_knew_is_none_for_its_successor(
    client: FlaskClient, session: Session, user: User
) -> None:
    log_in(client, user)
    client.post("/logout")
    user.created_at += dt.timedelta(days=1)  # SQLite has given the number to somebody new
    session.commit()
    stranger = client.application.test_client()
    for _ in range(10):
        attempt(stranger)
    assert attempt(client, password=PASSWORD).status_code == 429


def test_it_is_over_after_five_minutes(client: FlaskClient, user: User) -> None:
    for _ in range(11):
        attempt(client)
    with time_machine.travel(NOW + FIVE_MINUTES, tick=False):
        assert attempt(client, password=PASSWORD).status_code == 303


def test_right_passwords_are_not_counted(client: FlaskClient, user: User) -> None:
    for _ in range(15):
        assert attempt(client.application.test_client(), password=PASSWORD).status_code == 303


def test_the_log_is_not_filled_by_a_guesser(client: FlaskClient, session: Session, user: User) -> None:
    for _ in range(20):
        attempt(client)
    assert kinds(session) == ["log-in-failed"] * 10 + ["log-in-limited"]


def test_no_address_is_kept_in_the_counters(client: FlaskClient, session: Session, user: User) -> None:
    attempt(client)
    rows = session.scalars(select(TryCount.bucket)).all()
    assert sorted(row.split(":")[0] for row in rows) == ["login-account", "login-network", "login-site"]
    assert not [row for row in rows if "203.0.113" in row or "ada" in row]


def test_a_setting_raises_it_for_trials(client: FlaskClient, user: User) -> None:
    parts = client.application.extensions["tracker"]
    client.application.extensions["tracker"] = replace(parts, settings=replace(parts.settings, login_limit=1000))
    for _ in range(30):
        assert attempt(client).status_code == 422


def test_twenty_sign_ups_an_hour_from_one_network(client: FlaskClient, session: Session) -> None:
    def sign_up(number: int) -> TestResponse:
        browser = client.application.test_client()
        return browser.post("/signup", data={"email": f"learner-{number}@example.org", "password": PASSWORD})

    for number in range(20):
        assert sign_up(number).status_code == 303
    refused = sign_up(20)
    assert refused.status_code == 429
    assert 'value="learner-20@example.org"' in refused.text
    assert int(refused.headers["Retry-After"]) <= 3600


def test_five_links_a_day_for_every_address(client: FlaskClient, session: Session, user: User) -> None:
    def told(email: str) -> tuple[list[int], str]:
        answers = [client.post("/forgot-password", data={"email": email}) for _ in range(6)]
        return [answer.status_code for answer in answers], answers[-1].text.replace(email, "…")

    known, unknown = told("ada@example.org"), told("nobody@example.org")
    assert known == unknown
    assert known[0] == [303] * 5 + [429]


def test_many_at_once_are_counted_one_by_one(fresh_database: str, settings: Settings) -> None:
    """Two processes behave as these threads do: each has its own connection, and one statement counts."""
    engine = make_engine(fresh_database)
    sessions, let_in = make_sessions(engine), []

    def guess() -> None:
        with sessions() as session:
            with transaction(session):
                wait = limits.take(session, [(limits.LOGIN_ACCOUNT, "ada@example.org")], settings=settings, now=NOW)
            let_in.append(wait == 0)

    threads = [threading.Thread(target=guess) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert (sum(let_in), len(let_in)) == (10, 40)


def test_a_stranger_cannot_use_up_everybodys_tries(client: FlaskClient, user: User) -> None:
    parts = client.application.extensions["tracker"]
    counted = [(limits.LOGIN_NETWORK, Visit("203.0.113.7").subject), (limits.LOGIN_SITE, "")]
    for _ in range(1100):
        with parts.sessions() as session, transaction(session):
            limits.take(session, counted, settings=parts.settings, now=NOW)
    assert attempt(client, address="198.51.100.1").status_code == 422
