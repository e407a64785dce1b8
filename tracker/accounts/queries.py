"""Reading accounts and sessions."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from tracker.models import Authenticator, Passkey, RecoveryCode, User, UserSession

IDLE, ABSOLUTE = dt.timedelta(days=14), dt.timedelta(days=30)
"""A log-in ends after a fortnight without use, and after a month in any case."""
ADMIN_IDLE, ADMIN_ABSOLUTE = dt.timedelta(hours=1), dt.timedelta(hours=12)
"""Whoever administers the site can do more harm, and comes for minutes."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has beside its password."""

    passkeys: tuple[Passkey, ...]
    authenticator: bool
    recovery_codes: int
    """How many are left."""

    def __bool__(self) -> bool:
        return bool(self.passkeys) or self.authenticator


def user_by_email(session: Session, email: str) -> User | None:
    """The account of an address as it is kept (see addresses.normalised)."""
    return session.scalar(select(User).where(User.email == email))


def user_by_id(session: Session, user_id: int) -> User | None:
    """An account that a signed cookie names."""
    return session.get(User, user_id)


def hashed(sid: str) -> str:
    """How a session's id is kept: who reads the database cannot log in with it."""
    return hashlib.sha256(sid.encode()).hexdigest()


def live_session(session: Session, sid: str, *, now: dt.datetime) -> tuple[UserSession, User] | None:
    """The log-in that this cookie stands for with its account, in one query; None once it has ended."""
    row = session.execute(
        select(UserSession, User).join(User, User.id == UserSession.user_id).where(UserSession.id_hash == hashed(sid))
    ).first()
    return (row[0], row[1]) if row is not None and _lives(row[0], row[1].is_admin, now) else None


def _lives(row: UserSession, is_admin: bool, now: dt.datetime) -> bool:
    idle, absolute = (ADMIN_IDLE, ADMIN_ABSOLUTE) if is_admin else (IDLE, ABSOLUTE)
    return row.created_at > now - absolute and row.last_seen_at > now - idle


def sessions_of(session: Session, user: User, *, now: dt.datetime) -> list[UserSession]:
    """Where the account is logged in, the latest use first."""
    rows = session.scalars(
        select(UserSession).where(UserSession.user_id == user.id).order_by(UserSession.last_seen_at.desc())
    )
    return [row for row in rows if _lives(row, user.is_admin, now)]


def factors_of(session: Session, user_id: int) -> Factors:
    """The second factors that are in force."""
    passkeys = session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()
    codes = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    app = select(func.count()).where(Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None))
    return Factors(tuple(passkeys), bool(session.scalar(app)), session.scalar(codes) or 0)


def has_factor(session: Session, user_id: int) -> bool:
    """Whether a password alone is not enough."""
    return bool(
        session.scalar(
            select(
                or_(
                    exists().where(Passkey.user_id == user_id),
                    exists().where(Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None)),
                )
            )
        )
    )
