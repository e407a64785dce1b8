"""Logging in with a password: limited, and without telling whether an account or only its password is unknown."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import limits, passwords
from tracker.accounts.addresses import normalised
from tracker.accounts.events import record
from tracker.accounts.queries import user_by_email
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import InvalidInput
from tracker.models import User


def with_password(
    session: Session, *, email: str, password: str, settings: Settings, visit: Visit, now: dt.datetime
) -> User | None:
    """The account if address and password fit, else None: nobody learns which of the two was wrong.

    Whatever the answer, the same statements are run and one hash is reckoned, so that it takes as long. Raises TooMany.
    """
    try:
        email = normalised(email)
        user = user_by_email(session, email)
    except InvalidInput:
        user = None
    counted = _counted(email, user, visit)
    wait = _take(session, counted, email, user, settings, visit, now)
    limits.refuse(wait)
    kept = user.password_hash if user else None
    if not passwords.verify(kept, password, settings) or user is None:
        with transaction(session):
            record(session, "log-in-failed", user_id=user.id if user else None, now=now, visit=visit)
        return None
    fresh = passwords.hash_password(password, settings) if passwords.is_outdated(user.password_hash, settings) else ""
    with transaction(session):
        limits.give_back(session, counted, settings=settings, now=now)
        user = session.get_one(User, user.id, with_for_update=True, populate_existing=True)
        if user.password_hash != kept:  # changed in the meantime
            return None
        user.password_hash = fresh or user.password_hash
    return user


def _counted(email: str, user: User | None, visit: Visit) -> limits.Counted:
    """A browser that this account has logged in with before has tries of its own.

    So nobody is locked out of their account by a stranger who guesses at it (OWASP: device cookies).
    """
    if user is not None and (name := visit.name_at(user)):
        return [(limits.LOGIN_DEVICE, f"{user.id}|{name}")]
    return [
        (limits.LOGIN_NETWORK, visit.subject),
        (limits.LOGIN_ACCOUNT, email),
        (limits.LOGIN_SITE, ""),
    ]


def _take(
    session: Session, counted: limits.Counted, email: str, user: User | None, settings: Settings,
    visit: Visit, now: dt.datetime,
) -> int:  # fmt: skip
    with transaction(session):
        wait = limits.take(session, counted, settings=settings, now=now)
        if wait and limits.first_use(
            session, "told", f"{email}|{visit.subject}", settings=settings, now=now, seconds=limits.FIVE_MINUTES
        ):  # one line for all the tries of these minutes: a guesser must not fill the log
            record(session, "log-in-limited", user_id=user.id if user else None, now=now, visit=visit)
        return wait
