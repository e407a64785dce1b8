"""The second factor that is typed: a code of an authenticator app (TOTP), or a recovery code.

begin_app → confirm_app → recovery codes      check_code at log-in      remove_app
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import logging
import secrets
from typing import Any, cast

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import limits, sessions
from tracker.accounts.events import record
from tracker.accounts.queries import has_factor
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import Conflict, InvalidInput
from tracker.language import gettext, gettext_noop
from tracker.models import Authenticator, RecoveryCode, User
from tracker.outbox.enqueue import enqueue

log = logging.getLogger(__name__)

STEP = 30
CODES = 8
GROUPS, GROUP = 6, 4
"""24 characters of base32 are 120 bits."""
WRONG = gettext_noop("This code is not right. It changes every 30 seconds, and each can be used once.")


def begin_app(session: Session, *, user_id: int, settings: Settings, now: dt.datetime) -> None:
    """Makes a secret, to be shown until its first code was right. Raises Conflict where an app is in use already."""
    with transaction(session):
        row = session.get(Authenticator, user_id)
        if row is not None and row.confirmed_at is not None:
            raise Conflict
        if row is not None:
            session.delete(row)
            session.flush()
        secret = _box(settings).encrypt(pyotp.random_base32().encode()).decode()
        session.add(Authenticator(user_id=user_id, secret=secret, created_at=now))


def app_to_confirm(session: Session, *, user: User, settings: Settings) -> tuple[str, str] | None:
    """Secret and picture (SVG) of an app that is being set up; None before that, and for ever after."""
    row = session.get(Authenticator, user.id)
    secret = _secret(row, settings) if row is not None and row.confirmed_at is None else ""
    if not secret:
        return None
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=settings.site_name)
    # Black on white in dark mode, too: many cameras read nothing else.
    picture = segno.make(address, error="m").svg_inline(border=4, svgclass="qr", light="#fff", omitsize=True)
    return secret, picture


def confirm_app(
    session: Session, *, user_id: int, sid: str, code: str, settings: Settings, visit: Visit, now: dt.datetime
) -> str:
    """The first right code puts the app in force; answers the new id of this log-in. Raises InvalidInput, TooMany."""
    counted = [(limit, str(user_id)) for limit in limits.FACTOR]
    with transaction(session):
        wait = limits.take(session, counted, settings=settings, now=now)
    limits.refuse(wait)
    with transaction(session):
        row = session.get(Authenticator, user_id, with_for_update=True)
        if row is None or row.confirmed_at is not None:
            raise Conflict
        if not _take_code(session, row, code, settings, now):
            raise InvalidInput(gettext(WRONG), "code")
        row.confirmed_at = now
        limits.give_back(session, counted, settings=settings, now=now)
        return added(session, user_id=user_id, sid=sid, kind="authenticator-added", visit=visit, now=now)


def added(session: Session, *, user_id: int, sid: str, kind: str, visit: Visit, now: dt.datetime) -> str:
    """A new factor: logged, told by mail, all other log-ins ended and this one's id changed. Never commits."""
    _tell(session, user_id, kind, visit, now)
    return sessions.renew(session, user_id=user_id, sid=sid, second_factor=True, visit=visit, now=now)


def remove_app(session: Session, *, user_id: int, visit: Visit, now: dt.datetime) -> bool:
    """The app is asked for no more. Without any second factor left, the recovery codes go, too.

    False where it was not in force: a set-up that was left before its first code.
    """
    with transaction(session):
        row = session.get(Authenticator, user_id)
        if row is None:
            return False
        session.delete(row)
        if row.confirmed_at is not None:
            removed(session, user_id=user_id, kind="authenticator-removed", visit=visit, now=now)
        return row.confirmed_at is not None


def removed(session: Session, *, user_id: int, kind: str, visit: Visit, now: dt.datetime) -> None:
    """What the end of any factor brings with it. Never commits."""
    session.flush()
    if not has_factor(session, user_id):
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    _tell(session, user_id, kind, visit, now)


def make_codes(session: Session, *, user_id: int, visit: Visit, now: dt.datetime) -> list[str]:
    """Eight recovery codes, to be shown this once; older ones are void. Raises Conflict without a second factor."""
    codes = [_new_code() for _ in range(CODES)]
    with transaction(session):
        if not has_factor(session, user_id):
            raise Conflict
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        session.add_all(RecoveryCode(code_hash=_hash(code), user_id=user_id) for code in codes)
        _tell(session, user_id, "recovery-codes-made", visit, now)
    return codes


