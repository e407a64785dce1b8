"""Passwords: long enough, not the ones that everybody tries, kept as argon2id."""

from __future__ import annotations

import os
import string
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import Settings
from tracker.errors import Busy, InvalidInput
from tracker.language import gettext

MIN_LENGTH, MAX_LENGTH = 12, 256
FEWEST_DIFFERENT = 5
"""Twelve times the same letter, or two in turn, is not twelve characters."""

AT_ONCE = max(2, os.cpu_count() or 1)
PATIENCE = 10.0
_hashing = threading.BoundedSemaphore(AT_ONCE)
"""A hash takes 19 MiB and a processor: more of them at once would only be slower, and fill the memory."""


@cache
def common() -> frozenset[str]:
    """What everybody tries; where the list is from stands at its head."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))


@cache
def _hasher(memory_kib: int) -> PasswordHasher:
    # one of those that the OWASP Password Storage Cheat Sheet recommends: 19 MiB, two passes, one lane
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


@cache
def _nobodys_hash(memory_kib: int) -> str:
    return _hasher(memory_kib).hash("the password of an account that does not exist")


def check_new(password: str, *, email: str, settings: Settings) -> None:
    """Raises InvalidInput with a sentence where a new password is too easy to guess. Spaces and any script are fine."""
    plain = normalised(password).casefold()
    if len(plain) < MIN_LENGTH:
        raise InvalidInput(
            gettext(
                "Use at least %(min_length)s characters: three or four words are easy to keep.", min_length=MIN_LENGTH
            ),
            "password",
        )
    if len(password) > MAX_LENGTH:
        raise InvalidInput(gettext("Use at most %(max_length)s characters.", max_length=MAX_LENGTH), "password")
    local = email.split("@")[0].casefold()
    guesses = (email.casefold(), settings.site_name.casefold(), *((local,) if len(local) > 3 else ()))
    about_them = any(guess in plain and _little(plain.replace(guess, "")) for guess in guesses)
    if _everybody_tries(plain) or len(set(plain)) < FEWEST_DIFFERENT or about_them:
        raise InvalidInput(
            gettext("That is one of the first passwords that somebody would try. Choose another."), "password"
        )


def _little(rest: str) -> bool:
    """Whether what is left beside a name or an address adds next to nothing: a few signs, or a number of any length."""
    return len(rest) < MIN_LENGTH - 4 or len(rest.strip(string.digits + string.punctuation)) < FEWEST_DIFFERENT


def _everybody_tries(plain: str) -> bool:
    word = plain.strip(string.digits + string.punctuation + " ")
    half = plain[: len(plain) // 2]
    return plain in common() or word in common() or (half in common() and plain == half * 2)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _hashing.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _hashing.release()


def normalised(password: str) -> str:
    """The same characters however a keyboard composes them (NFC); nothing is cut off or removed."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str, settings: Settings) -> str:
    """The argon2id hash to keep. Raises Busy, as ``verify`` does, when too many wait for theirs."""
    with _one_of_few():
        return _hasher(settings.password_memory_kib).hash(normalised(password))


def verify(kept: str | None, password: str, settings: Settings) -> bool:
    """Whether it is the right one. Without an account (``None``) it takes as long and answers False."""
    if len(password) > MAX_LENGTH:
        password = ""
    memory = settings.password_memory_kib
    against = kept or _nobodys_hash(memory)
    try:
        with _one_of_few():
            _hasher(memory).verify(against, normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str, settings: Settings) -> bool:
    """Whether the cost was raised since this hash was made."""
    return _hasher(settings.password_memory_kib).check_needs_rehash(kept)
