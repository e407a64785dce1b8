"""Putting mail into the outbox, in the transaction that causes it."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.db import Base
from tracker.models import OutboxMail

URGENT = 0
REMINDER = 1
URGENT_LIFE = dt.timedelta(hours=24)
UNASKED_LIFE = dt.timedelta(hours=48)


def enqueue(
    session: Session,
    *,
    user_id: int,
    kind: str,
    recipient: str,
    now: dt.datetime,
    context: dict[str, Any] | None = None,
) -> OutboxMail:
    """Adds an urgent mail, one that somebody waits for: it goes first, and is no use after a day. Never commits."""
    mail = OutboxMail(
        user_id=user_id,
        kind=kind,
        recipient=recipient,
        priority=URGENT,
        context=context or {},
        due_at=now,
        available_at=now,
        expires_at=now + URGENT_LIFE,
        created_at=now,
    )
    session.add(mail)
    return mail


def enqueue_unasked(
    session: Session,
    *,
    user_id: int,
    kind: str,
    recipient: str,
    rev: int,
    context: dict[str, Any],
    now: dt.datetime,
) -> None:
    """Adds a mail that nobody waits for and that has no week: held to the wishes about reminders. Never commits."""
    session.add(
        OutboxMail(
            user_id=user_id,
            kind=kind,
            recipient=recipient,
            priority=REMINDER,
            context=context,
            rev=rev,
            due_at=now,
            available_at=now,
            expires_at=now + UNASKED_LIFE,
            created_at=now,
        )
    )


def insert_new(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> int:
    """Inserts the rows that no unique key stands against and leaves the others out; how many. Never commits."""
    if not rows:
        return 0
    table = cast(Table, model.__table__)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    result = session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
    return cast(CursorResult[Any], result).rowcount
