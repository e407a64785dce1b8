"""Signing up, logging in and out, confirming an address, a new password."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import passwords, tokens
from tracker.accounts.addresses import normalised, sound_zone
from tracker.accounts.queries import hashed, mails_since, user_by_email
from tracker.db import transaction
from tracker.errors import InvalidInput, NotFound
from tracker.models import User, UserSession
from tracker.outbox.enqueue import enqueue
from tracker.paths.forgetting import forget_paths
from tracker.reminders.slots import sign_of_life
from tracker.signing import BadToken

DAY = dt.timedelta(days=1)
MAILS_A_DAY = 5


def sign_up(
    session: Session, *, email: str, password: str, timezone: str, settings: Settings, now: dt.datetime
) -> User | None:
    """A new account and its confirmation mail. None where the address has one already: its owner gets a mail instead.

    Raises InvalidInput with the field's name.
    """
    email, timezone = normalised(email), sound_zone(timezone)
    passwords.check_new(password, email=email, settings=settings)
    # Hashed in any case, so that a taken address does not answer sooner.
    kept = passwords.hash_password(password, settings)
    with transaction(session):
        user = _add(session, email, kept, timezone, now)
        if user is None:
            _mail_owner(session, email, "address-taken", now)
            return None
        enqueue(session, user_id=user.id, kind="confirm-email", recipient=email, now=now)
        return user


def create_user(
    session: Session,
    *,
    email: str,
    password: str,
    timezone: str,
    settings: Settings,
    now: dt.datetime,
    confirmed: bool = False,
) -> User:
    """An account made by whoever runs the site; no mail. Raises InvalidInput, also for a taken address."""
    email, timezone = normalised(email), sound_zone(timezone)
    passwords.check_new(password, email=email, settings=settings)
    kept = passwords.hash_password(password, settings)
    with transaction(session):
        user = _add(session, email, kept, timezone, now)
        if user is None:
            raise InvalidInput(f"{email} has an account already.", "email")
        user.email_confirmed_at = now if confirmed else None
        return user


def _add(session: Session, email: str, kept: str, timezone: str, now: dt.datetime) -> User | None:
    user = User(email=email, password_hash=kept, timezone=timezone, created_at=now)
    try:
        with session.begin_nested():  # two sign-ups at once: the unique address settles it
            session.add(user)
    except IntegrityError:
        return None
    return user


def _mail_owner(session: Session, email: str, kind: str, now: dt.datetime) -> None:
    """An account mail that a stranger can ask for: a few a day at most, so that it cannot be used to annoy."""
    user = user_by_email(session, email)
    if user is not None and mails_since(session, user.id, kind, now - DAY) < MAILS_A_DAY:
        enqueue(session, user_id=user.id, kind=kind, recipient=user.email, now=now)


def log_in(session: Session, *, email: str, password: str, settings: Settings, now: dt.datetime) -> User | None:
    """The account if address and password fit, else None: nobody learns which of the two was wrong."""
    try:
        user = user_by_email(session, normalised(email))
    except InvalidInput:
        user = None
    if not passwords.verify(user.password_hash if user else None, password, settings) or user is None:
        return None
    if passwords.is_outdated(user.password_hash, settings):
        kept = passwords.hash_password(password, settings)
        with transaction(session):
            session.get_one(User, user.id).password_hash = kept
    return user


def start_session(session: Session, *, user_id: int, user_agent: str, now: dt.datetime) -> str:
    """Logs a browser in; answers the random id for its cookie, of which only a hash is kept."""
    sid = secrets.token_urlsafe(32)
    with transaction(session):
        session.add(
            UserSession(
                id_hash=hashed(sid), user_id=user_id, created_at=now, last_seen_at=now, user_agent=user_agent[:200]
            )
        )
        sign_of_life(session, user_id=user_id, now=now)
    return sid


def touch_session(session: Session, *, sid: str, now: dt.datetime) -> None:
    """Notes that this log-in is still in use."""
    with transaction(session):
        found = session.get(UserSession, hashed(sid))
        if found is not None:
            found.last_seen_at = now
            sign_of_life(session, user_id=found.user_id, now=now)


def end_session(session: Session, *, sid: str) -> None:
    """Logs this browser out: its cookie is worth nothing any more, wherever it was copied to."""
    with transaction(session):
        session.execute(delete(UserSession).where(UserSession.id_hash == hashed(sid)))


def confirm_email(session: Session, *, token: str, settings: Settings, now: dt.datetime) -> User:
    """Marks the address as confirmed; the same again is the same as once. Raises BadToken."""
    user_id, mark = tokens.read_confirm(settings, token)
    with transaction(session):
        user = session.get(User, user_id, with_for_update=True)
        if user is None or not tokens.confirms(settings, user, mark):
            raise BadToken
        user.email_confirmed_at = user.email_confirmed_at or now
        return user


def send_confirmation_again(session: Session, *, user_id: int, now: dt.datetime) -> bool:
    """Another confirmation mail, unless the address is confirmed or enough were sent today; whether one was sent."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        enough = mails_since(session, user.id, "confirm-email", now - DAY) >= MAILS_A_DAY
        if user.email_confirmed_at is not None or enough:
            return False
        enqueue(session, user_id=user.id, kind="confirm-email", recipient=user.email, now=now)
        return True


def request_reset(session: Session, *, email: str, now: dt.datetime) -> None:
    """Mails a link for a new password to the address if it has an account; says nothing either way."""
    email = normalised(email)
    with transaction(session):
        _mail_owner(session, email, "reset-password", now)


def account_to_reset(session: Session, *, token: str, settings: Settings) -> User:
    """Whose password this link sets; raises BadToken once it was used or is too old. Changes nothing."""
    user_id, mark = tokens.read_reset(settings, token)
    user = session.get(User, user_id)
    if user is None or not tokens.resets(settings, user, mark):
        raise BadToken
    return user


def reset_password(session: Session, *, token: str, password: str, settings: Settings, now: dt.datetime) -> None:
    """Sets a new password and ends every log-in. Raises BadToken, or InvalidInput for a password that is too easy."""
    user = account_to_reset(session, token=token, settings=settings)
    passwords.check_new(password, email=user.email, settings=settings)
    kept, before = passwords.hash_password(password, settings), user.password_hash
    with transaction(session):
        user = session.get_one(User, user.id, with_for_update=True, populate_existing=True)
        if user.password_hash != before:  # the same link, used at the same moment elsewhere
            raise BadToken
        user.password_hash = kept
        # Whoever reads the mailbox owns the address.
        user.email_confirmed_at = user.email_confirmed_at or now
        session.execute(delete(UserSession).where(UserSession.user_id == user.id))
        enqueue(session, user_id=user.id, kind="password-changed", recipient=user.email, now=now)


def promote(session: Session, *, email: str) -> None:
    """Lets somebody administer the site; raises NotFound."""
    with transaction(session):
        _existing(session, email).is_admin = True


def delete_user(session: Session, *, email: str) -> None:
    """Deletes an account with everything that belongs to it; raises NotFound."""
    with transaction(session):
        user_id = _existing(session, email).id
        forget_paths(session, user_id)
        session.execute(delete(User).where(User.id == user_id))
    session.expunge_all()


def _existing(session: Session, email: str) -> User:
    try:
        user = user_by_email(session, normalised(email))
    except InvalidInput:
        user = None
    if user is None:
        raise NotFound
    return user
