"""What accounts leave behind and when it is forgotten; called once a day by the reminder process."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import factors
from tracker.accounts.events import KEPT_FOR
from tracker.db import transaction
from tracker.models import Authenticator, SecurityEvent, TryCount

UNFINISHED_FOR = dt.timedelta(days=1)
NOBODYS_FOR = dt.timedelta(days=7)
"""Guesses at addresses without an account: nobody sees them here, and whoever guesses could fill the disk."""


def forget_old(session: Session, *, settings: Settings, now: dt.datetime) -> None:
    """Counted tries whose window is over, security events of long ago, apps whose first code never came.

    Also encrypts anew what a former key of the site encrypted.
    """
    with transaction(session):
        session.execute(delete(TryCount).where(TryCount.ends_at < now))
        session.execute(delete(SecurityEvent).where(SecurityEvent.at < now - KEPT_FOR))
        nobodys = (SecurityEvent.user_id.is_(None), SecurityEvent.at < now - NOBODYS_FOR)
        session.execute(delete(SecurityEvent).where(*nobodys))
        unfinished = (Authenticator.confirmed_at.is_(None), Authenticator.created_at < now - UNFINISHED_FOR)
        session.execute(delete(Authenticator).where(*unfinished))
    factors.renew_secrets(session, settings=settings)
