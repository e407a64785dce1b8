"""Signed tokens for links in mail: one salt per purpose, so that a link can do only its one thing."""

from __future__ import annotations

import functools
import hashlib
import hmac
from typing import Any

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer


class BadToken(Exception):
    """Forged, cut short, of another purpose or too old: never told apart to the outside."""


def sign(secret_key: str, purpose: str, payload: Any) -> str:
    """A token without a time: for links that must work for as long as the mail is kept (unsubscribe)."""
    return _serializer(secret_key, purpose).dumps(payload)


@functools.cache
def _serializer(secret_key: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=f"waymark:{purpose}")


def unsign(secret_key: str, purpose: str, token: str) -> Any:
    """The payload of ``sign``; raises BadToken."""
    try:
        return _serializer(secret_key, purpose).loads(token)
    except BadData as fault:
        raise BadToken from fault


def sign_timed(secret_key: str, purpose: str, payload: Any) -> str:
    """A token that carries the time of its making."""
    return URLSafeTimedSerializer(secret_key, salt=f"waymark:{purpose}").dumps(payload)


def unsign_timed(secret_key: str, purpose: str, token: str, *, max_age: int) -> Any:
    """The payload of ``sign_timed`` if the token is at most ``max_age`` seconds old; raises BadToken."""
    try:
        return URLSafeTimedSerializer(secret_key, salt=f"waymark:{purpose}").loads(token, max_age=max_age)
    except BadData as fault:
        raise BadToken from fault


def fingerprint(secret_key: str, purpose: str, text: str, length: int = 26) -> str:
    """A short keyed hash: stable, but not to be guessed (Message-IDs; binding a token to the present password)."""
    return hmac.new(secret_key.encode(), f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()[:length]
