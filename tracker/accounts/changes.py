"""Sensitive changes by somebody who is logged in and has just proved who they are: the password, the address."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import limits, passkeys, passwords, sessions, tokens
from tracker.accounts.addresses import normalised
from tracker.accounts.events import record
from tracker.accounts.passkeys import Holder
from tracker.accounts.queries import hashed, live_session, user_by_email
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.models import User, UserSession
from tracker.outbox.claim import redirect
from tracker.outbox.enqueue import enqueue
from tracker.signing import BadToken

PROVED_FOR = dt.timedelta(minutes=30)


def is_proved(row: UserSession, now: dt.datetime) -> bool:
    """Whether the proof of this log-in is fresh enough for a sensitive change (ASVS 7.5.1)."""
    return now - row.proved_at <= PROVED_FOR


def prove(
    session: Session, *, user: User, sid: str, password: str, settings: Settings, visit: Visit, now: dt.datetime
) -> bool:
    """A fresh proof by password; raises TooMany."""
    counted = [(limits.PROOF, str(user.id))]
    with transaction(session):
        wait = limits.take(session, counted, settings=settings, now=now)
    limits.refuse(wait)
    good = passwords.verify(user.password_hash, password, settings)
    with transaction(session):
        if good:
            limits.give_back(session, counted, settings=settings, now=now)
            mark_proved(session, user_id=user.id, sid=sid, visit=visit, now=now)
        else:
            record(session, "proof-failed", user_id=user.id, now=now, visit=visit)
    return good


def prove_by_passkey(
    session: Session, *, user: User, sid: str, credential: str, holder: Holder, settings: Settings, visit: Visit,
    now: dt.datetime,
) -> None:  # fmt: skip
    """A fresh proof by passkey; raises InvalidInput and TooMany."""
    passkeys.use(
        session, credential=credential, purpose="prove", holder=holder, settings=settings, visit=visit, now=now
    )
    with transaction(session):
        mark_proved(session, user_id=user.id, sid=sid, visit=visit, now=now)


def mark_proved(session: Session, *, user_id: int, sid: str, visit: Visit, now: dt.datetime) -> None:
    """Notes the proof in this log-in. Never commits."""
    row = session.get(UserSession, hashed(sid))
    if row is not None and row.user_id == user_id:
        row.proved_at = now
        record(session, "proved", user_id=user_id, now=now, visit=visit)


def change_password(
    session: Session, *, user_id: int, sid: str, password: str, settings: Settings, visit: Visit, now: dt.datetime
) -> str:
    """Sets it, ends every log-in, and gives this browser a new id, which it answers; no other is known any more.

    Raises InvalidInput.
    """
    user = session.get_one(User, user_id)
    passwords.check_new(password, email=user.email, settings=settings)
    kept = passwords.hash_password(password, settings)
    found = live_session(session, sid, now=now)
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
        user.password_hash, user.devices_since = kept, now
        record(session, "password-changed", user_id=user.id, now=now, visit=visit)
        enqueue(session, user_id=user.id, kind="password-changed", recipient=user.email, now=now)
        second = found is not None and found[0].second_factor
        return sessions.renew(session, user_id=user.id, sid=sid, second_factor=second, visit=visit, now=now)


def ask_for_new_address(
    session: Session, *, user_id: int, email: str, settings: Settings, visit: Visit, now: dt.datetime
) -> str:
    """Mails a link to the new address; nothing changes before it is used. Answers the address as it will be kept.

    An address that has an account gets a mail that says so instead, and the answer is the same. Raises InvalidInput
    and TooMany.
    """
    email = normalised(email)
    with transaction(session):
        user = session.get_one(User, user_id)
        if email == user.email:
            raise InvalidInput(gettext("That is your address already."), "email")
        wait = limits.take(session, [(limits.MAIL, f"change-email|{email}")], settings=settings, now=now)
        if not wait:
            owner = user_by_email(session, email)
            kind, to = ("address-taken", owner.id) if owner else ("change-email", user.id)
            enqueue(session, user_id=to, kind=kind, recipient=email, now=now)
            record(session, "email-change-asked", user_id=user.id, now=now, visit=visit)
    limits.refuse(wait)
    return email


def new_address(session: Session, *, token: str, settings: Settings) -> str:
    """The address that a link would give; raises BadToken once it was used or is too old. Changes nothing."""
    user_id, mark, address = tokens.read_change(settings, token)
    user = session.get(User, user_id)
    if user is None or not tokens.changes(settings, user, mark):
        raise BadToken
    return address


def change_address(session: Session, *, token: str, settings: Settings, visit: Visit, now: dt.datetime) -> User:
    """Gives the account its new address, which the link has confirmed; the old one is told. Raises BadToken.

    Somebody else may have taken the address since the mail was sent: the unique column settles it.
    """
    user_id, mark, address = tokens.read_change(settings, token)
    try:
        with transaction(session):
            user = session.get(User, user_id, with_for_update=True)
            if user is None or not tokens.changes(settings, user, mark):
                raise BadToken
            enqueue(session, user_id=user.id, kind="email-changed", recipient=user.email, now=now)
            record(session, "email-changed", user_id=user.id, now=now, visit=visit)
            user.email, user.email_confirmed_at = address, now
            redirect(session, user.id, address)
            return user
    except IntegrityError as fault:
        raise BadToken from fault
