"""Writing down what became of a mail, with what follows from it. Nothing here commits: the ledger does."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.orm import Session

from tracker.models import OutboxMail, ReminderPreference, Suppression
from tracker.outbox import claim
from tracker.outbox.enqueue import URGENT, insert_new
from tracker.outbox.outcomes import Sent


def record_sent(session: Session, mail: OutboxMail, sent: Sent, *, now: dt.datetime) -> bool:
    """The server took it. False if that was known already. A mail that arrived proves its address."""
    recorded = claim.finish_sent(session, mail, sent_at=now, code=sent.code, text=sent.text)
    if mail.priority == URGENT:
        session.execute(delete(Suppression).where(Suppression.address == mail.recipient))
    elif recorded and mail.period:  # of a week's slot: a celebration asks for no answer
        session.connection().execute(_SENT_AT, {"whose": mail.user_id, "at": now})
    return recorded


_table = cast(Table, ReminderPreference.__table__)
_SENT_AT = (
    update(_table)
    .where(_table.c.user_id == bindparam("whose"))
    .values(last_sent_at=bindparam("at"), unanswered=_table.c.unanswered + 1)
)


def record(session: Session, mail: OutboxMail, state: str, *, now: dt.datetime, suppress: bool, **values: Any) -> bool:
    """Any other new state; False if another sender has taken the mail over since.

    One that is refused for its address blocks that for reminders.
    """
    recorded = claim.finish(session, mail, state=state, **values)
    if state == "unknown" and mail.period:
        session.execute(_SENT_AT, {"whose": mail.user_id, "at": now})
    if suppress:
        evidence = str(values["last_text"])
        row = {"address": mail.recipient, "reason": "hard", "evidence": evidence, "created_at": now}
        insert_new(session, Suppression, [row])
    return recorded