def check_code(
    session: Session, *, user_id: int, code: str, settings: Settings, visit: Visit, now: dt.datetime
) -> None:
    """Takes a code of the app or a recovery code at log-in. Raises InvalidInput with what is wrong, and TooMany."""
    counted = [(limit, str(user_id)) for limit in limits.FACTOR]
    with transaction(session):
        wait = limits.take(session, counted, settings=settings, now=now)
        if wait and limits.first_use(session, "told", f"factor|{user_id}", settings=settings, now=now, seconds=300):
            record(session, "factor-limited", user_id=user_id, now=now, visit=visit)
    limits.refuse(wait)
    with transaction(session):
        fault = _try_code(session, user_id, code, settings, visit, now)
        if fault:
            record(session, "factor-failed", user_id=user_id, now=now, visit=visit)
        else:
            limits.give_back(session, counted, settings=settings, now=now)
    if fault:
        raise InvalidInput(fault, "code")


def _try_code(session: Session, user_id: int, code: str, settings: Settings, visit: Visit, now: dt.datetime) -> str:
    """Empty where it is right, else what is wrong."""
    plain = "".join(code.split()).replace("-", "").upper()
    if len(plain) <= 8:
        row = session.get(Authenticator, user_id, with_for_update=True)
        good = row is not None and row.confirmed_at is not None and _take_code(session, row, plain, settings, now)
        return "" if good else gettext(WRONG)
    used = session.scalar(
        select(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(plain))
    )
    if used is None:
        return gettext("This is none of your recovery codes.")
    burnt = update(RecoveryCode).where(RecoveryCode.code_hash == used.code_hash, RecoveryCode.used_at.is_(None))
    if not cast(CursorResult[Any], session.execute(burnt.values(used_at=now))).rowcount:
        return gettext("This recovery code was used already. Each works once.")
    _tell(session, user_id, "recovery-code-used", visit, now)
    return ""


def _take_code(session: Session, row: Authenticator, code: str, settings: Settings, now: dt.datetime) -> bool:
    """Whether it is the code of this half minute or of a neighbour, and none later was taken before."""
    secret, present = _secret(row, settings), int(now.timestamp()) // STEP
    if not secret:
        return False
    app, plain = pyotp.TOTP(secret), "".join(code.split())
    steps = [
        s
        for s in (present - 1, present, present + 1)
        if hmac.compare_digest(app.generate_otp(s).encode(), plain.encode())
    ]
    if not steps:
        return False
    taken = update(Authenticator).where(Authenticator.user_id == row.user_id, Authenticator.last_step < steps[0])
    # One statement settles it between two requests with the same code. What an older key encrypted is renewed with it.
    fresh = _box(settings).encrypt(secret.encode()).decode()
    done = session.execute(taken.values(last_step=steps[0], secret=fresh))
    return cast(CursorResult[Any], done).rowcount == 1


def _tell(session: Session, user_id: int, kind: str, visit: Visit, now: dt.datetime) -> None:
    record(session, kind, user_id=user_id, now=now, visit=visit)
    owner = session.get_one(User, user_id)
    enqueue(session, user_id=user_id, kind="factor-changed", recipient=owner.email, now=now, context={"what": kind})


def renew_secrets(session: Session, *, settings: Settings) -> None:
    """Encrypts with the present key what former keys encrypted, so that those can be dropped some day."""
    if not settings.secret_key_fallbacks:
        return
    newest = MultiFernet([_fernet(settings.secret_key)])
    with transaction(session):
        for row in session.scalars(select(Authenticator)):
            try:
                newest.decrypt(row.secret)
            except InvalidToken:
                if secret := _secret(row, settings):
                    row.secret = newest.encrypt(secret.encode()).decode()


def _secret(row: Authenticator, settings: Settings) -> str:
    try:
        return _box(settings).decrypt(row.secret).decode()
    except InvalidToken:
        log.warning("the authenticator of user %s was encrypted with a key that is no longer set", row.user_id)
        return ""


def _box(settings: Settings) -> MultiFernet:
    return MultiFernet([_fernet(key) for key in reversed(settings.keys)])


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"waymark:authenticator|{key}".encode()).digest()))


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(15)).decode()
    return "-".join(text[i : i + GROUP] for i in range(0, GROUPS * GROUP, GROUP))


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()
