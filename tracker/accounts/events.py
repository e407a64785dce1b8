"""The security log: what happened to an account, when and from where. The learner sees their own for 90 days.

Never a password, a code, a token, a mail address or anything else that somebody typed.
"""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.accounts.visit import Visit
from tracker.language import gettext_noop
from tracker.models import SecurityEvent

log = logging.getLogger("tracker.security")

KEPT_FOR = dt.timedelta(days=90)
SHOWN = 300
WORDS = {
    "sign-up": gettext_noop("Signed up"),
    "log-in": gettext_noop("Logged in"),
    "log-in-failed": gettext_noop("Wrong password at log-in"),
    "log-in-limited": gettext_noop("Too many tries to log in; refused for some minutes"),
    "factor-failed": gettext_noop("Wrong second factor at log-in"),
    "factor-limited": gettext_noop("Too many tries of the second factor; refused for a while"),
    "recovery-code-used": gettext_noop("Logged in with a recovery code, which is used up"),
    "proved": gettext_noop("Proved who you are before a change"),
    "proof-failed": gettext_noop("Wrong proof before a change"),
    "log-out": gettext_noop("Logged out"),
    "session-ended": gettext_noop("A device was logged out"),
    "sessions-ended": gettext_noop("All other devices were logged out"),
    "reset-asked": gettext_noop("A link for a new password was asked for"),
    "password-reset": gettext_noop("New password set by the link in a mail"),
    "password-changed": gettext_noop("Password changed"),
    "email-change-asked": gettext_noop("A new address was given, to be confirmed"),
    "email-changed": gettext_noop("Address changed"),
    "email-confirmed": gettext_noop("Address confirmed"),
    "passkey-added": gettext_noop("Passkey added"),
    "passkey-removed": gettext_noop("Passkey removed"),
    "authenticator-added": gettext_noop("Authenticator app set up"),
    "authenticator-removed": gettext_noop("Authenticator app removed"),
    "recovery-codes-made": gettext_noop("New recovery codes made; older ones are void"),
    "factors-dropped": gettext_noop("Second factors removed: they were set up before the address was confirmed"),
    "factors-reset": gettext_noop("All second factors were removed by whoever runs this site"),
    "data-exported": gettext_noop("Everything taken along as a file"),
    "data-imported": gettext_noop("A file brought in"),
    "account-deleted": gettext_noop("Account deleted"),
    "logged-out": gettext_noop("Logged out everywhere by whoever runs this site"),
    "promoted": gettext_noop("Made an administrator by whoever runs this site"),
}
"""Every kind there is, in the words of the learner's page."""


def record(session: Session, kind: str, *, user_id: int | None, now: dt.datetime, visit: Visit | None = None) -> None:
    """Adds one line, here and to the server's log. Never commits. ``visit`` is None for commands of the operator."""
    where = visit or Visit(user_agent="")
    if kind not in WORDS:
        raise ValueError(f"{kind} has no words")
    device = where.device if visit else ""
    session.add(
        SecurityEvent(
            user_id=user_id, kind=kind, at=now, network=where.network, device=device, request_id=where.request_id
        )
    )
    # Only values of our own making: nothing that could hold a line break.
    log.info("%s user=%s network=%s request=%s", kind, user_id or "-", where.network or "-", where.request_id or "-")


def events_of(session: Session, user_id: int, *, now: dt.datetime) -> list[SecurityEvent]:
    """The latest of this account, newest first."""
    return list(
        session.scalars(
            select(SecurityEvent)
            .where(SecurityEvent.user_id == user_id, SecurityEvent.at > now - KEPT_FOR)
            .order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc())
            .limit(SHOWN)
        )
    )
