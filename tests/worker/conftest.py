"""A database that several processes share, with Ada on her path in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from tests.environment import make_settings
from tests.mailing import urgent
from tests.people import ada, enrol, make_user
from tracker import clock, db
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, Sender, User


@dataclass
class Town:
    """Two learners by the real clock; both have reminders on."""

    url: str
    instance: Path
    sessions: db.SessionFactory
    user_id: int
    other_id: int

    @property
    def settings(self) -> config.Settings:
        return make_settings(self.instance, self.url)

    def due(self, user_id: int, at: dt.datetime) -> None:
        """Makes this learner's reminder due at a moment."""
        with self.sessions() as session, transaction(session):
            session.get_one(ReminderPreference, user_id).next_due_at = at

    def account_mail(self, user_id: int) -> int:
        with self.sessions() as session:
            return urgent(session, session.get_one(User, user_id), kind="address-taken", now=clock.now_utc())

    def mails(self) -> list[OutboxMail]:
        with self.sessions() as session:
            return list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))

    def states(self) -> list[str]:
        return [mail.state for mail in self.mails()]

    def senders(self) -> list[Sender]:
        with self.sessions() as session:
            return list(session.scalars(select(Sender)))


def _learner(session: Session, catalog: Catalog, user: User) -> int:
    enrol(session, catalog, user)
    return user.id


@pytest.fixture
def town(fresh_database: str, tmp_path: Path, catalog: Catalog) -> Iterator[Town]:
    engine = db.make_engine(fresh_database)
    sessions = db.make_sessions(engine)
    with sessions() as session:
        first = _learner(session, catalog, ada(session))
        second = _learner(session, catalog, make_user(session, "eve@example.org"))
    yield Town(fresh_database, tmp_path, sessions, first, second)
    engine.dispose()
