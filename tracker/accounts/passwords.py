"""Passwords: long enough, not the ones that everybody tries, kept as argon2id."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import Settings
from tracker.errors import InvalidInput

MIN_LENGTH, MAX_LENGTH = 12, 256
FEWEST_DIFFERENT = 5
"""Twelve times the same letter, or two in turn, is not twelve characters."""

COMMON = frozenset(
    "123456789012 1234567890123 12345678901234 qwertyuiop12 qwertyuiop123 qwertyuiopasdf passwordpassword password1234 "
    "password12345 password123456 iloveyou1234 iloveyouforever administrator administrator1 welcome12345 letmein12345 "
    "1qaz2wsx3edc 1q2w3e4r5t6y asdfghjkl123 abcdefghijkl abcdefghijklm zxcvbnm12345 changeme1234 trustno1trustno1 "
    "correcthorsebatterystaple sunshine1234 princess1234 football1234 baseball1234 superman1234 monkey123456 "
    "machinelearning machinelearning1 adminadminadmin testtesttest passwort1234".split()
)


@cache
def _hasher(memory_kib: int) -> PasswordHasher:
    # OWASP's second choice of parameters: 19 MiB, two passes, one lane (notes/security.md A3)
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


@cache
def _nobodys_hash(memory_kib: int) -> str:
    return _hasher(memory_kib).hash("the password of an account that does not exist")


def check_new(password: str, *, email: str, settings: Settings) -> None:
    """Raises InvalidInput with a sentence where a new password is too easy to guess. Spaces and any script are fine."""
    plain = normalised(password).casefold()
    if len(plain) < MIN_LENGTH:
        raise InvalidInput(f"Use at least {MIN_LENGTH} characters: three or four words are easy to keep.", "password")
    if len(password) > MAX_LENGTH:
        raise InvalidInput(f"Use at most {MAX_LENGTH} characters.", "password")
    local = email.split("@")[0].casefold()
    guesses = (email.casefold(), settings.site_name.casefold(), *((local,) if len(local) > 3 else ()))
    rest = min((len(plain.replace(guess, "")) for guess in guesses), default=len(plain))
    if plain in COMMON or len(set(plain)) < FEWEST_DIFFERENT or rest < MIN_LENGTH - 4:
        raise InvalidInput("That is one of the first passwords that somebody would try. Choose another.", "password")


def normalised(password: str) -> str:
    """The same characters however a keyboard composes them (NFC); nothing is cut off or removed."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str, settings: Settings) -> str:
    """The argon2id hash to keep."""
    return _hasher(settings.password_memory_kib).hash(normalised(password))


def verify(kept: str | None, password: str, settings: Settings) -> bool:
    """Whether it is the right one. Without an account (``None``) it takes as long and answers False."""
    if len(password) > MAX_LENGTH:
        password = ""
    memory = settings.password_memory_kib
    try:
        _hasher(memory).verify(kept or _nobodys_hash(memory), normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str, settings: Settings) -> bool:
    """Whether the cost was raised since this hash was made."""
    return _hasher(settings.password_memory_kib).check_needs_rehash(kept)
