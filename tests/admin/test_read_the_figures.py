"""Prometheus reads the figures; the world does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.counting import asked
from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, prefer, weekly
from tests.people import ada, log_in
from tracker.accounts import services as accounts
from tracker.outbox import upkeep

TOKEN = "0123456789abcdef-token"


def figures(client: FlaskClient, **options: Any) -> dict[tuple[str, ...], float]:
    """Each sample by its name and labels."""
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def change(app: Flask, **settings: Any) -> None:
    parts = app.extensions["tracker"]
    app.extensions["tracker"] = replace(parts, settings=replace(parts.settings, **settings))


def test_the_figures_are_those_of_the_database(session: Session, client: FlaskClient) -> None:
    user = ada(session)
    prefer(session, user)
    rows: list[dict[str, Any]] = [
        {"due_at": NOW - 5 * MINUTE},
        {"attempts": 2},
        {"state": "sent", "sent_at": NOW - HOUR},
        {"state": "sent", "sent_at": NOW - 25 * HOUR},
        {"state": "dead"},
        {"state": "unknown"},
    ]
    for week, row in enumerate(rows):
        weekly(session, user, period=f"2027-W{week}", **row)
    upkeep.beat(session, "w", now=NOW, last_pass=NOW - MINUTE, sent=7, failed=2, retried=3, paused="connect: no")
    seen = figures(client)
    assert {name.removeprefix("waymark_"): value for (name, *labels), value in seen.items() if not labels} == {
        "outbox_queued": 2,
        "outbox_retried": 1,
        "outbox_oldest_due_seconds": 300,
        "outbox_sent": 1,
        "outbox_dead": 1,
        "outbox_unknown": 1,
        "senders": 1,
        "sending_paused": 1,
        "sending_alarm": 0,
        "reminders_ok": 1,
        "last_pass_age_seconds": 60,
    }
    assert [seen["waymark_mails_total", outcome, "w"] for outcome in ("sent", "retried", "failed")] == [7, 3, 2]


def test_a_fresh_site_has_figures(client: FlaskClient) -> None:
    assert figures(client)["waymark_outbox_queued",] == 0


def test_they_cost_five_queries(client: FlaskClient, connection: Connection) -> None:
    with asked(connection) as statements:
        figures(client)
    assert len(statements) == 5


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_without_a_token_only_this_machine_reads_them(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
    assert client.get("/metrics", headers={header: "192.0.2.7"}).status_code == 404


def test_a_site_of_the_world_has_none_without_a_token(app: Flask, client: FlaskClient) -> None:
    """Behind a reverse proxy everybody comes from this machine."""
    change(app, base_url="https://learn.example.org")
    assert client.get("/metrics").status_code == 404
    change(app, metrics_token=TOKEN)
    assert client.get("/metrics").status_code == 404
    assert figures(client, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", "Bearer ü"]
)
def test_a_stranger_cannot(session: Session, app: Flask, client: FlaskClient, given: str) -> None:
    change(app, metrics_token=TOKEN)
    person = ada(session)
    accounts.promote(session, email=person.email, now=NOW)
    log_in(client, person)
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
