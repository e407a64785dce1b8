"""Log-ins: begun, proved anew, listed, ended. The browser holds a random id, the database only its hash."""

from __future__ import annotations

import datetime as dt
import logging
import secrets

from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tracker.accounts.events import record
from tracker.accounts.queries import hashed
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import NotFound
from tracker.models import User, UserSession
from tracker.outbox.enqueue import enqueue
from tracker.reminders.slots import sign_of_life

log = logging.getLogger(__name__)


def start(
    session: Session, *, user_id: int, second_factor: bool, visit: Visit, now: dt.datetime, kind: str = "log-in"
) -> str:
    """Logs a browser in; answers the random id for its cookie. A browser that the account has not met goes by mail."""
    with transaction(session):
        user = session.get_one(User, user_id)
        sid = add(session, user_id=user_id, second_factor=second_factor, visit=visit, now=now)
        record(session, kind, user_id=user_id, now=now, visit=visit)
        # Of the very first log-in nobody need be told; nor can anybody else have had it.
        if user.last_login_at is not None and not visit.name_at(user):
            context = {"device": visit.device, "network": visit.network}
            enqueue(session, user_id=user_id, kind="new-device", recipient=user.email, now=now, context=context)
        user.last_login_at = now
        sign_of_life(session, user_id=user_id, now=now)
    return sid


def add(session: Session, *, user_id: int, second_factor: bool, visit: Visit, now: dt.datetime) -> str:
    """The row of a new log-in and the id for its cookie. Never commits."""
    sid = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            id_hash=hashed(sid),
            user_id=user_id,
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            second_factor=second_factor,
            user_agent=visit.user_agent[:200],
            network=visit.network,
        )
    )
    return sid


def touch(session: Session, *, sid: str, now: dt.datetime) -> None:
    """Notes that this log-in is still in use; while the database cannot be written, pages can still be read."""
    try:
        with transaction(session):
            found = session.get(UserSession, hashed(sid))
            if found is not None:
                found.last_seen_at = now
                sign_of_life(session, user_id=found.user_id, now=now)
    except OperationalError as fault:
        log.warning("a log-in in use is not noted: %s", fault.orig)


def end(session: Session, *, sid: str, user_id: int, visit: Visit, now: dt.datetime) -> None:
    """Logs this browser out: its cookie is worth nothing any more, wherever it was copied to."""
    with transaction(session):
        session.execute(delete(UserSession).where(UserSession.id_hash == hashed(sid)))
        record(session, "log-out", user_id=user_id, now=now, visit=visit)


def end_one(session: Session, *, user_id: int, id_hash: str, visit: Visit, now: dt.datetime) -> None:
    """Logs one device of this account out; raises NotFound for anybody else's."""
    with transaction(session):
        row = session.get(UserSession, id_hash)
        if row is None or row.user_id != user_id:
            raise NotFound
        session.delete(row)
        record(session, "session-ended", user_id=user_id, now=now, visit=visit)


def end_others(session: Session, *, user_id: int, sid: str, visit: Visit, now: dt.datetime) -> None:
    """Logs every device out but the one that asks."""
    with transaction(session):
        drop(session, user_id, but=sid)
        record(session, "sessions-ended", user_id=user_id, now=now, visit=visit)


def drop(session: Session, user_id: int, *, but: str = "") -> None:
    """Ends the log-ins of an account. Never commits."""
    ended = delete(UserSession).where(UserSession.user_id == user_id)
    session.execute(ended.where(UserSession.id_hash != hashed(but)) if but else ended)


def renew(session: Session, *, user_id: int, sid: str, second_factor: bool, visit: Visit, now: dt.datetime) -> str:
    """After a change of what opens the account: all log-ins end, the one that asked goes on anew. Never commits."""
    drop(session, user_id)
    return add(session, user_id=user_id, second_factor=second_factor, visit=visit, now=now)
