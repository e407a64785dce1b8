"""The page on which somebody chooses when the weekly mail comes."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import ROOT, MailServer
from tests.environment import NOW
from tests.mailing import prefer, weekly
from tests.people import ada, enrol, log_in, make_user
from tracker import web
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, Suppression, User
from tracker.reminders import services
from tracker.reminders.queries import KINDS

WISHES = {"enabled": "y", "weekday": "2", "hour": "18", "timezone": "Europe/Berlin"}
PAGE = "/settings/reminders"


def said(answer: TestResponse) -> str:
    """What a person reads, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def save(client: FlaskClient, **wishes: str) -> TestResponse:
    return client.post(PAGE, data=WISHES | wishes, follow_redirects=True)


def test_the_next_mail_is_named_in_words(session: Session, client: FlaskClient, catalog: Catalog, app: Flask) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    log_in(client, user)
    assert "Next mail Monday 8 March, 08:00, Berlin" in said(client.get(PAGE))
    assert "Next mail Wednesday 3 March, 18:00, Berlin" in said(save(client))
    parts = app.extensions["tracker"]
    app.extensions["tracker"] = replace(parts, settings=replace(parts.settings, mail_spread=15))
    assert "Wednesday 3 March, 18:00, Berlin , or up to 15 minutes later" in said(client.get(PAGE))


def test_what_was_chosen_is_shown_again_and_takes_effect(session: Session, client: FlaskClient) -> None:
    user = ada(session)
    log_in(client, user)
    answer = save(client, timezone="America/New_York")
    assert "Saved: every Wednesday at 18:00, New York." in said(answer)
    assert '<option selected value="2">Wednesday' in answer.text
    assert '<option selected value="18">18:00' in answer.text
    assert '<option selected value="America/New_York">New York' in answer.text
    saved = session.get_one(ReminderPreference, user.id, populate_existing=True)
    assert saved.next_due_at == dt.datetime(2027, 3, 3, 23, 0, tzinfo=dt.UTC)
    assert session.get_one(User, user.id, populate_existing=True).timezone == "America/New_York"


def test_without_the_tick_no_mail_comes(session: Session, client: FlaskClient) -> None:
    user = ada(session)
    log_in(client, user)
    save(client)
    answer = client.post(PAGE, data={k: v for k, v in WISHES.items() if k != "enabled"}, follow_redirects=True)
    assert "Saved: no weekly reminder." in said(answer)
    assert "None: reminders are off." in said(answer)
    saved = session.get_one(ReminderPreference, user.id, populate_existing=True)
    assert (saved.enabled, saved.next_due_at) == (False, None)


def test_saving_the_same_again_changes_nothing(session: Session, client: FlaskClient) -> None:
    user = ada(session)
    log_in(client, user)
    save(client)
    before = session.get_one(ReminderPreference, user.id, populate_existing=True).rev
    save(client)
    assert session.get_one(ReminderPreference, user.id, populate_existing=True).rev == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekday", "7"),
        ("weekday", "-1"),
        ("weekday", "monday"),
        ("weekday", ""),
        ("hour", "24"),
        ("hour", "8.5"),
        ("hour", ""),
        ("timezone", "Europe/Atlantis"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "x" * 5000),
        ("timezone", ""),
    ],
)
def test_bad_input_comes_back_with_a_sentence_and_changes_nothing(
    session: Session, client: FlaskClient, field: str, value: str
) -> None:
    user = ada(session)
    log_in(client, user)
    answer = client.post(PAGE, data=WISHES | {field: value})
    assert answer.status_code == 422
    assert re.search(rf'class="error" id="{field}-error">Choose the [a-z ]+ from the list', answer.text)
    others = {"weekday": "Wednesday", "hour": "18:00", "timezone": "Berlin"}
    for kept in others.keys() - {field}:
        assert re.search(rf"<option selected [^>]*>{others[kept]}", answer.text), "the other choices are kept"
    assert session.get(ReminderPreference, user.id) is None


@pytest.mark.parametrize("field", ["weekday", "hour", "timezone"])
def test_a_missing_field_is_asked_for(session: Session, client: FlaskClient, field: str) -> None:
    log_in(client, ada(session))
    answer = client.post(PAGE, data={k: v for k, v in WISHES.items() if k != field})
    assert answer.status_code == 422


