"""Links in account mail: one purpose each, bound to what they change, so that they end by being used."""

from __future__ import annotations

from config import Settings
from tracker import signing
from tracker.models import User

CONFIRM, RESET = "confirm-email", "reset-password"
CONFIRM_SECONDS = 24 * 3600
RESET_SECONDS = 3600


def confirm_link(settings: Settings, user: User) -> str:
    """Confirms this address, and no other that the account may have later; works for a day."""
    token = signing.sign_timed(settings.secret_key, CONFIRM, [user.id, _about_address(settings, user)])
    return f"{settings.base_url}/verify-email/{token}"


def reset_link(settings: Settings, user: User) -> str:
    """Sets a new password once: the link ends with the password that it replaces, or after an hour."""
    token = signing.sign_timed(settings.secret_key, RESET, [user.id, _about_password(settings, user)])
    return f"{settings.base_url}/reset-password/{token}"


def read_confirm(settings: Settings, token: str) -> tuple[int, str]:
    """Account and fingerprint of a confirmation; raises BadToken."""
    return _pair(signing.unsign_timed(settings.secret_key, CONFIRM, token, max_age=CONFIRM_SECONDS))


def read_reset(settings: Settings, token: str) -> tuple[int, str]:
    """Account and fingerprint of a reset; raises BadToken."""
    return _pair(signing.unsign_timed(settings.secret_key, RESET, token, max_age=RESET_SECONDS))


def confirms(settings: Settings, user: User | None, mark: str) -> bool:
    """Whether the confirmation is for the address that the account has now."""
    return user is not None and mark == _about_address(settings, user)


def resets(settings: Settings, user: User | None, mark: str) -> bool:
    """Whether the password is still the one that this link was to replace."""
    return user is not None and mark == _about_password(settings, user)


def _about_address(settings: Settings, user: User) -> str:
    return signing.fingerprint(settings.secret_key, CONFIRM, f"{user.id}|{user.email}")


def _about_password(settings: Settings, user: User) -> str:
    return signing.fingerprint(settings.secret_key, RESET, f"{user.id}|{user.email}|{user.password_hash}")


def _pair(payload: object) -> tuple[int, str]:
    match payload:
        case [int(user_id), str(mark)]:
            return user_id, mark
    raise signing.BadToken
