"""Signing up, confirming an address, a forgotten password; what whoever runs the site does with accounts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import limits, passwords, sessions, tokens
from tracker.accounts.addresses import normalised, sound_zone
from tracker.accounts.events import record
from tracker.accounts.queries import has_factor, user_by_email
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import InvalidInput, NotFound
from tracker.language import DEFAULT, gettext
from tracker.models import Authenticator, Passkey, RecoveryCode, User
from tracker.outbox.enqueue import enqueue
from tracker.signing import BadToken


def sign_up(
    session: Session,
    *,
    email: str,
    password: str,
    timezone: str,
    locale: str,
    settings: Settings,
    visit: Visit,
    now: dt.datetime,
) -> User | None:
    """A new account and its confirmation mail. None where the address has one already: its owner gets a mail instead.

    Raises InvalidInput with the field's name, and TooMany.
    """
    email, timezone = normalised(email), sound_zone(timezone)
    passwords.check_new(password, email=email, settings=settings)
    with transaction(session):
        wait = limits.take(session, [(limits.SIGN_UP, visit.subject)], settings=settings, now=now)
    limits.refuse(wait)
    # Hashed in any case, so that a taken address does not answer sooner.
    kept = passwords.hash_password(password, settings)
    with transaction(session):
        user = _add(session, email, kept, timezone, now, locale)
        if user is None:
            _mail_owner(session, email, "address-taken", settings, now)
            return None
        record(session, "sign-up", user_id=user.id, now=now, visit=visit)
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
            raise InvalidInput(gettext("%(email)s has an account already.", email=email), "email")
        user.email_confirmed_at = now if confirmed else None
        return user


def _add(
    session: Session, email: str, kept: str, timezone: str, now: dt.datetime, locale: str = DEFAULT
) -> User | None:
    user = User(email=email, password_hash=kept, timezone=timezone, locale=locale, created_at=now)
    try:
        with session.begin_nested():  # two sign-ups at once: the unique address settles it
            session.add(user)
    except IntegrityError:
        return None
    return user


def _mail_owner(session: Session, email: str, kind: str, settings: Settings, now: dt.datetime) -> int:
    """A mail that a stranger can ask for: a few a day for each address that is given, whether or not it has an account.

    Otherwise it could be used to annoy, or the limit would tell who has one. Seconds to wait where that was enough.
    """
    wait = limits.take(session, [(limits.MAIL, f"{kind}|{email}")], settings=settings, now=now)
    user = user_by_email(session, email)
    if user is not None and not wait:
        enqueue(session, user_id=user.id, kind=kind, recipient=user.email, now=now)
    elif not wait:  # as much to write, so that it takes as long
        limits.first_use(session, "nobody", f"{kind}|{email}|{now}", settings=settings, now=now, seconds=60)
    return wait


def account_to_confirm(session: Session, *, token: str, settings: Settings) -> User:
    """Whose address this link confirms; raises BadToken. Changes nothing."""
    user_id, mark = tokens.read_confirm(settings, token)
    user = session.get(User, user_id)
    if user is None or not tokens.confirms(settings, user, mark):
        raise BadToken
    return user


def confirm_email(session: Session, *, token: str, settings: Settings, visit: Visit, now: dt.datetime) -> User:
    """Marks the address as confirmed; the same again is the same as once. Raises BadToken."""
    with transaction(session):
        user = account_to_confirm(session, token=token, settings=settings)
        if user.email_confirmed_at is None:
            user.email_confirmed_at = now
            record(session, "email-confirmed", user_id=user.id, now=now, visit=visit)
        return user


def send_confirmation_again(session: Session, *, user_id: int, settings: Settings, now: dt.datetime) -> bool:
    """Another confirmation mail, unless the address is confirmed or enough were sent today; whether one was sent."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        if user.email_confirmed_at is not None:
            return False
        return not _mail_owner(session, user.email, "confirm-email", settings, now)