def test_without_a_mail_server_the_page_says_where_mails_go(session: Session, client: FlaskClient, app: Flask) -> None:
    log_in(client, ada(session))
    parts = app.extensions["tracker"]
    assert isinstance(parts, web.App)
    page = said(client.get(PAGE))
    assert "No mail server is set on this machine." in page
    assert str(parts.settings.mail_dir) in page
    app.extensions["tracker"] = replace(parts, settings=replace(parts.settings, mail=MailServer("localhost", 25)))
    assert "No mail server" not in said(client.get(PAGE))


def test_an_address_that_is_not_confirmed_is_named(session: Session, client: FlaskClient) -> None:
    user = make_user(session, "eve@example.org", confirmed=False)
    log_in(client, user)
    assert "until you have confirmed that eve@example.org is yours" in said(client.get(PAGE))


def test_an_address_that_was_refused_is_told_and_can_be_tried_again(
    session: Session, client: FlaskClient, catalog: Catalog
) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    with transaction(session):
        row = Suppression(address=user.email, reason="hard", evidence="5.1.1 no such user", created_at=NOW)
        session.add(row)
    log_in(client, user)
    for page in (PAGE, "/dashboard"):
        assert "refused your address, ada@example.org : “5.1.1 no such user”" in said(client.get(page))
    answer = client.post(f"{PAGE}/address", follow_redirects=True)
    assert "The next reminder goes to ada@example.org again." in said(answer)
    assert "refused your address" not in said(answer)
    assert session.scalars(select(Suppression)).all() == []


def test_the_last_mails_are_listed_with_what_became_of_them(session: Session, client: FlaskClient) -> None:
    user = ada(session)
    prefer(session, user)
    weekly(session, user, state="sent", sent_at=NOW)
    dead = weekly(session, user, period="2027-W08", state="dead", reason="The mail server answered: 550 no")
    log_in(client, user)
    page = said(client.get(PAGE))
    assert "Weekly reminder Monday 1 March, 10:00, Berlin sent" in page
    assert "not delivered The mail server answered: 550 no" in page
    with transaction(session):
        session.get_one(OutboxMail, dead).state = "queued"
    assert "It was due on Monday 1 March, 10:00, Berlin and is on its way." in said(client.get(PAGE))


def test_before_the_first_mail_the_list_says_when_it_comes_or_what_it_waits_for(
    session: Session, client: FlaskClient, catalog: Catalog
) -> None:
    user = ada(session)
    log_in(client, user)
    assert "None yet. Reminders begin once you are on a path: choose one ." in said(client.get(PAGE))
    enrol(session, catalog, user)
    assert "None yet. The first comes on Monday 8 March, 08:00, Berlin." in said(client.get(PAGE))
    services.unsubscribe(session, user_id=user.id)
    assert "None yet, and none is to come while reminders are off." in said(client.get(PAGE))
    with transaction(session):
        user.email_confirmed_at = None
    assert "None yet: the first comes once your address is confirmed." in said(client.get(PAGE))


def test_every_kind_of_mail_has_a_name_in_the_list() -> None:
    kinds = {file.name.removesuffix(".subject.txt") for file in (ROOT / "templates/emails").glob("*.subject.txt")}
    assert kinds == set(KINDS)


def test_a_stranger_cannot_see_or_change_them(session: Session, client: FlaskClient) -> None:
    user = ada(session)
    prefer(session, user)
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, data=WISHES).status_code == 302
    eve = make_user(session, "eve@example.org")
    log_in(client, eve)
    save(client)
    mine = session.get_one(ReminderPreference, user.id, populate_existing=True)
    assert (mine.weekday, mine.hour, mine.rev) == (0, 8, 0)


def test_a_stranger_cannot_have_my_address_tried_again(session: Session, client: FlaskClient) -> None:
    user, eve = ada(session), make_user(session, "eve@example.org")
    with transaction(session):
        session.add(Suppression(address=user.email, reason="hard", evidence="no", created_at=NOW))
    assert client.post(f"{PAGE}/address").status_code == 302
    log_in(client, eve)
    client.post(f"{PAGE}/address", data={"next": "https://elsewhere.example"})
    assert len(session.scalars(select(Suppression)).all()) == 1
