"""Erasing an account for good."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from tracker import db
from tracker.accounts.events import record
from tracker.accounts.queries import user_by_email
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import NotFound
from tracker.models import OutboxMail, SecurityEvent, Suppression, User
from tracker.paths.forgetting import forget_paths

READER_MILLISECONDS = 200
"""For those who still read from the log; what they hold back goes with the daily upkeep."""


def erase(session: Session, *, user_id: int, now: dt.datetime, visit: Visit | None = None) -> None:
    """Deletes the account with everything that belongs to it, so that no trace of it remains in the database's file.

    SQLite overwrites what is deleted (PRAGMA secure_delete in db.py); the write-ahead log is emptied here. PostgreSQL
    frees its pages with the next VACUUM.
    """
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        _forget_refusals(session, user)
        forget_paths(session, user_id)
        record(session, "account-deleted", user_id=user_id, now=now, visit=visit)
        # The site's own log goes on, but no longer tells of whom, from where or with what.
        theirs = update(SecurityEvent).where(SecurityEvent.user_id == user_id)
        session.execute(theirs.values(user_id=None, network="", device=""))
        session.execute(delete(User).where(User.id == user_id))
    session.expunge_all()
    empty_log(session)


def _forget_refusals(session: Session, user: User) -> None:
    """Of the address and of former ones, unless somebody else has them now."""
    mailed = select(OutboxMail.recipient).where(OutboxMail.user_id == user.id)
    theirs = or_(Suppression.address == user.email, Suppression.address.in_(mailed))
    others = exists().where(User.email == Suppression.address, User.id != user.id)
    session.execute(delete(Suppression).where(theirs, ~others))


def erase_address(session: Session, *, email: str, now: dt.datetime) -> None:
    """The same by whoever runs the site; raises NotFound."""
    user = user_by_email(session, email.strip().lower())
    if user is None:
        raise NotFound
    erase(session, user_id=user.id, now=now)


def empty_log(session: Session) -> None:
    """Writes SQLite's log back into the database and cuts it to nothing, as soon as nobody reads from it."""
    engine = session.get_bind()
    if isinstance(engine, Engine) and engine.dialect.name == "sqlite":
        session.rollback()
        raw = engine.raw_connection()  # inside a transaction SQLite refuses
        try:
            # It keeps all writers waiting while it waits for readers, so it must not do so for long.
            raw.cursor().execute(f"PRAGMA busy_timeout = {READER_MILLISECONDS}")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.cursor().execute(f"PRAGMA busy_timeout = {db.BUSY_SECONDS * 1000}")
            raw.close()
