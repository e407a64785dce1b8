"""Reading the outbox as whoever administers the site sees it, and what is wrong with the sending."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker.db import SessionFactory
from tracker.language import gettext_noop, said
from tracker.models import OutboxMail
from tracker.outbox.states import LEASED, NOT_WEEKLY, QUEUED, SENT, UNSENT
from tracker.reminders.health import health
from tracker.reminders.queries import KINDS
from tracker.reminders.schedule import WEEKLY

log = logging.getLogger(__name__)

PAGE = 50
STATES = (
    gettext_noop("queued"),
    gettext_noop("claimed"),
    gettext_noop("sending"),
    gettext_noop("sent"),
    gettext_noop("skipped"),
    gettext_noop("dead"),
    gettext_noop("unknown"),
)
Again = Literal["", "again", "second copy"]
"""Whether a mail can be tried again: not, safely, or only at the price of a possible second copy."""


@dataclass(frozen=True, slots=True)
class Line:
    """One mail of the list."""

    mail: OutboxMail
    what: str
    again: Again


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the mails, newest first; ``before`` is where the next page begins, None on the last one."""

    lines: Sequence[Line]
    before: int | None


def outbox(session: Session, *, state: str, kind: str, before: int | None, now: dt.datetime) -> Page:
    """One page. An empty ``state`` or ``kind`` means all; pages go by number, so a page costs the same far down."""
    conditions = [*_of_state(state), *_of_kind(kind)]
    if before is not None:
        conditions.append(OutboxMail.id < before)
    rows = session.scalars(
        select(OutboxMail).where(*conditions).order_by(OutboxMail.id.desc()).limit(PAGE + 1),
    ).all()
    lines = [Line(mail, said(KINDS.get(mail.kind, mail.kind)), again(mail, now)) for mail in rows[:PAGE]]
    return Page(lines, lines[-1].mail.id if len(rows) > PAGE else None)


def _of_state(state: str) -> Sequence[ColumnElement[bool]]:
    """With the very words of the index that holds these rows."""
    match state:
        case "":
            return ()
        case "queued":
            return (QUEUED,)
        case "sent":
            return (SENT,)
        case "claimed" | "sending":
            return LEASED, OutboxMail.state == state
        case _:
            return UNSENT, OutboxMail.state == state


def _of_kind(kind: str) -> Sequence[ColumnElement[bool]]:
    if not kind:
        return ()
    return (OutboxMail.kind == kind,) if kind == WEEKLY else (NOT_WEEKLY, OutboxMail.kind == kind)


def again(mail: OutboxMail, now: dt.datetime) -> Again:
    """A reminder that is too old, or a link nobody waits for any more, is not sent however often one asks."""
    if mail.expires_at <= now or mail.state not in ("dead", "skipped", "unknown"):
        return ""
    return "second copy" if mail.state == "unknown" or mail.ambiguous else "again"


def troubles(sessions: SessionFactory, now: dt.datetime) -> list[str]:
    """What is wrong with the sending, in sentences for a banner; nothing when the database cannot say.

    By a session of its own: the page's may have failed, and the page of that error has a banner, too.
    """
    try:
        with sessions() as session:
            return health(session, now=now).troubles
    except SQLAlchemyError:
        log.exception("how the sending is doing cannot be read")
        return []
