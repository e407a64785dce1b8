"""Passkeys (WebAuthn): as a second factor after the password, and alone instead of one.

A challenge is signed and carries its purpose, its time and whose browser it is for, so that asking for one writes
nothing; the use of one is written down, so that it is good for one use.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from config import Settings
from tracker.accounts import factors, limits
from tracker.accounts.events import record
from tracker.accounts.queries import factors_of
from tracker.accounts.visit import Visit
from tracker.db import transaction
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext, gettext_noop
from tracker.models import Passkey, User

log = logging.getLogger(__name__)

Purpose = Literal["add", "log-in", "factor", "prove"]
GOOD_FOR = 5 * 60
MOST = 20
REFUSED = gettext_noop("That passkey was not accepted. Try again; if it stays so, use another way.")
Made = TypeVar("Made")
REQUIRED = UserVerificationRequirement.REQUIRED
"""The device asks for a finger, a face or a PIN: so a passkey is two factors at once."""


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a challenge is: a browser by the random word in its cookie, and an account where one is known."""

    browser: str
    user_id: int | None = None


def name_of_site(settings: Settings) -> str:
    """The host name that passkeys are bound to; this machine is localhost, because they know no numbers."""
    return "localhost" if settings.is_local else settings.host


def origin_of_site(settings: Settings) -> str:
    """The address of pages that may use them, as browsers name it."""
    parts = urlsplit(settings.origin)
    return f"{parts.scheme}://{parts.netloc.replace(settings.host, name_of_site(settings), 1)}".replace(
        "[localhost]", "localhost"
    )


def options_to_add(session: Session, *, user: User, holder: Holder, settings: Settings, now: dt.datetime) -> str:
    """What the browser is asked, as JSON."""
    handle = user.passkey_handle
    if handle is None:
        with transaction(session):
            owner = session.get_one(User, user.id, with_for_update=True, populate_existing=True)
            owner.passkey_handle = handle = owner.passkey_handle or secrets.token_urlsafe(32)
    options = webauthn.generate_registration_options(
        rp_id=name_of_site(settings),
        rp_name=settings.site_name,
        user_id=handle.encode(),
        user_name=user.email,
        challenge=_challenge("add", holder, settings, now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=_descriptors(factors_of(session, user.id).passkeys),
    )
    return webauthn.options_to_json(options)


def options_to_use(session: Session, *, purpose: Purpose, holder: Holder, settings: Settings, now: dt.datetime) -> str:
    """The same for a passkey that is there; without an account the person chooses one of theirs."""
    known = factors_of(session, holder.user_id).passkeys if holder.user_id is not None else ()
    options = webauthn.generate_authentication_options(
        rp_id=name_of_site(settings),
        challenge=_challenge(purpose, holder, settings, now),
        allow_credentials=_descriptors(known),
        user_verification=REQUIRED,
    )
    return webauthn.options_to_json(options)


def add(
    session: Session, *, credential: str, name: str, sid: str, holder: Holder, settings: Settings, visit: Visit,
    now: dt.datetime,
) -> str:  # fmt: skip
    """Keeps a new passkey; answers the new id of this log-in. Raises InvalidInput."""
    parsed = _sound(lambda: parse_registration_credential_json(credential))
    challenge = _redeem(session, parsed.response.client_data_json, "add", holder, settings, now)
    good = _sound(
        lambda: webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=name_of_site(settings),
            expected_origin=origin_of_site(settings),
            require_user_verification=True,
        )
    )
    user_id = holder.user_id
    if user_id is None:
        raise NotFound
    if len(factors_of(session, user_id).passkeys) >= MOST:
        raise InvalidInput(
            gettext("An account has at most %(most)s passkeys. Remove one first.", most=MOST), "credential"
        )
    row = Passkey(
        user_id=user_id,
        credential_id=bytes_to_base64url(good.credential_id),
        public_key=good.credential_public_key,
        sign_count=good.sign_count,
        name=name.strip() or gettext("Passkey of %(device)s", device=visit.device),
        created_at=now,
    )
    try:
        with transaction(session):
            session.add(row)
            session.flush()
            return factors.added(session, user_id=user_id, sid=sid, kind="passkey-added", visit=visit, now=now)
    except IntegrityError as fault:
        raise InvalidInput(gettext("This passkey belongs to an account already."), "credential") from fault


