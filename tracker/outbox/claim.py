"""The states of a mail and every change between them, each its own durable commit.

queued → claimed → sending → sent; or skipped, dead, unknown. A claim is a lease: whoever holds its token may go on,
and a lease that ran out, or whose process is dead, is taken back by any sender. ``mark`` is the fence: no byte of a
mail leaves before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.language import gettext_noop
from tracker.models import OutboxMail
from tracker.outbox import owner
from tracker.outbox.alarm import is_ringing
from tracker.outbox.enqueue import REMINDER, URGENT
from tracker.outbox.states import LEASED, QUEUED
from tracker.outbox.wanted import STILL_WANTED

LEASE = dt.timedelta(minutes=10)
SENDING_LEASE = dt.timedelta(minutes=11)
"""Longer than the ten minutes that a mail server may take to answer the final dot (RFC 5321)."""
RESEND_AFTER = dt.timedelta(minutes=1)

Ambiguous = Literal["resend", "hold"]
MAYBE = gettext_noop("The connection ended before the mail server had answered: it may or may not have arrived.")


def has_work(session: Session, now: dt.datetime, *, guest: bool = False) -> bool:
    """Whether a claim would find anything, and no alarm pauses it: a few index probes and no write, each second."""
    probes = [exists().where(*_may_go(now, priority, guest)) for priority in _priorities(guest)]
    if not guest:
        probes.append(exists().where(LEASED, OutboxMail.lease_until <= now))
    return bool(session.scalar(select(and_(or_(*probes), ~is_ringing(now)))))


def claim(
    session: Session, *, now: dt.datetime, limit: int, ambiguous: Ambiguous, guest: bool = False
) -> Sequence[OutboxMail]:
    """Takes mails that may go now under a lease of ten minutes: one that is urgent, else up to ``limit`` reminders.

    Urgent ones singly, so that none waits in the hands of one sender while another has nothing to do.

    A guest goes by another clock than the process in charge of this database. By it that one's leases look over and
    its waiting mails too old, and what it would sign carries a wrong time; so it takes reminders alone, and only fresh
    ones.
    """
    token = owner.new_token()
    rows: Sequence[OutboxMail] = ()
    with transaction(session):
        if not guest:
            _take_back(session, OutboxMail.lease_until <= now, now, ambiguous)
        for priority in _priorities(guest):
            most = min(limit, 1) if priority == URGENT else limit
            rows = _take(session, _may_go(now, priority, guest), most, token, now)
            if rows:
                break
    session.expunge_all()
    return sorted(rows, key=lambda mail: (mail.available_at, mail.id))


def _priorities(guest: bool) -> Sequence[int]:
    return (REMINDER,) if guest else (URGENT, REMINDER)


def _may_go(now: dt.datetime, priority: int, guest: bool) -> tuple[ColumnElement[bool], ...]:
    fresh = (OutboxMail.expires_at > now,) if guest else ()
    return QUEUED, OutboxMail.priority == priority, OutboxMail.available_at <= now, *fresh


def _take(
    session: Session, conditions: tuple[ColumnElement[bool], ...], limit: int, token: str, now: dt.datetime
) -> Sequence[OutboxMail]:
    picked = (
        select(OutboxMail.id)
        .where(*conditions)
        .order_by(OutboxMail.available_at, OutboxMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves this out
        .cte("picked")
    )
    return session.scalars(
        update(OutboxMail)
        .where(OutboxMail.id.in_(select(picked.c.id)))
        .values(state="claimed", lease_until=now + LEASE, lease_token=token)
        .returning(OutboxMail),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).all()


def take_back_from_the_dead(session: Session, *, now: dt.datetime, ambiguous: Ambiguous) -> None:
    """What a process of this machine held when it was killed goes on at once, without waiting for the lease."""
    tokens = session.scalars(select(OutboxMail.lease_token).where(LEASED).distinct()).all()
    gone = [token for token in tokens if owner.is_gone(token)]
    if gone:
        with transaction(session):
            _take_back(session, OutboxMail.lease_token.in_(gone), now, ambiguous)


def _take_back(session: Session, whose: ColumnElement[bool], now: dt.datetime, ambiguous: Ambiguous) -> None:
    """Certainly not sent if not marked, else by the rule: one more try with the same Message-ID, or unknown."""
    _change(session, (LEASED, OutboxMail.state == "claimed", whose), state="queued", **_NO_LEASE)
    died = (LEASED, OutboxMail.state == "sending", whose)
    if ambiguous == "resend":
        again = {"state": "queued", "available_at": now, "ambiguous": 1, "reason": MAYBE}
        _change(session, (*died, OutboxMail.ambiguous == 0), **again, **_NO_LEASE)
    _change(session, died, state="unknown", ambiguous=OutboxMail.ambiguous + 1, reason=MAYBE, **_NO_LEASE)


_NO_LEASE: dict[str, Any] = {"lease_until": None, "lease_token": ""}


def release(session: Session, mails: Sequence[OutboxMail]) -> None:
    """Gives the mails of one claim back as they were: nothing of them was sent, though one may have been marked."""
    ours = (OutboxMail.id.in_([mail.id for mail in mails]), OutboxMail.lease_token == mails[0].lease_token)
    with transaction(session):
        _change(session, (*ours, OutboxMail.state.in_(("claimed", "sending"))), state="queued", **_NO_LEASE)


def release_all(session: Session, process: str) -> int:
    """Gives back what this process has claimed; how many mails it is sending at this moment, which stay its own."""
    ours = (LEASED, OutboxMail.lease_token.startswith(f"{process}."))
    with transaction(session):
        _change(session, (*ours, OutboxMail.state == "claimed"), state="queued", **_NO_LEASE)
        return len(session.scalars(select(OutboxMail.id).where(*ours)).all())


def redirect(session: Session, user_id: int, address: str) -> None:
    """Reminders that wait go to the learner's new address. Whoever had claimed one loses it, before the fence.

    Never commits. Account mail is about the address that it was written to, and stays.
    """
    waiting = OutboxMail.user_id == user_id, OutboxMail.priority == REMINDER
    _change(
        session, (*waiting, OutboxMail.state.in_(("queued", "claimed"))), state="queued", recipient=address, **_NO_LEASE
    )


def postpone(session: Session, mail: OutboxMail, *, until: dt.datetime, **said: Any) -> None:
    """Gives one claimed mail back for later without counting an attempt: the server was in trouble, not the mail."""
    with transaction(session):
        _change(session, _held(mail, "claimed"), state="queued", available_at=until, **said, **_NO_LEASE)


def mark(session: Session, mail: OutboxMail, *, now: dt.datetime, message_id: str, date_header: str) -> bool:
    """The fence: allows the bytes of a mail to leave, if it is still ours and still wanted; False otherwise.

    Message-ID and Date are fixed here for good: before the mark no byte has left, after it they never change.
    Never commits: it holds once that is done.
    """
    values = {"lease": now + SENDING_LEASE, "fixed_id": message_id, "fixed_date": date_header}
    known = {"mail": mail.id, "token": mail.lease_token, "now": now}
    return session.connection().execute(_MARK, {**known, **values}).rowcount == 1


def finish(session: Session, mail: OutboxMail, **values: Any) -> bool:
    """Writes what became of a mail we hold and lets go of it; False if the lease was lost meanwhile. Never commits."""
    return _change(session, _held(mail, "claimed", "sending"), **_NO_LEASE, **values) == 1


def finish_sent(
    session: Session, mail: OutboxMail, *, sent_at: dt.datetime, code: int | None = None, text: str = ""
) -> bool:
    """Records that the server took the mail. Knowing beats guessing: also where the lease ran out meanwhile.

    Even from a sender that has claimed it since: that one finds the fence closed. Never commits.
    """
    said = {"at": sent_at, "code": code, "answer": text}
    known = {"mail": mail.id, "token": mail.lease_token}
    return session.connection().execute(_SENT, {**known, **said}).rowcount == 1


def _held(mail: OutboxMail, *states: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMail.id == mail.id, OutboxMail.lease_token == mail.lease_token, OutboxMail.state.in_(states)


def _change(session: Session, conditions: Sequence[ColumnElement[bool]], **values: Any) -> int:
    statement = update(OutboxMail).where(*conditions).values(**values)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount


# The two statements of every single mail, built once: building them anew took longer than running them. They go to
# the session's connection, since the session itself takes half as long again.
_table = cast(Table, OutboxMail.__table__)
_mine = and_(_table.c.id == bindparam("mail"), _table.c.lease_token == bindparam("token"))
_MARK = (
    update(_table)
    .where(_mine, _table.c.state == "claimed", *STILL_WANTED)
    .values(
        state="sending",
        lease_until=bindparam("lease"),
        message_id=bindparam("fixed_id"),
        date_header=bindparam("fixed_date"),
    )
)
_guessed = or_(*(_table.c.state == state for state in ("queued", "claimed", "unknown")))  # not IN, spelt anew each time
_SENT = (
    update(_table)
    .where(_table.c.id == bindparam("mail"), or_(and_(_mine, _table.c.state == "sending"), _guessed))
    .values(
        state="sent",
        reason="",
        lease_until=None,
        lease_token="",
        sent_at=bindparam("at"),
        last_phase="dot",
        last_code=bindparam("code"),
        last_text=bindparam("answer"),
    )
)
