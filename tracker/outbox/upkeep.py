"""Senders' heartbeats, and what is old enough to be forgotten."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import OutboxMail, Sender, Suppression, User, UserSession
from tracker.outbox.owner import is_gone
from tracker.outbox.states import FINAL

FINAL_FOR = dt.timedelta(weeks=12)
"""Never under two weeks: the row of a week is what forbids a second mail in it."""
SESSION_FOR = dt.timedelta(days=30)
SENDER_FOR = dt.timedelta(days=1)
SILENT = dt.timedelta(seconds=35)
"""After three beats that did not come, a process no longer takes a share of the rate."""
SAME_TIME = dt.timedelta(minutes=3)
BATCH = 5000


def beat(
    session: Session,
    sender: str,
    *,
    now: dt.datetime,
    last_pass: dt.datetime | None,
    sent: int,
    failed: int,
    retried: int = 0,
    paused: str = "",
    alarm: bool = False,
) -> None:
    """Says that this process is alive, when it last looked for what is due, and how its sending goes."""
    with transaction(session):
        row = session.get(Sender, sender)
        if row is None:
            row = Sender(id=sender, started_at=now, beat_at=now)
            session.add(row)
        row.beat_at, row.last_pass_at = now, last_pass
        row.sent, row.retried, row.failed = sent, retried, failed
        row.paused, row.alarm = paused[:200], alarm


def others(session: Session, sender: str, *, now: dt.datetime) -> int:
    """How many other processes send at this moment."""
    beats = session.execute(select(Sender.id, Sender.beat_at).where(Sender.id != sender)).all()
    return sum(abs(now - beat_at) < SILENT and not is_gone(name) for name, beat_at in beats)


def leave(session: Session, sender: str) -> None:
    """A process that stops in good order leaves no row behind: its silence is no fault."""
    with transaction(session):
        session.execute(delete(Sender).where(Sender.id == sender))


def goes_by_another_clock(session: Session, now: dt.datetime) -> bool:
    """Whether a process is in charge here whose clock is not the caller's, as when a command is given another date.

    One that fell silent looks the same, unless this machine knows that it has ended.
    """
    beats = session.execute(select(Sender.id, Sender.beat_at)).all()
    return any(abs(now - beat_at) > SAME_TIME and not is_gone(name) for name, beat_at in beats)


def forget_old(session: Session, *, now: dt.datetime) -> int:
    """Deletes what is over: mails after twelve weeks, log-ins that ended, senders that died, refusals of
    addresses that nobody has any more; how many mails.
    """
    with transaction(session):
        names = session.scalars(select(Sender.id)).all()
        ended = Sender.id.in_([name for name in names if is_gone(name)])
        session.execute(delete(Sender).where(or_(ended, Sender.beat_at < now - SENDER_FOR)))
        session.execute(delete(UserSession).where(UserSession.created_at < now - SESSION_FOR))
        nobodys = ~exists().where(User.email == Suppression.address)
        session.execute(delete(Suppression).where(Suppression.created_at < now - FINAL_FOR, nobodys))
    forgotten = 0
    while True:
        with transaction(session):
            old = session.scalars(
                select(OutboxMail.id)
                .where(
                    OutboxMail.state.in_(FINAL),
                    OutboxMail.due_at < now - FINAL_FOR,
                )
                .limit(BATCH)
            ).all()
            session.execute(delete(OutboxMail).where(OutboxMail.id.in_(old)))
        forgotten += len(old)
        if len(old) < BATCH:
            return forgotten
