"""Reading accounts and sessions."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import OutboxMail, User, UserSession

IDLE = dt.timedelta(days=14)
ABSOLUTE = dt.timedelta(days=30)
"""A log-in ends after a fortnight without use, and after a month in any case (notes/security.md S4)."""


def user_by_email(session: Session, email: str) -> User | None:
    """The account of an address as it is kept (see addresses.normalised)."""
    return session.scalar(select(User).where(User.email == email))


def hashed(sid: str) -> str:
    """How a session's id is kept: who reads the database cannot log in with it."""
    return hashlib.sha256(sid.encode()).hexdigest()


def live_session(session: Session, sid: str, *, now: dt.datetime) -> tuple[UserSession, User] | None:
    """The log-in that this cookie stands for with its account, in one query; None once it has ended."""
    row = session.execute(
        select(UserSession, User).join(User, User.id == UserSession.user_id).where(UserSession.id_hash == hashed(sid))
    ).first()
    if row is None or row[0].created_at <= now - ABSOLUTE or row[0].last_seen_at <= now - IDLE:
        return None
    return row[0], row[1]


def mails_since(session: Session, user_id: int, kind: str, since: dt.datetime) -> int:
    """How many mails of this kind were asked for lately: nobody's mailbox is to be filled by somebody else."""
    return len(
        session.scalars(
            select(OutboxMail.id).where(
                OutboxMail.user_id == user_id, OutboxMail.kind == kind, OutboxMail.created_at > since
            )
        ).all()
    )
