"""The signed addresses in a mail: without a time, each able to do only its one thing for its one learner.

Instead of a time each is bound to what makes it safe for as long as the mail is kept: to the account and its present
address, so that an old mailbox cannot act any more; a tick to its milestone, a snooze and a pause to the mail's week.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from config import Settings
from tracker import signing
from tracker.errors import NotFound
from tracker.language import gettext_noop
from tracker.models import User

PURPOSE = "unsubscribe"
Act = Literal["done", "snooze", "pause", "slot", "weekly"]
"""What a link can do: mark a milestone done, snooze a week, pause, change day and hour, come weekly again."""

DEAD_LINK = gettext_noop(
    "This link does not work. It was cut short, or it went to an address that the account no longer has. Nothing was "
    "changed: copy the whole address from the mail, or log in and do it there."
)


def unsubscribe_link(settings: Settings, user: User) -> str:
    """For List-Unsubscribe and the mail's own text; works for as long as the mail is kept, and the account."""
    return f"{settings.base_url}/unsubscribe/{signing.sign_words(settings.keys, PURPOSE, str(user.id), _account(user))}"


def read_unsubscribe(settings: Settings, token: str) -> tuple[int, str]:
    """Whose reminders the token stops, if ``stops`` says so, too; raises NotFound for one that is not ours."""
    try:
        user_id, mark = signing.unsign_words(settings.keys, PURPOSE, token)
    except signing.BadToken:
        return _read_older(settings, token)
    return int(user_id), mark


def _read_older(settings: Settings, token: str) -> tuple[int, str]:
    """As mails of older versions say it."""
    try:
        payload = signing.unsign(settings.keys, PURPOSE, token)
    except signing.BadToken:
        raise NotFound from None
    match payload:
        case int(user_id):
            return user_id, ""
        case [int(user_id), str(mark)]:
            return user_id, mark
    raise NotFound


def stops(mark: str, user: User) -> bool:
    """Whether the token was made for this account, and not for a deleted one with the same number."""
    return mark in ("", _account(user))


def links_of(settings: Settings, user: User) -> Callable[..., str]:
    """For an act, and what it is about: the address of a page with one button, which does it for this learner."""
    keys, base_url, whose = settings.keys, settings.base_url, (str(user.id), _mark(user))

    def link(act: Act, *about: str) -> str:
        return f"{base_url}/mail/{act}/{signing.sign_words(keys, f'mail-{act}', *whose, *about)}"

    return link


@dataclass(frozen=True, slots=True)
class Link:
    """What the token of such an address says. It holds for its account only once ``belongs`` says so, too."""

    user_id: int
    mark: str
    about: tuple[str, ...]


def read_act(settings: Settings, act: Act, token: str) -> Link:
    """Raises NotFound for a token that is not ours, or is one for another act."""
    try:
        user_id, mark, *about = signing.unsign_words(settings.keys, f"mail-{act}", token)
    except signing.BadToken:
        raise NotFound from None
    return Link(int(user_id), mark, tuple(about))


def belongs(link: Link, user: User) -> bool:
    """Whether a link is of this account and was sent to its present address.

    The time at which the account was made is in it, since SQLite may give the number of a deleted one to a new one.
    """
    return link.mark == _mark(user)


def _account(user: User) -> str:
    """Which account, whatever its address is by now."""
    return hashlib.sha256(f"{user.id}|{user.created_at.timestamp()}".encode()).hexdigest()[:12]


def _mark(user: User) -> str:
    """Not secret and not signed by itself: the token around it is."""
    return hashlib.sha256(f"{user.id}|{user.email}|{user.created_at.timestamp()}".encode()).hexdigest()[:12]
