"""How often something may be tried, counted in the database: a restart or a second process does not begin anew.

Windows are fixed (the third five minutes of this hour), so that one atomic statement counts and nothing races.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config import Settings
from tracker import signing
from tracker.db import transaction
from tracker.errors import TooMany
from tracker.language import gettext, ngettext
from tracker.models import TryCount

MINUTE, FIVE_MINUTES, HOUR, DAY = 60, 300, 3600, 86_400
USUAL = 10
"""The default of TRACKER_LOGIN_LIMIT, to which the figures below belong."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a window; ``grows`` with TRACKER_LOGIN_LIMIT."""

    name: str
    most: int
    seconds: int
    grows: bool = True


LOGIN_NETWORK = Limit("login-network", 10, FIVE_MINUTES)
LOGIN_ACCOUNT = Limit("login-account", 10, FIVE_MINUTES)
LOGIN_SITE = Limit("login-site", 1000, FIVE_MINUTES)
LOGIN_DEVICE = Limit("login-device", 10, FIVE_MINUTES)
SIGN_UP = Limit("sign-up", 20, HOUR)
ASK_FOR_MAIL = Limit("ask-for-mail", 20, HOUR)
MAIL = Limit("mail", 5, DAY, grows=False)
PROOF = Limit("proof", 10, FIVE_MINUTES)
FACTOR = (Limit("factor-5", 5, FIVE_MINUTES), Limit("factor-20", 20, HOUR), Limit("factor-50", 50, DAY))
PASSKEY_NETWORK = Limit("passkey-network", 30, FIVE_MINUTES)
EXPORT = Limit("export", 10, HOUR)
IMPORT = Limit("import", 10, HOUR)
PATH_FILE = Limit("path-file", 60, HOUR)
"""Whoever writes a path of their own sends it again and again; reading one costs a tenth of an import."""

FORM_REMEMBERED = dt.timedelta(days=7)
"""A form that was sent and is sent again: out of a page that stayed open, or by a connection that came back."""

Counted = Sequence[tuple[Limit, str]]
"""Limits with whose tries they count: a network, an address, an account."""


def take(session: Session, counted: Counted, *, settings: Settings, now: dt.datetime) -> int:
    """Counts one try in each; 0, or for how many seconds the first limit that is reached lasts. Never commits.

    What stands behind a limit that is reached is not counted: one network cannot use up the tries of everybody.
    """
    for limit, whose in counted:
        seconds = int(now.timestamp())
        if _count(session, limit, whose, settings, seconds) > _most(limit, settings):
            return limit.seconds - seconds % limit.seconds
    return 0


def give_back(session: Session, counted: Counted, *, settings: Settings, now: dt.datetime) -> None:
    """The try went well, so it does not count. Never commits."""
    for limit, whose in counted:
        session.execute(
            update(TryCount)
            .where(
                TryCount.bucket == _bucket(limit, whose, settings),
                TryCount.window == int(now.timestamp()) // limit.seconds,
                TryCount.tries > 0,
            )
            .values(tries=TryCount.tries - 1)
        )


def refuse(wait: int) -> None:
    """Raises TooMany where ``take`` said to wait; outside of the transaction, so that the counting stays."""
    if wait:
        raise TooMany(gettext("That was too often. Try again in %(wait)s.", wait=waiting(wait)), wait)


def spend(session: Session, limit: Limit, whose: str, *, settings: Settings, now: dt.datetime) -> None:
    """Counts one use of what costs the server something, whatever comes of it. Raises TooMany."""
    with transaction(session):
        wait = take(session, [(limit, whose)], settings=settings, now=now)
    refuse(wait)


def waiting(seconds: int) -> str:
    """40 seconds, 5 minutes, 3 hours: rounded up."""
    if seconds >= 2 * HOUR:
        return ngettext("%(num)s hour", "%(num)s hours", -(-seconds // HOUR))
    if seconds >= 2 * MINUTE:
        return ngettext("%(num)s minute", "%(num)s minutes", -(-seconds // MINUTE))
    return ngettext("%(num)s second", "%(num)s seconds", seconds)


def first_use(session: Session, name: str, what: str, *, settings: Settings, now: dt.datetime, seconds: int) -> bool:
    """Whether ``what``, which is good for ``seconds`` and one use, was not used before. Never commits."""
    ends_at = now + dt.timedelta(seconds=seconds)
    return _add(session, f"{name}:{signing.fingerprint(settings.secret_key, 'once', what)}", 0, ends_at) == 1


def first_send(session: Session, form: str, *, now: dt.datetime) -> bool:
    """Whether ``form``, one view of it by its key, was not sent in the last week. Never commits."""
    return _add(session, f"form:{hashlib.sha256(form.encode()).hexdigest()}", 0, now + FORM_REMEMBERED) == 1


def _count(session: Session, limit: Limit, whose: str, settings: Settings, seconds: int) -> int:
    window = seconds // limit.seconds
    ends_at = dt.datetime.fromtimestamp((window + 1) * limit.seconds, dt.UTC)
    return _add(session, _bucket(limit, whose, settings), window, ends_at)


def _add(session: Session, bucket: str, window: int, ends_at: dt.datetime) -> int:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    counted = (
        dialect.insert(TryCount)
        .values(bucket=bucket, window=window, tries=1, ends_at=ends_at)
        .on_conflict_do_update(index_elements=["bucket", "window"], set_={"tries": TryCount.tries + 1})
        .returning(TryCount.tries)
    )
    return cast(int, session.execute(counted).scalar_one())


def _bucket(limit: Limit, whose: str, settings: Settings) -> str:
    return f"{limit.name}:{signing.fingerprint(settings.secret_key, 'limit', whose)}"


def _most(limit: Limit, settings: Settings) -> int:
    return max(1, limit.most * settings.login_limit // USUAL) if limit.grows else limit.most