def use(
    session: Session, *, credential: str, purpose: Purpose, holder: Holder, settings: Settings, visit: Visit,
    now: dt.datetime,
) -> User:  # fmt: skip
    """The account whose passkey this is. Raises InvalidInput, always with the same sentence, and TooMany."""
    counted: limits.Counted = (
        [(limits.PASSKEY_NETWORK, visit.subject)]
        if holder.user_id is None
        else [(limit, str(holder.user_id)) for limit in limits.FACTOR]
    )
    with transaction(session):
        wait = limits.take(session, counted, settings=settings, now=now)
    limits.refuse(wait)
    try:
        user = _verified(session, credential, purpose, holder, settings, now)
    except InvalidInput:
        if holder.user_id is not None:
            with transaction(session):
                record(session, "factor-failed", user_id=holder.user_id, now=now, visit=visit)
        raise
    with transaction(session):
        limits.give_back(session, counted, settings=settings, now=now)
    return user


def _verified(
    session: Session, credential: str, purpose: Purpose, holder: Holder, settings: Settings, now: dt.datetime
) -> User:
    parsed = _sound(lambda: parse_authentication_credential_json(credential))
    challenge = _redeem(session, parsed.response.client_data_json, purpose, holder, settings, now)
    found = session.execute(
        select(Passkey, User)
        .join(User, User.id == Passkey.user_id)
        .where(Passkey.credential_id == bytes_to_base64url(parsed.raw_id))
    ).first()
    if found is None or (holder.user_id is not None and found[1].id != holder.user_id):
        raise InvalidInput(gettext(REFUSED), "credential")
    row, user = found
    handle = parsed.response.user_handle
    if handle is not None and handle != (user.passkey_handle or "").encode():
        raise InvalidInput(gettext(REFUSED), "credential")
    good = _sound(
        lambda: webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=name_of_site(settings),
            expected_origin=origin_of_site(settings),
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    )
    with transaction(session):
        kept = session.get_one(Passkey, row.id)
        kept.sign_count, kept.last_used_at = good.new_sign_count, now
    return user


def remove(session: Session, *, user_id: int, passkey_id: int, visit: Visit, now: dt.datetime) -> None:
    """Takes a passkey off the account; raises NotFound for anybody else's."""
    with transaction(session):
        row = session.get(Passkey, passkey_id)
        if row is None or row.user_id != user_id:
            raise NotFound
        session.delete(row)
        factors.removed(session, user_id=user_id, kind="passkey-removed", visit=visit, now=now)


def _challenge(purpose: Purpose, holder: Holder, settings: Settings, now: dt.datetime) -> bytes:
    body = secrets.token_bytes(16) + int(now.timestamp()).to_bytes(8, "big")
    return body + _mac(settings.secret_key, purpose, holder, body)


def _mac(key: str, purpose: Purpose, holder: Holder, body: bytes) -> bytes:
    about = f"waymark:passkey|{purpose}|{holder.user_id or ''}|{holder.browser}|".encode() + body
    return hmac.new(key.encode(), about, hashlib.sha256).digest()


def _redeem(
    session: Session, client_data: bytes, purpose: Purpose, holder: Holder, settings: Settings, now: dt.datetime
) -> bytes:
    """The challenge that was answered, if it is ours, for this purpose and browser, young, and not used before."""
    challenge = _sound(lambda: parse_client_data_json(client_data).challenge)
    body, mac = challenge[:24], challenge[24:]
    ours = any(hmac.compare_digest(mac, _mac(key, purpose, holder, body)) for key in settings.keys)
    age = int(now.timestamp()) - int.from_bytes(body[16:], "big")
    if not ours or not 0 <= age <= GOOD_FOR:
        raise InvalidInput(gettext(REFUSED), "credential")
    with transaction(session):
        first = limits.first_use(session, "challenge", mac.hex(), settings=settings, now=now, seconds=2 * GOOD_FOR)
    if not first:
        raise InvalidInput(gettext(REFUSED), "credential")
    return challenge


def _sound(read: Callable[[], Made]) -> Made:
    """Whatever a stranger's bytes do to the parsers of three formats, it only means: no passkey."""
    try:
        return read()
    except Exception as fault:
        log.info("a passkey was refused: %s", type(fault).__name__)
        raise InvalidInput(gettext(REFUSED), "credential") from fault


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in passkeys]
