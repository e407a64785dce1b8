"""How the sending is doing: for /readyz and `tracker reminders status`."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.counting import asked, ways
from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, prefer, urgent, weekly
from tests.people import ada
from tracker import db, migrate
from tracker.outbox import upkeep
from tracker.reminders.health import health, outbox_status, reminder_health


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


def test_a_beat_from_the_future_is_no_sign_of_life(session: Session) -> None:
    """The clock was set back, and the process that went by it may be gone."""
    beat(session, NOW + HOUR, NOW + HOUR)
    assert not is_well(session)


def test_one_process_that_works_is_enough(session: Session) -> None:
    beat(session, NOW - HOUR, NOW - HOUR)
    upkeep.beat(session, "another", now=NOW, last_pass=NOW, sent=0, failed=0)
    assert is_well(session)
    assert len(health(session, now=NOW).alive) == 1


def test_a_slot_that_nobody_takes_up_is_a_fault_even_where_no_process_ever_ran(session: Session) -> None:
    prefer(session, ada(session), next_due_at=NOW)
    assert is_well(session, NOW + 3 * MINUTE)
    found = health(session, now=NOW + 7 * MINUTE)
    assert found.troubles == ["A weekly reminder has been due for 7 min, and no process took it up."]
    assert found.lag == 7 * MINUTE


def test_a_slot_of_somebody_who_turned_reminders_off_is_none(session: Session) -> None:
    prefer(session, ada(session), next_due_at=NOW, enabled=False)
    assert is_well(session, NOW + HOUR)


def test_a_pause_is_told_and_an_alarm_is_a_fault(session: Session) -> None:
    beat(session, NOW, NOW)
    upkeep.beat(session, "a worker", now=NOW, last_pass=NOW, sent=0, failed=0, paused="connect: refused")
    assert is_well(session)
    assert outbox_status(session, now=NOW)["paused"] == "connect: refused"
    upkeep.beat(session, "a worker", now=NOW, last_pass=NOW, sent=0, failed=10, paused="policy: 554 no", alarm=True)
    status = outbox_status(session, now=NOW)
    assert status["alarm"]
    assert status["troubles"] == ["Sending is paused, because mail after mail was refused."]
    assert "554" not in str(reminder_health(session, now=NOW)), "everybody reads /readyz, and answers name addresses"
    assert not status["ok"]


def test_mails_that_are_tried_again_are_counted(session: Session) -> None:
    user = ada(session)
    prefer(session, user)
    weekly(session, user, attempts=2, reason="The mail server answered: 450 later")
    weekly(session, user, period="2027-W10")
    assert outbox_status(session, now=NOW)["retried"] == 1


def test_looking_costs_five_queries_however_much_there_is_and_reads_no_table(
    session: Session, connection: Connection
) -> None:
    user = ada(session)
    prefer(session, user, next_due_at=NOW)
    for week in range(20):
        weekly(session, user, period=f"2027-W{week:02}", state=("dead", "queued", "sent")[week % 3])
    with asked(connection) as statements:
        outbox_status(session, now=NOW)
    assert len(statements) == 5
    if connection.dialect.name == "sqlite":
        used = [line for statement in statements for line in ways(connection, statement)]
        assert [line for line in used if "outbox_mail" in line or "reminder_preference" in line] == [
            "SCAN outbox_mail USING INDEX ix_outbox_mail_queued",
            "SEARCH reminder_preference USING INDEX ix_reminder_preference_due (next_due_at>?)",
            "SEARCH outbox_mail USING INDEX ix_outbox_mail_sent (sent_at>? AND sent_at<?)",
            "SEARCH outbox_mail USING COVERING INDEX ix_outbox_mail_unsent (state=?)",
        ]


def test_readyz_says_so(session: Session, client: FlaskClient) -> None:
    beat(session, NOW, NOW)
    assert client.get("/readyz").get_json()["reminders"]["ok"]
    urgent(session, ada(session), now=NOW - HOUR)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["reminders"]["lag_seconds"] == 3600


def test_readyz_says_that_the_schema_is_another(session: Session, client: FlaskClient) -> None:
    assert client.get("/readyz").get_json()["migrations"]["ok"]
    with patch("tracker.migrate.current_revision", return_value="0001"):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["migrations"] == {"ok": False, "schema": "0001", "newest": migrate.revisions()[-1]}


def test_readyz_says_that_the_database_is_away(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    parts = app.extensions["tracker"]
    away = db.make_engine(f"sqlite:///{tmp_path}/no/such/folder.db")
    app.extensions["tracker"] = replace(parts, engine=away, sessions=db.make_sessions(away))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "it cannot be read"
    assert client.get("/healthz").status_code == 200


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
        "retried": 0,
        "dead": 1,
        "unknown": 1,
        "senders": 1,
        "paused": None,
        "alarm": False,
        "troubles": [],
        "ok": True,
    }


def test_an_empty_outbox_has_a_status(session: Session) -> None:
    assert outbox_status(session, now=NOW)["oldest_due"] is None
