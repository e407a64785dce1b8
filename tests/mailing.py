"""A small post office: mails without content of their own, a clock that is moved by hand, a postman over a sink."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.smtp_sink import Policy, SmtpSink
from tracker.db import SessionFactory, transaction
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.outbox.deliver import Postman
from tracker.outbox.enqueue import REMINDER, enqueue
from tracker.outbox.ledger import Ledger
from tracker.outbox.render import Composers, Content
from tracker.outbox.smtp import Patience, SmtpTransport
from tracker.reminders import schedule

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
UNSUBSCRIBE = "http://localhost/unsubscribe/token"


@dataclass
class Moment:
    """The time, which only passes when told to."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def passes(self, span: dt.timedelta) -> None:
        self.now += span


def bare(_session: Session, mail: OutboxMail, _user: User, _now: dt.datetime) -> Content:
    """A mail that says its number."""
    unsubscribe = UNSUBSCRIBE if mail.kind == "weekly" else ""
    return Content(f"Mail {mail.id}", f"This is mail {mail.id}.\n", f"<p>This is mail {mail.id}.</p>\n", unsubscribe)


BARE: Composers = {"weekly": bare, "confirm-email": bare, "reset-password": bare}


class TopDice(random.Random):
    """Always the longest pause."""

    def random(self) -> float:
        return 0.999


@dataclass
class PostOffice:
    """Settings with a mail server of the test's own."""

    settings: Settings
    sessions: SessionFactory
    sink: SmtpSink
    moment: Moment = field(default_factory=Moment)
    outcomes: Counter[str] = field(default_factory=Counter)

    def postman(self, **options: Any) -> Postman:
        chosen = {
            "composers": BARE,
            "transport": SmtpTransport(self.settings, self.sink.server, Patience(answer=5, dot=5)),
            "now": self.moment,
            "ledger": Ledger(self.sessions),
            "dice": TopDice(),
            "noted": lambda _mail, outcome: self.outcomes.update([outcome]),
            **options,
        }
        return Postman(self.settings, self.sessions, **chosen)

    def deliver(self, **options: Any) -> Counter[str]:
        """One postman until nothing is left that may go now."""
        postman = self.postman(**options)
        try:
            while postman.round():
                pass
        finally:
            postman.close()
        return self.outcomes

    def mail(self, mail_id: int) -> OutboxMail:
        """As it is in the database."""
        with self.sessions() as session:
            return session.scalars(select(OutboxMail).where(OutboxMail.id == mail_id)).one()


@contextmanager
def post_office(settings: Settings, sessions: SessionFactory, policy: Policy | None = None) -> Iterator[PostOffice]:
    """Open while the mail server is."""
    with SmtpSink(policy) if policy else SmtpSink() as sink:
        yield PostOffice(replace(settings, mail=sink.server), sessions, sink)


def prefer(session: Session, user: User, **wishes: Any) -> ReminderPreference:
    """Reminders on, by default Mondays at eight."""
    with transaction(session):
        preference = schedule.new_preference(user.id)
        for name, value in wishes.items():
            setattr(preference, name, value)
        session.add(preference)
    return preference


def weekly(session: Session, user: User, *, period: str = "2027-W09", due_at: dt.datetime = NOW, **more: Any) -> int:
    """A reminder that waits; the user has a preference already."""
    with transaction(session):
        mail = OutboxMail(
            user_id=user.id,
            kind="weekly",
            period=period,
            priority=REMINDER,
            recipient=user.email,
            due_at=due_at,
            available_at=due_at,
            expires_at=due_at + 48 * HOUR,
            created_at=due_at,
        )
        for name, value in more.items():
            setattr(mail, name, value)
        session.add(mail)
    return mail.id


def urgent(session: Session, user: User, *, kind: str = "confirm-email", now: dt.datetime = NOW) -> int:
    """An account mail that waits."""
    with transaction(session):
        mail = enqueue(session, user_id=user.id, kind=kind, recipient=user.email, now=now)
    return mail.id
