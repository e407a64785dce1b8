"""Links in account mail: one purpose each, bound to what they change, so that they end by being used."""

from __future__ import annotations

from config import Settings
from tracker import signing
from tracker.models import User

CONFIRM, RESET, CHANGE = "confirm-email", "reset-password", "change-email"
CONFIRM_SECONDS = 24 * 3600
RESET_SECONDS = 3600


def confirm_link(settings: Settings, user: User) -> str:
    """Confirms this address, and no other that the account may have later; works for a day."""
    return _link(settings, "verify-email", CONFIRM, [user.id, _mark(settings, CONFIRM, user)])


def reset_link(settings: Settings, user: User) -> str:
    """Sets a new password once: the link ends with the password that it replaces, with a log-in, or after an hour."""
    return _link(settings, "reset-password", RESET, [user.id, _mark(settings, RESET, user)])


def change_link(settings: Settings, user: User, address: str) -> str:
    """Gives the account this address once; works for a day, and not after the address or password was changed."""
    return _link(settings, "change-email", CHANGE, [user.id, _mark(settings, CHANGE, user), address])


def read_confirm(settings: Settings, token: str) -> tuple[int, str]:
    """Account and fingerprint of a confirmation; raises BadToken."""
    return _pair(signing.unsign_timed(settings.keys, CONFIRM, token, max_age=CONFIRM_SECONDS))


def read_reset(settings: Settings, token: str) -> tuple[int, str]:
    """Account and fingerprint of a reset; raises BadToken."""
    return _pair(signing.unsign_timed(settings.keys, RESET, token, max_age=RESET_SECONDS))


def read_change(settings: Settings, token: str) -> tuple[int, str, str]:
    """Account, fingerprint and new address of a change; raises BadToken."""
    match signing.unsign_timed(settings.keys, CHANGE, token, max_age=CONFIRM_SECONDS):
        case [int(user_id), str(mark), str(address)]:
            return user_id, mark, address
    raise signing.BadToken


def confirms(settings: Settings, user: User, mark: str) -> bool:
    """Whether the confirmation is for the address that the account has now."""
    return mark in _marks(settings, CONFIRM, user)


def resets(settings: Settings, user: User, mark: str) -> bool:
    """Whether the password is still the one that this link was to replace, and nobody has logged in with it since."""
    return mark in _marks(settings, RESET, user)


def changes(settings: Settings, user: User, mark: str) -> bool:
    """Whether address and password are still those from which the change was asked."""
    return mark in _marks(settings, CHANGE, user)


def _link(settings: Settings, page: str, purpose: str, payload: list[int | str]) -> str:
    return f"{settings.base_url}/{page}/{signing.sign_timed(settings.keys, purpose, payload)}"


def _mark(settings: Settings, purpose: str, user: User) -> str:
    return _marks(settings, purpose, user)[0]


def _marks(settings: Settings, purpose: str, user: User) -> list[str]:
    """What the link is bound to, so that it ends with it; one for each key that is still taken."""
    about = f"{user.id}|{user.email}|{user.password_hash}"
    if purpose == RESET:
        about += f"|{user.last_login_at and user.last_login_at.isoformat()}"
    return signing.fingerprints(settings.keys, purpose, about)


def _pair(payload: object) -> tuple[int, str]:
    match payload:
        case [int(user_id), str(mark)]:
            return user_id, mark
    raise signing.BadToken
