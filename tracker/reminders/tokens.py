"""The address that stops the weekly mail: signed, without a time, able to do only that."""

from __future__ import annotations

from config import Settings
from tracker import signing
from tracker.errors import NotFound

PURPOSE = "unsubscribe"


def unsubscribe_link(settings: Settings, user_id: int) -> str:
    """For List-Unsubscribe and the mail's own text; works for as long as the mail is kept."""
    return f"{settings.base_url}/unsubscribe/{signing.sign(settings.secret_key, PURPOSE, user_id)}"


def read_unsubscribe(settings: Settings, token: str) -> int:
    """Whose reminders the token stops; raises NotFound for one that is not ours."""
    try:
        user_id = signing.unsign(settings.secret_key, PURPOSE, token)
    except signing.BadToken:
        raise NotFound from None
    if not isinstance(user_id, int):
        raise NotFound
    return user_id
