"""Whoever administers the site sees all mail with what became of it, and who sends it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.counting import asked, ways
from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, prefer, urgent, weekly
from tests.people import ada, administrator, log_in
from tracker.admin import queries
from tracker.models import User
from tracker.outbox import upkeep

PAGE = "/admin/outbox"


def said(answer: TestResponse) -> str:
    """What a person reads, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def numbers(answer: TestResponse) -> list[int]:
    """The mails of a page, in its order."""
    return [int(number) for number in re.findall(r'id="mail-(\d+)"', answer.text)]


@pytest.fixture
def learner_with_mail(session: Session) -> User:
    user = ada(session)
    prefer(session, user)
    return user


@pytest.fixture
def admin(session: Session, client: FlaskClient) -> FlaskClient:
    administrator(session, client)
    return client


def test_an_empty_outbox_has_a_page(admin: FlaskClient) -> None:
    page = said(admin.get(PAGE))
    assert "0 waiting" in page
    assert "No reminder process is running." in page


def test_each_mail_is_there_with_state_reason_and_last_answer(
    session: Session, admin: FlaskClient, learner_with_mail: User
) -> None:
    said_no: dict[str, Any] = {"last_phase": "rcpt", "last_code": 550, "last_text": "5.1.1 no such user", "attempts": 1}
    dead = weekly(session, learner_with_mail, state="dead", reason="The mail server answered: 550 no", **said_no)
    answer = admin.get(PAGE)
    assert numbers(answer) == [dead]
    page = said(answer)
    assert "Weekly reminder to ada@example.org dead The mail server answered: 550 no" in page
    assert "week 2027-W09 · due Monday 1 March, 10:00, Berlin · 1 attempt" in page
    assert "last answer, at rcpt: 550 5.1.1 no such user" in page


def test_the_list_is_narrowed_to_a_state_and_a_kind(
    session: Session, admin: FlaskClient, learner_with_mail: User
) -> None:
    states = ("queued", "claimed", "sending", "sent", "skipped", "dead", "unknown")
    rows = {
        state: weekly(session, learner_with_mail, period=f"2027-W{week}", state=state)
        for week, state in enumerate(states)
    }
    letter = urgent(session, learner_with_mail)
    for state, number in rows.items():
        answer = admin.get(f"{PAGE}?state={state}&kind=weekly")
        assert numbers(answer) == [number]
        assert f'<option selected value="{state}">' in answer.text
    assert numbers(admin.get(f"{PAGE}?kind=confirm-email")) == [letter]
    assert numbers(admin.get(f"{PAGE}?state=sent&kind=confirm-email")) == []
    assert "None of this kind." in said(admin.get(f"{PAGE}?state=sent&kind=confirm-email"))


@pytest.mark.parametrize("wrong", ["state=lost", "kind=postcard", "state=" + "x" * 5000])
def test_a_filter_that_is_none_is_told(admin: FlaskClient, wrong: str) -> None:
    answer = admin.get(f"{PAGE}?{wrong}")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_pages_go_back_in_time_without_losing_or_repeating_one(
    session: Session, admin: FlaskClient, learner_with_mail: User
) -> None:
    made = [
        weekly(session, learner_with_mail, period=f"P{n}", state="dead" if n % 2 else "sent")
        for n in range(2 * queries.PAGE + 6)
    ]
    found: list[int] = []
    address: str | None = f"{PAGE}?state=dead"
    while address:
        answer = admin.get(address)
        found += numbers(answer)
        link = re.search(r'href="([^"]+)">Older mails', answer.text)
        address = unescape(link.group(1)) if link else None
    assert found == sorted(made[1::2], reverse=True)
    for odd in ("0", "-1", "99999999999999999999", "yesterday"):
        assert admin.get(f"{PAGE}?before={odd}").status_code == 200


def test_a_page_costs_the_same_with_many_mails_and_reads_no_table(
    session: Session, admin: FlaskClient, connection: Connection, learner_with_mail: User
) -> None:
    with asked(connection) as few:
        admin.get(PAGE)
    for week in range(60):
        weekly(session, learner_with_mail, period=f"P{week}", state="dead")
    with asked(connection) as many:
        admin.get(PAGE)
    assert len(many) == len(few)
    if connection.dialect.name == "sqlite":
        for state in queries.STATES:
            with asked(connection) as statements:
                queries.outbox(session, state=state, kind="", before=1000, now=NOW)
            (way, *_) = ways(connection, statements[0])
            assert "USING" in way, f"{state}: {way}"


def test_who_sends_is_listed_with_its_heartbeat(session: Session, admin: FlaskClient) -> None:
    upkeep.beat(session, "quiet", now=NOW - HOUR, last_pass=NOW - HOUR, sent=5, failed=0)
    upkeep.beat(session, "busy", now=NOW, last_pass=None, sent=12, failed=1, retried=3)
    upkeep.beat(session, "stopped", now=NOW, last_pass=NOW, sent=0, failed=9, paused="policy: 554 no", alarm=True)
    page = said(admin.get(PAGE))
    assert (
        "quiet Monday 1 March, 09:00, Berlin Monday 1 March, 09:00, Berlin 5 sent, 0 retried, 0 failed silent" in page
    )
    assert "busy Monday 1 March, 10:00, Berlin not yet 12 sent, 3 retried, 1 failed well" in page
    assert "alarm : policy: 554 no" in page


def test_a_scheduler_that_stopped_is_told_on_every_page_of_an_administrator(
    session: Session, admin: FlaskClient
) -> None:
    upkeep.beat(session, "a worker", now=NOW, last_pass=NOW, sent=0, failed=0)
    assert "notice warn" not in admin.get("/settings/reminders").text
    upkeep.beat(session, "a worker", now=NOW - 7 * MINUTE, last_pass=NOW, sent=0, failed=0)
    for page in ("/settings/reminders", "/paths", PAGE, "/nowhere"):
        assert "The reminder process has said nothing for 7 min." in said(admin.get(page))


def test_a_stranger_cannot(session: Session, client: FlaskClient, learner_with_mail: User) -> None:
    upkeep.beat(session, "a worker", now=NOW - HOUR, last_pass=NOW, sent=0, failed=0)
    nowhere = client.get("/admin/nowhere").text
    assert client.get(PAGE).status_code == 404
    assert client.get(PAGE).text == nowhere
    log_in(client, learner_with_mail)
    assert client.get(PAGE).status_code == 404
    page = client.get("/settings/reminders")
    assert PAGE not in page.text
    assert "said nothing" not in page.text
