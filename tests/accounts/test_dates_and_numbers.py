"""How dates and numbers are written: as at home, on pages and in mails; pages that caches keep are the same for all."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import weekly
from tests.people import PASSWORD
from tracker.db import SessionFactory
from tracker.locales import fitting, offered
from tracker.models import OutboxMail, User
from tracker.outbox.letters import Desk
from tracker.worker import composers

PAGE = "/settings/account"


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("en-US,en", "en_US"),
        ("de-DE,de,en-US,en", "en_DE"),
        ("en", "en_GB"),
        ("fr", "en_FR"),
        ("pt-BR", "en_GB"),
        ("", "en_GB"),
        ("*", "en_GB"),
        ("not-a-language-at-all", "en_GB"),
    ],
)
def test_a_browser_gets_a_language_that_there_is_as_its_country_writes_it(wanted: str, fits: str) -> None:
    assert fitting([tag for tag in wanted.split(",") if tag]) == fits
    assert fits in offered()


def test_a_new_account_takes_what_its_browser_asks_for(client: FlaskClient, session: Session) -> None:
    form = {"email": "grace@example.org", "password": PASSWORD, "timezone": "", "next": "/paths"}
    client.post("/signup", data=form, headers={"Accept-Language": "en-US,en;q=0.9"})
    assert session.scalars(select(User)).one().locale == "en_US"


def test_a_learner_changes_it_and_every_page_follows(learner: FlaskClient) -> None:
    assert "1 March 2027" in learner.get("/plan").text
    answer = learner.post(f"{PAGE}/locale", data={"locale": "en_US"})
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = learner.get(PAGE).text
    assert "Saved: today is March 1, 2027." in page
    assert '<html lang="en-US">' in page
    assert "8:00\u202fAM" in learner.get("/settings/reminders").text


@pytest.mark.parametrize("locale", ["", "de_DE", "en_XX", "../etc", "en_GB\0"])
def test_another_one_is_refused_beside_the_list(learner: FlaskClient, session: Session, locale: str) -> None:
    answer = learner.post(f"{PAGE}/locale", data={"locale": locale})
    assert answer.status_code == 422
    assert "Choose a country from the list." in answer.text
    assert session.scalars(select(User.locale)).one() == "en_GB"


def test_strangers_get_kept_pages_alike_and_others_as_their_browser_asks(client: FlaskClient) -> None:
    asked = {"Accept-Language": "en-US"}
    assert client.get("/paths", headers=asked).data == client.get("/paths").data
    assert '<html lang="en-US">' in client.get("/login", headers=asked).text


@pytest.mark.parametrize(
    ("locale", "said"), [("en_US", "due Mar 26"), ("en_GB", "due 26 Mar"), ("en_DE", "due 26 Mar")]
)
def test_the_weekly_mail_follows_too(
    session: Session, sessions: SessionFactory, user: User, settings: Settings, locale: str, said: str
) -> None:
    user.locale = locale
    mail = session.get_one(OutboxMail, weekly(session, user))
    written = Desk(settings, sessions, composers(settings), lambda: NOW).read([mail])[mail.id]()
    parts = [part.get_payload(decode=True) for part in message_from_bytes(written.data).walk()]
    plain, html = (part.decode() for part in parts if isinstance(part, bytes))
    assert f'<html lang="{locale.replace("_", "-")}">' in html
    assert said in plain, plain
    assert said in html


def test_who_is_not_logged_in_changes_nothing(client: FlaskClient) -> None:
    answer = client.post(f"{PAGE}/locale", data={"locale": "en_US"})
    assert (answer.status_code, answer.location) == (302, "/login")
