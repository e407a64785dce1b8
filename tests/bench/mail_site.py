"""Learners whose weekly mail is due, hardly two alike: the demo's stories, lived on different days and in all zones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import case, exists, select, update

from config import Settings
from tracker import clock
from tracker.catalog.loader import load_catalog
from tracker.db import SessionFactory, transaction
from tracker.demo_learners import make_learners
from tracker.models import Enrolment, OutboxMail, Pause, ReminderPreference, User
from tracker.outbox.letters import Desk
from tracker.reminders import services
from tracker.worker import composers

GROUPS = 12
"""So many times the demo's thirty stories are lived, each time with other dates."""
APART = 3
"""Days between one group's present and the next one's."""
LOCALES = ("en_GB", "en_US", "en_DE", "en_IN")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail as it goes over the wire."""

    recipient: str
    data: bytes


def fill(settings: Settings, sessions: SessionFactory, count: int) -> list[Ready]:
    """So many learners, and a mail that waits for each but the sixth who are on a pause; answers those mails."""
    now = clock.now_utc()
    catalog = load_catalog(settings.paths_dir)
    with sessions() as session:
        for number in range(GROUPS):
            there, then = count * (number + 1) // GROUPS, now - number * APART * DAY
            make_learners(session, count=there, catalog=catalog, settings=settings, now=then)
        with transaction(session):
            away = exists().where(Enrolment.user_id == ReminderPreference.user_id, Pause.enrolment_id == Enrolment.id)
            # Some have had a mail before; some have not answered for so long that it comes monthly.
            mine = ReminderPreference.user_id
            values = {"last_sent_at": case((mine % 4 > 0, now - 7 * DAY)), "unanswered": mine % 5}
            due_at = case((away, now + DAY), else_=now - DAY / 24)
            session.execute(update(ReminderPreference).values(next_due_at=due_at, **values))
            for number, locale in enumerate(LOCALES):
                session.execute(update(User).where(User.id % len(LOCALES) == number).values(locale=locale))
        services.enqueue_due(session, now=now, spread_minutes=0)
        mails = session.scalars(select(OutboxMail)).all()
        session.expunge_all()
    letters = Desk(settings, sessions, composers(settings), clock.now_utc).read(mails)
    return [Ready(mail.recipient, letters[mail.id]().data) for mail in mails]