def request_reset(session: Session, *, email: str, settings: Settings, visit: Visit, now: dt.datetime) -> None:
    """Mails a link for a new password to the address if it has an account; says nothing either way. Raises TooMany."""
    email = normalised(email)
    with transaction(session):
        wait = limits.take(session, [(limits.ASK_FOR_MAIL, visit.subject)], settings=settings, now=now)
        wait = wait or _mail_owner(session, email, "reset-password", settings, now)
        user = user_by_email(session, email)
        if not wait:
            record(session, "reset-asked", user_id=user.id if user else None, now=now, visit=visit)
    limits.refuse(wait)


def account_to_reset(session: Session, *, token: str, settings: Settings) -> User:
    """Whose password this link sets; raises BadToken once it was used or is too old. Changes nothing."""
    user_id, mark = tokens.read_reset(settings, token)
    user = session.get(User, user_id)
    if user is None or not tokens.resets(settings, user, mark):
        raise BadToken
    return user


def reset_password(
    session: Session, *, token: str, password: str, settings: Settings, visit: Visit, now: dt.datetime
) -> None:
    """Sets a new password, ends every log-in and knows no browser any more, so that the next log-in is told by mail.

    It neither logs in nor touches the second factor.

    Unless the address was never confirmed: then whoever made the account may be somebody else, who must not lock its
    owner out with a second factor, nor come back with a passkey.

    Raises BadToken, or InvalidInput for a password that is too easy.
    """
    user = account_to_reset(session, token=token, settings=settings)
    passwords.check_new(password, email=user.email, settings=settings)
    before, kept = user.password_hash, passwords.hash_password(password, settings)
    with transaction(session):
        user = session.get_one(User, user.id, with_for_update=True, populate_existing=True)
        if user.password_hash != before:  # the same link, used at the same moment elsewhere
            raise BadToken
        user.password_hash, user.devices_since = kept, now
        sessions.drop(session, user.id)
        record(session, "password-reset", user_id=user.id, now=now, visit=visit)
        if user.email_confirmed_at is None:  # whoever reads the mailbox owns the address
            user.email_confirmed_at = now
            if _drop_factors(session, user.id):
                record(session, "factors-dropped", user_id=user.id, now=now, visit=visit)
                _tell_factors(session, user, "factors-dropped", now)
        enqueue(session, user_id=user.id, kind="password-changed", recipient=user.email, now=now)


def promote(session: Session, *, email: str, now: dt.datetime) -> None:
    """Lets somebody administer the site, from their next log-in on; raises NotFound."""
    with transaction(session):
        user = _existing(session, email)
        user.is_admin = True
        sessions.drop(session, user.id)
        record(session, "promoted", user_id=user.id, now=now)


def log_out_everywhere(session: Session, *, email: str, now: dt.datetime) -> None:
    """Ends every log-in of an account, whose next one is told by mail; raises NotFound."""
    with transaction(session):
        user = _existing(session, email)
        user.devices_since = now
        sessions.drop(session, user.id)
        record(session, "logged-out", user_id=user.id, now=now)


def reset_factors(session: Session, *, email: str, now: dt.datetime) -> None:
    """Takes every second factor off an account, logs it out and tells its owner; raises NotFound.

    The way back for somebody who lost the phone and the codes: whoever runs the site must know that it is them.
    """
    with transaction(session):
        user = _existing(session, email)
        _drop_factors(session, user.id)
        sessions.drop(session, user.id)
        record(session, "factors-reset", user_id=user.id, now=now)
        _tell_factors(session, user, "factors-reset", now)


def _tell_factors(session: Session, user: User, what: str, now: dt.datetime) -> None:
    enqueue(session, user_id=user.id, kind="factor-changed", recipient=user.email, now=now, context={"what": what})


def _drop_factors(session: Session, user_id: int) -> bool:
    """Whether there were any. Never commits."""
    had = has_factor(session, user_id)
    for table in (Passkey, Authenticator, RecoveryCode):
        session.execute(delete(table).where(table.user_id == user_id))
    return had


def choose_locale(session: Session, *, user_id: int, locale: str) -> None:
    """How dates and numbers are written to this learner from now on, on pages and in mails."""
    with transaction(session):
        session.get_one(User, user_id).locale = locale


def _existing(session: Session, email: str) -> User:
    try:
        user = user_by_email(session, normalised(email))
    except InvalidInput:
        user = None
    if user is None:
        raise NotFound
    return user
