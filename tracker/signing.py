"""Signed tokens for links in mail: one salt per purpose, so that a link can do only its one thing."""

from __future__ import annotations

import functools
import hashlib
import hmac
from typing import Any

from itsdangerous import BadData, Signer, URLSafeSerializer, URLSafeTimedSerializer

BETWEEN = "~"
"""Stands between words: free in addresses, and in no key of ours."""

Keys = str | tuple[str, ...]
"""One key, or those of ``Settings.keys``: the newest signs, each of them may have signed what is read."""


class BadToken(Exception):
    """Forged, cut short, of another purpose or too old: never told apart to the outside."""


def sign(secret_key: Keys, purpose: str, payload: Any) -> str:
    """A token without a time: for links that must work for as long as the mail is kept (unsubscribe)."""
    return _serializer(secret_key, purpose).dumps(payload)


@functools.cache
def _serializer(secret_key: Keys, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=f"waymark:{purpose}")


def unsign(secret_key: Keys, purpose: str, token: str) -> Any:
    """The payload of ``sign``; raises BadToken."""
    try:
        return _serializer(secret_key, purpose).loads(token)
    except BadData as fault:
        raise BadToken from fault


def sign_words(secret_key: Keys, purpose: str, *words: str) -> str:
    """The same for words of letters, digits and hyphens, twenty times as fast: a mail holds many such links."""
    return _signer(secret_key, purpose).sign(BETWEEN.join(words)).decode()


def unsign_words(secret_key: Keys, purpose: str, token: str) -> list[str]:
    """The words of ``sign_words``; raises BadToken."""
    try:
        return _signer(secret_key, purpose).unsign(token).decode().split(BETWEEN)
    except (BadData, UnicodeError) as fault:
        raise BadToken from fault


@functools.cache
def _signer(secret_key: Keys, purpose: str) -> Signer:
    """With the keys of this purpose worked out, which a Signer otherwise does anew for each token."""
    given = Signer(secret_key, salt=f"waymark:{purpose}", digest_method=hashlib.sha256)
    derived = [given.derive_key(key) for key in given.secret_keys]
    return Signer(derived, key_derivation="none", digest_method=hashlib.sha256)


def sign_timed(secret_key: Keys, purpose: str, payload: Any) -> str:
    """A token that carries the time of its making."""
    return URLSafeTimedSerializer(secret_key, salt=f"waymark:{purpose}").dumps(payload)


def unsign_timed(secret_key: Keys, purpose: str, token: str, *, max_age: int) -> Any:
    """The payload of ``sign_timed`` if the token is at most ``max_age`` seconds old; raises BadToken."""
    try:
        return URLSafeTimedSerializer(secret_key, salt=f"waymark:{purpose}").loads(token, max_age=max_age)
    except BadData as fault:
        raise BadToken from fault


def fingerprint(secret_key: str, purpose: str, text: str, length: int = 26) -> str:
    """A short keyed hash: stable, but not to be guessed (Message-IDs; binding a token to the present password)."""
    return hmac.new(secret_key.encode(), f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()[:length]


def fingerprints(keys: tuple[str, ...], purpose: str, text: str) -> list[str]:
    """The same under each key, the newest first: to compare a fingerprint that an older key may have made."""
    return [fingerprint(key, purpose, text) for key in reversed(keys)]
