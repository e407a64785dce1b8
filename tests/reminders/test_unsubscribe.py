"""The way out: one signed address, harmless to read, final to post to (RFC 8058)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import prefer, weekly
from tests.people import ada, log_in, make_user
from tracker import signing
from tracker.data.erasing import erase
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.reminders.tokens import unsubscribe_link

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def user(session: Session) -> User:
    made = ada(session)
    prefer(session, made)
    return made


@pytest.fixture
def way_out(settings: Settings, user: User) -> str:
    return urlsplit(unsubscribe_link(settings, user)).path


def preference(session: Session, user: User) -> ReminderPreference:
    return session.get_one(ReminderPreference, user.id, populate_existing=True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_it_changes_nothing_however_often(
    session: Session, client: FlaskClient, user: User, way_out: str, method: str
) -> None:
    for _ in range(20):
        assert client.open(way_out, method=method).status_code == 200
    assert (preference(session, user).enabled, preference(session, user).rev) == (True, 0)


def test_a_mail_program_stops_the_reminders_in_one_post(
    session: Session, csrf_client: FlaskClient, user: User, way_out: str
) -> None:
    waiting = weekly(session, user)
    answer = csrf_client.post(way_out, data=ONE_CLICK)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    assert (preference(session, user).enabled, preference(session, user).next_due_at) == (False, None)
    skipped = session.get_one(OutboxMail, waiting, populate_existing=True)
    assert (skipped.state, skipped.reason) == ("skipped", "Reminders were turned off.")


def test_a_person_finds_one_button_that_works_without_log_in(
    session: Session, csrf_client: FlaskClient, user: User, way_out: str
) -> None:
    page = csrf_client.get(way_out).text
    assert page.count("<button") == 1
    assert "Stop the weekly mail" in page
    answer = csrf_client.post(way_out)
    assert answer.status_code == 200
    assert "The weekly mail is off" in answer.text
    assert not preference(session, user).enabled


def test_it_works_from_a_browser_that_is_logged_in(
    session: Session, app: Flask, client: FlaskClient, user: User, way_out: str
) -> None:
    log_in(client, user)
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(way_out, data=ONE_CLICK).status_code == 200
    assert not preference(session, user).enabled


def test_the_same_again_is_the_same_as_once(session: Session, client: FlaskClient, user: User, way_out: str) -> None:
    for _ in range(3):
        assert client.post(way_out, data=ONE_CLICK).status_code == 200
    assert preference(session, user).rev == 1


def test_it_still_answers_when_the_account_is_gone(
    session: Session, client: FlaskClient, user: User, way_out: str
) -> None:
    erase(session, user_id=user.id, now=NOW)
    assert client.post(way_out, data=ONE_CLICK).status_code == 200


def test_the_next_account_with_the_same_number_is_left_alone(
    session: Session, client: FlaskClient, user: User, way_out: str
) -> None:
    user.created_at += dt.timedelta(days=1)  # as where SQLite gives the number to somebody new
    session.commit()
    assert client.post(way_out, data=ONE_CLICK).status_code == 200
    assert preference(session, user).enabled


@pytest.mark.parametrize("how", ["by its number alone", "with its account"])
def test_a_mail_of_an_older_version_is_stopped_too(
    session: Session, client: FlaskClient, settings: Settings, user: User, how: str
) -> None:
    account = signing.unsign_words(settings.keys, "unsubscribe", unsubscribe_link(settings, user).split("/")[-1])[1]
    payload = user.id if how == "by its number alone" else [user.id, account]
    old = signing.sign(settings.keys, "unsubscribe", payload)
    assert client.post(f"/unsubscribe/{old}", data=ONE_CLICK).status_code == 200
    assert not preference(session, user).enabled


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda _t: "x", lambda t: t.upper()])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_is_not_ours_is_a_404(
    session: Session, client: FlaskClient, user: User, way_out: str, change: Callable[[str], str], method: str
) -> None:
    folder, token = way_out.rsplit("/", 1)
    assert client.open(f"{folder}/{change(token)}", method=method).status_code == 404
    assert preference(session, user).enabled


def test_a_token_for_another_purpose_does_not_open_it(client: FlaskClient, settings: Settings, user: User) -> None:
    other = signing.sign(settings.secret_key, "calendar", user.id)
    assert client.post(f"/unsubscribe/{other}", data=ONE_CLICK).status_code == 404
    odd = signing.sign(settings.secret_key, "unsubscribe", [user.id])
    assert client.post(f"/unsubscribe/{odd}", data=ONE_CLICK).status_code == 404


def test_the_address_says_the_same_in_every_mail_and_no_time(settings: Settings, user: User) -> None:
    assert unsubscribe_link(settings, user) == unsubscribe_link(settings, user)
    assert unsubscribe_link(settings, user).startswith("http://localhost/unsubscribe/")


def test_a_stranger_cannot_stop_my_reminders_with_his_own_link(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    eve = make_user(session, "eve@example.org")
    prefer(session, eve)
    client.post(urlsplit(unsubscribe_link(settings, eve)).path, data=ONE_CLICK)
    assert preference(session, user).enabled
    assert not preference(session, eve).enabled
