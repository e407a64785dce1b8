"""Heartbeats, whose clock is whose, and forgetting what is old."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from tests.environment import NOW
from tests.mailing import MINUTE, prefer, urgent, weekly
from tests.people import ada
from tracker.db import transaction
from tracker.models import OutboxMail, Sender
from tracker.outbox import owner, upkeep


def beat(session: Session, name: str, at: dt.datetime) -> None:
    upkeep.beat(session, name, now=at, last_pass=at, sent=1, failed=0)


def ended_process() -> str:
    program = "from tracker.outbox.owner import process_name; print(process_name())"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=config.ROOT
    )
    return answer.stdout.strip()


def test_a_process_knows_that_it_lives_and_that_another_has_ended() -> None:
    assert not owner.is_gone(owner.process_name())
    assert not owner.is_gone(owner.new_token())
    assert owner.is_gone(ended_process())
    assert len(owner.new_token()) <= 32


def test_nothing_is_known_about_processes_of_another_machine() -> None:
    _, number, started = ended_process().split(".")
    assert not owner.is_gone(f"ffffff.{number}.{started}")
    assert not owner.is_gone("0123456789abcdef0123456789abcdef")


def test_a_heartbeat_is_one_row_that_is_updated(session: Session) -> None:
    beat(session, "one", NOW)
    beat(session, "one", NOW + MINUTE)
    rows = session.scalars(select(Sender)).all()
    assert [(row.started_at, row.beat_at) for row in rows] == [(NOW, NOW + MINUTE)]
    upkeep.leave(session, "one")
    assert session.scalars(select(Sender)).all() == []


def test_a_run_at_another_date_notices_that_somebody_else_is_in_charge(session: Session) -> None:
    assert not upkeep.goes_by_another_clock(session, NOW), "nobody is"
    beat(session, owner.process_name(), NOW)
    assert not upkeep.goes_by_another_clock(session, NOW + 2 * MINUTE), "the same time"
    assert upkeep.goes_by_another_clock(session, NOW + dt.timedelta(weeks=1))
    assert upkeep.goes_by_another_clock(session, NOW - dt.timedelta(weeks=1))


def test_a_process_that_was_killed_is_in_charge_of_nothing(session: Session) -> None:
    beat(session, ended_process(), NOW)
    assert not upkeep.goes_by_another_clock(session, NOW + dt.timedelta(weeks=1))


def test_what_is_over_is_forgotten_after_twelve_weeks(session: Session) -> None:
    user = ada(session)
    prefer(session, user)
    old, kept = urgent(session, user), weekly(session, user)
    beat(session, ended_process(), NOW)
    beat(session, owner.process_name(), NOW)
    with transaction(session):
        session.get_one(OutboxMail, old).state = "sent"
    assert upkeep.forget_old(session, now=NOW + dt.timedelta(weeks=11)) == 0
    assert upkeep.forget_old(session, now=NOW + dt.timedelta(weeks=12, minutes=1)) == 1
    assert session.scalars(select(OutboxMail.id)).all() == [kept], "what waits is not over"


def test_a_dead_process_leaves_no_row_behind_for_long(session: Session) -> None:
    beat(session, ended_process(), NOW)
    beat(session, owner.process_name(), NOW)
    upkeep.forget_old(session, now=NOW)
    assert session.scalars(select(Sender.id)).all() == [owner.process_name()]
