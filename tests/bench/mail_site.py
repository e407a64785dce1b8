"""Learners whose weekly mail is due: one real plan, copied for all, with twenty milestones done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from config import Settings
from tracker import clock
from tracker.accounts import services as accounts
from tracker.catalog.loader import load_catalog
from tracker.db import SessionFactory, transaction
from tracker.enrolment import services as enrolments
from tracker.enrolment.drafting import Choices
from tracker.models import Enrolment, MilestoneState, OutboxMail, PlanRevision, ReminderPreference, User
from tracker.outbox.letters import Desk
from tracker.progress import services as progress
from tracker.reminders import services
from tracker.worker import composers

DONE = 20
DAY = dt.timedelta(days=1)
COPIED = (User, Enrolment, PlanRevision, MilestoneState, ReminderPreference)


def fill(settings: Settings, sessions: SessionFactory, count: int) -> bytes:
    """So many learners with a mail that waits for each; answers the bytes of one."""
    now = clock.now_utc()
    with sessions() as session:
        first = _first(settings, session, now - 150 * DAY, now)
        with transaction(session):
            for number in range(1, count):
                _copy(session, first, number)
            # The phase that these ticks finished was celebrated; what is measured are reminders.
            session.execute(delete(OutboxMail))
            session.execute(update(ReminderPreference).values(next_due_at=now - DAY / 24))
        services.enqueue_due(session, now=now, spread_minutes=0)
        mail = session.scalars(select(OutboxMail).limit(1)).one()
        session.expunge(mail)
    desk = Desk(settings, sessions, composers(settings), clock.now_utc)
    return desk.read([mail])[mail.id]().data


def _first(settings: Settings, session: Session, began: dt.datetime, now: dt.datetime) -> int:
    path = load_catalog(settings.paths_dir).path("ml-engineer")
    assert path is not None
    user = accounts.create_user(
        session, email="learner-0@example.org", password="violet-harbor-quilt-27", timezone="Europe/Berlin",
        settings=settings, now=began, confirmed=True,
    )  # fmt: skip
    choices = Choices("beginner", 12, began.date())
    enrolments.enrol(session, user_id=user.id, path=path, choices=choices, today=began.date(), now=began)
    for number, milestone in enumerate(path.active[:DONE]):
        on = began.date() + number * 7 * DAY
        progress.tick(
            session, user_id=user.id, path=path, key=milestone.key, state="done", today=now.date(), now=now, done_on=on
        )
    return user.id


def _copy(session: Session, first: int, number: int) -> None:
    """Every row of the first learner again, under another number and address."""
    for model in COPIED:
        table: Any = model.__table__
        owner = table.c.id if model is User else table.c.enrolment_id if model is PlanRevision else table.c.user_id
        rows = [dict(row._mapping) for row in session.execute(select(table).where(owner == first))]
        for row in rows:
            for column in ("id", "user_id", "enrolment_id"):
                if column in row:
                    row[column] += number
            if model is User:
                row["email"] = f"learner-{number}@example.org"
        if model is MilestoneState and "id" in table.c:
            rows = [{key: value for key, value in row.items() if key != "id"} for row in rows]
        session.execute(insert(table), rows)
