"""Writing down what became of a mail, with what follows from it, in one commit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, Suppression
from tracker.outbox import claim
from tracker.outbox.enqueue import REMINDER, URGENT, insert_new


def record(session: Session, mail: OutboxMail, state: str, *, now: dt.datetime, suppress: bool, **values: Any) -> bool:
    """The mail's new state; False if another sender has taken it over since.

    A mail that arrived proves its address; one that is refused for its address blocks it for reminders.
    """
    with transaction(session):
        if state == "sent":
            recorded = claim.finish_sent(session, mail, **values)
        else:
            recorded = claim.finish(session, mail, state=state, **values)
        if state == "sent" and mail.priority == URGENT:
            session.execute(delete(Suppression).where(Suppression.address == mail.recipient))
        if state in ("sent", "unknown") and mail.priority == REMINDER:
            mine = ReminderPreference.user_id == mail.user_id
            session.execute(update(ReminderPreference).where(mine).values(last_sent_at=now))
        if suppress:
            evidence = str(values["last_text"])
            row = {"address": mail.recipient, "reason": "hard", "evidence": evidence, "created_at": now}
            insert_new(session, Suppression, [row])
    return recorded
