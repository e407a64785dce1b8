"""The states of a mail and every change between them, each its own durable commit.

queued → claimed → sending → sent; or skipped, dead, unknown. A claim is a lease: whoever holds its token may go on,
and a lease that ran out is taken back by any sender. ``mark`` is the fence: no byte of a mail leaves before it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import OutboxMail
from tracker.outbox.wanted import still_wanted

LEASE = dt.timedelta(minutes=10)
SENDING_LEASE = dt.timedelta(minutes=11)
"""Longer than the ten minutes that a mail server may take to answer the final dot (RFC 5321)."""
RESEND_AFTER = dt.timedelta(minutes=1)

Ambiguous = Literal["resend", "hold"]
MAYBE = "The connection ended before the mail server had answered: it may or may not have arrived."


def has_work(session: Session, now: dt.datetime, *, reap: bool = True) -> bool:
    """Whether a claim would find anything: two index probes and no write, for the poll of every second."""
    waiting = exists().where(OutboxMail.state == "queued", OutboxMail.available_at <= now)
    return bool(session.scalar(select(or_(waiting, _has_expired_lease(now)) if reap else waiting)))


def expired_leases(session: Session, now: dt.datetime) -> bool:
    """Whether some sender did not come back to a mail it had claimed."""
    return bool(session.scalar(select(_has_expired_lease(now))))


def _has_expired_lease(now: dt.datetime) -> ColumnElement[bool]:
    return exists().where(OutboxMail.state.in_(("claimed", "sending")), OutboxMail.lease_until <= now)


def claim(
    session: Session, *, now: dt.datetime, limit: int, ambiguous: Ambiguous, reap: bool = True
) -> Sequence[OutboxMail]:
    """Takes up to ``limit`` mails that may go now, urgent ones first, each under a lease of ten minutes."""
    token = secrets.token_hex(16)
    with transaction(session):
        if reap:
            _reap(session, now, ambiguous)
        picked = (
            select(OutboxMail.id)
            .where(OutboxMail.state == "queued", OutboxMail.available_at <= now)
            .order_by(OutboxMail.priority, OutboxMail.available_at, OutboxMail.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves this out
            .cte("picked")
        )
        rows = session.scalars(
            update(OutboxMail)
            .where(OutboxMail.id.in_(select(picked.c.id)))
            .values(state="claimed", lease_until=now + LEASE, lease_token=token)
            .returning(OutboxMail),
            execution_options={"synchronize_session": False, "populate_existing": True},
        ).all()
    session.expunge_all()
    return sorted(rows, key=lambda mail: (mail.priority, mail.available_at, mail.id))


def _reap(session: Session, now: dt.datetime, ambiguous: Ambiguous) -> None:
    """Takes back what a sender that died had claimed: certainly not sent if not marked, else by the rule."""
    over = (OutboxMail.lease_until <= now,)
    _change(session, (OutboxMail.state == "claimed", *over), state="queued", **_NO_LEASE)
    died = (OutboxMail.state == "sending", *over)
    if ambiguous == "resend":
        _change(
            session,
            (*died, OutboxMail.ambiguous == 0),
            state="queued",
            available_at=now,
            ambiguous=1,
            reason=MAYBE,
            **_NO_LEASE,
        )
    _change(session, died, state="unknown", ambiguous=OutboxMail.ambiguous + 1, reason=MAYBE, **_NO_LEASE)


_NO_LEASE: dict[str, Any] = {"lease_until": None, "lease_token": ""}


def release(session: Session, mails: Sequence[OutboxMail]) -> None:
    """Gives claimed mails back as they were: nothing of them was sent."""
    for mail in mails:
        with transaction(session):
            _change(session, _held(mail, "claimed"), state="queued", **_NO_LEASE)


def postpone(session: Session, mail: OutboxMail, *, until: dt.datetime, reason: str) -> None:
    """Gives one claimed mail back for later without counting an attempt: the server was in trouble, not the mail."""
    with transaction(session):
        _change(session, _held(mail, "claimed"), state="queued", available_at=until, reason=reason[:200], **_NO_LEASE)


def mark(session: Session, mail: OutboxMail, *, now: dt.datetime, message_id: str, date_header: str) -> bool:
    """The fence: allows the bytes of a mail to leave, if it is still ours and still wanted; False otherwise.

    Message-ID and Date are fixed here for good: before the mark no byte has left, after it they never change.
    """
    with transaction(session):
        marked = _change(
            session,
            (*_held(mail, "claimed"), *still_wanted(now)),
            state="sending",
            lease_until=now + SENDING_LEASE,
            message_id=message_id,
            date_header=date_header,
        )
    return marked == 1


def finish(session: Session, mail: OutboxMail, **values: Any) -> bool:
    """Writes what became of a mail we hold and lets go of it; False if the lease was lost meanwhile. Never commits."""
    return _change(session, _held(mail, "claimed", "sending"), **_NO_LEASE, **values) == 1


def finish_sent(session: Session, mail: OutboxMail, **values: Any) -> bool:
    """Records that the server took the mail. Knowing beats guessing: also where the lease ran out. Never commits."""
    ours = and_(OutboxMail.lease_token == mail.lease_token, OutboxMail.state == "sending")
    guessed = OutboxMail.state.in_(("queued", "unknown"))
    return _change(session, (OutboxMail.id == mail.id, or_(ours, guessed)), state="sent", **_NO_LEASE, **values) == 1


def _held(mail: OutboxMail, *states: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMail.id == mail.id, OutboxMail.lease_token == mail.lease_token, OutboxMail.state.in_(states)


def _change(session: Session, conditions: Sequence[ColumnElement[bool]], **values: Any) -> int:
    statement = update(OutboxMail).where(*conditions).values(**values)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount
