"""Putting mail into the outbox, in the transaction that causes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, String, Table, any_, bindparam, literal, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from tracker.db import UTC, Base
from tracker.models import OutboxMail, ReminderPreference, User

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


class Week(NamedTuple):
    """A reminder that many learners get alike, but for its words."""

    kind: str
    period: str
    due_at: dt.datetime
    expires_at: dt.datetime
    reason: str
    """Why it is skipped at once; empty where it is to be sent."""


class _later(FunctionElement[dt.datetime]):  # noqa: N801  # reads as the function of SQL that it is
    """An instant and a number of seconds after it, as the database itself reckons it."""

    type = UTC()
    inherit_cache = True


@compiles(_later, "sqlite")
def _later_on_sqlite(element: _later, compiler: SQLCompiler, **kw: Any) -> str:
    instant, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"strftime('%Y-%m-%d %H:%M:%f', {instant}, ({seconds}) || ' seconds') || '000'"


@compiles(_later, "postgresql")
def _later_on_postgresql(element: _later, compiler: SQLCompiler, **kw: Any) -> str:
    instant, seconds = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{instant} + make_interval(secs => {seconds})"


def enqueue_week(
    session: Session, week: Week, user_ids: Sequence[int], *, now: dt.datetime, spread_seconds: int
) -> int:
    """Adds one reminder for each of these learners who has none of that week yet; how many. Never commits.

    ``spread_seconds``: how long after the slot the last of all learners' mails may go; each has their place in it.
    """
    values = {
        "kind": week.kind,
        "period": week.period,
        "due": week.due_at,
        "expires": week.expires_at,
        "state": "skipped" if week.reason else "queued",
        "reason": week.reason,
        "now": now,
        "whose": user_ids,
        "spread": max(1, spread_seconds),
    }
    statement = _WEEK[session.get_bind().dialect.name]
    added = session.execute(statement, values, execution_options={"preserve_rowcount": True})
    return cast(CursorResult[Any], added).rowcount


def in_whose(column: ColumnElement[int], dialect: str) -> ColumnElement[bool]:
    """Whether it is one of the parameter ``whose``, a list of ids.

    As one array PostgreSQL plans the statement once and not for each list: a third of the time is saved. SQLite has
    no arrays; it reads the ids in the text.
    """
    if dialect == "postgresql":
        return column == any_(bindparam("whose", type_=postgresql.ARRAY(BigInteger)))
    return column.in_(bindparam("whose", expanding=True, literal_execute=True))


def _week_statement(dialect: str) -> Any:
    """From the learners' own rows, so that nothing of them goes through our hands: built once."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    wish, user, mail = (cast(Table, model.__table__) for model in (ReminderPreference, User, OutboxMail))
    # Knuth's multiplicative hash: always the same for one learner, even over all.
    place = wish.c.user_id * literal(2_654_435_761, BigInteger) % literal(4_294_967_296, BigInteger)
    due = bindparam("due", type_=UTC())
    fixed: dict[str, Any] = {
        "context": literal_column("'{}'"), "priority": literal_column(str(REMINDER)),
        **dict.fromkeys(("attempts", "ambiguous"), literal_column("0")),
        **dict.fromkeys(("lease_token", "last_phase", "last_text", "message_id", "date_header"), literal_column("''")),
    }  # fmt: skip
    columns: dict[str, Any] = {
        "user_id": wish.c.user_id,
        "recipient": user.c.email,
        "rev": wish.c.rev,
        "kind": bindparam("kind", type_=String()),
        "period": bindparam("period", type_=String()),
        "due_at": due,
        "available_at": _later(due, place % bindparam("spread", type_=BigInteger())),
        "expires_at": bindparam("expires", type_=UTC()),
        "state": bindparam("state", type_=String()),
        "reason": bindparam("reason", type_=String()),
        "created_at": bindparam("now", type_=UTC()),
        **fixed,
    }
    rows = (
        select(*columns.values())
        .join_from(wish, user, user.c.id == wish.c.user_id)
        .where(in_whose(wish.c.user_id, dialect))
    )
    return insert(mail).from_select(list(columns), rows, include_defaults=False).on_conflict_do_nothing()


_WEEK = {dialect: _week_statement(dialect) for dialect in ("sqlite", "postgresql")}


def insert_new(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> int:
    """Inserts the rows that no unique key stands against and leaves the others out; how many. Never commits."""
    if not rows:
        return 0
    table = cast(Table, model.__table__)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    result = session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
    return cast(CursorResult[Any], result).rowcount
