"""How the sending is doing: for /readyz and `tracker reminders status`."""

from __future__ import annotations

import datetime as dt

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, prefer, urgent, weekly
from tests.people import ada
from tracker.outbox import upkeep
from tracker.reminders.queries import outbox_status, reminder_health


def beat(session: Session, at: dt.datetime, last_pass: dt.datetime | None) -> None:
    upkeep.beat(session, "a worker", now=at, last_pass=last_pass, sent=0, failed=0)


def is_well(session: Session, now: dt.datetime = NOW) -> bool:
    return bool(reminder_health(session, now=now)["ok"])


def test_no_reminder_process_and_no_mail_is_no_fault(session: Session) -> None:
    assert is_well(session)


def test_a_process_that_beats_and_scans_is_well(session: Session) -> None:
    beat(session, NOW, None)
    assert is_well(session, NOW + MINUTE), "it has only just begun"
    beat(session, NOW + 10 * MINUTE, NOW + 9 * MINUTE)
    assert is_well(session, NOW + 11 * MINUTE)


def test_a_process_that_fell_silent_is_noticed_within_three_minutes(session: Session) -> None:
    beat(session, NOW, NOW)
    assert not is_well(session, NOW + 3 * MINUTE + dt.timedelta(seconds=1))


def test_a_process_that_beats_but_looks_for_nothing_is_noticed_too(session: Session) -> None:
    beat(session, NOW, NOW)
    beat(session, NOW + 5 * MINUTE, NOW)
    assert not is_well(session, NOW + 5 * MINUTE)


def test_mail_that_waits_too_long_is_a_fault(session: Session) -> None:
    urgent(session, ada(session))
    assert is_well(session, NOW + 15 * MINUTE)
    assert not is_well(session, NOW + 16 * MINUTE)


def test_readyz_says_so(session: Session, client: FlaskClient) -> None:
    beat(session, NOW, NOW)
    assert client.get("/readyz").get_json()["reminders"]["ok"]
    urgent(session, ada(session), now=NOW - HOUR)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["reminders"]["lag_seconds"] == 3600


def test_the_status_counts_what_waits_and_what_became_of_the_rest(session: Session) -> None:
    user = ada(session)
    prefer(session, user)
    states = ["sent", "sent", "dead", "unknown", "skipped", "queued"]
    for week, state in enumerate(states):
        sent_at = NOW - week * 20 * HOUR if state == "sent" else None
        weekly(session, user, period=f"2027-W{week:02}", state=state, sent_at=sent_at)
    weekly(session, user, period="2026-W01", state="sent", sent_at=NOW - 30 * HOUR)
    beat(session, NOW, NOW)
    assert outbox_status(session, now=NOW) == {
        "queued": 1,
        "oldest_due": "2027-03-01T09:00:00+00:00",
        "lag_seconds": 0,
        "last_pass": "2027-03-01T09:00:00+00:00",
        "sent_24h": 2,
        "dead": 1,
        "unknown": 1,
        "ok": True,
    }


def test_an_empty_outbox_has_a_status(session: Session) -> None:
    assert outbox_status(session, now=NOW)["oldest_due"] is None
