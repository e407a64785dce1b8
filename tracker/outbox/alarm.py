"""A run of refusals that are our own fault pauses every sender of every process, before it burns the whole list.

Counted in the database, and written only on such a refusal: what the server takes costs nothing.
"""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import MailAlarm, OutboxMail
from tracker.outbox.enqueue import insert_new
from tracker.outbox.states import SENT

log = logging.getLogger(__name__)

LIMIT, WINDOW = 10, 20
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=5), dt.timedelta(hours=1)
TAKEN, REFUSED = ".", "x"
_ROW = 1


def is_ringing(now: dt.datetime) -> ColumnElement[bool]:
    """Nobody is to send at the moment. A pause that lies too far ahead is a clock's that was set back since."""
    until = MailAlarm.paused_until
    return exists().where(MailAlarm.id == _ROW, until > now, until <= now + LONGEST_PAUSE)


def pausing(session: Session, now: dt.datetime) -> MailAlarm | None:
    """The alarm while it pauses the senders."""
    row = session.get(MailAlarm, _ROW, populate_existing=True)
    return row if row is not None and _rings(row, now) else None


def note_refusal(session: Session, *, reason: str, now: dt.datetime) -> bool:
    """One more refusal by our own fault: whether the senders now have to pause.

    It rings at ten of the last twenty mails of all processes. After the pause those ten still count, so that the next
    refusal rings again at once, and only mails that are taken push them out: one mail tries for all whether the server
    has thought better.
    """
    with transaction(session):
        row = session.get(MailAlarm, _ROW, with_for_update=True, populate_existing=True)
        if row is None:
            empty = {"id": _ROW, "recent": "", "pauses": 0, "reason": ""}
            insert_new(session, MailAlarm, [empty])
            row = session.get_one(MailAlarm, _ROW, with_for_update=True, populate_existing=True)
        row.recent = (row.recent + TAKEN * _taken_since(session, row.refused_at) + REFUSED)[-WINDOW:]
        row.refused_at = now
        if row.recent.count(REFUSED) < LIMIT:
            row.pauses = 0
            return False
        if _rings(row, now):
            return True
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.pauses, 12))
        row.pauses, row.rung_at, row.paused_until, row.reason = row.pauses + 1, now, now + pause, reason[:200]
    log.error(
        "mail is refused again and again by a fault of our own, so all senders pause for %s: %s",
        pause,
        reason,
    )
    return True


def _taken_since(session: Session, moment: dt.datetime | None) -> int:
    """How many mails the server took since then, from whatever process; more than fit into the window do not matter."""
    later = (OutboxMail.sent_at > moment,) if moment else ()
    some = select(OutboxMail.id).where(SENT, *later).limit(WINDOW).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _rings(row: MailAlarm, now: dt.datetime) -> bool:
    return row.paused_until is not None and now < row.paused_until <= now + LONGEST_PAUSE
