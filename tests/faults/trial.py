"""One trial: a database with learners in it, processes that are started and killed, and what became of the mails."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import config
from tests.environment import make_settings
from tests.people import enrol, make_user
from tests.smtp_sink import SmtpSink
from tests.worker_process import WorkerProcess
from tracker import clock, db
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import Enrolment, OutboxMail, PlanRevision, ReminderPreference, Sender, User

MINUTE = dt.timedelta(minutes=1)
PATIENCE = 90
"""Seconds after which a condition will not come true any more, also on a busy machine."""
QUICK = {
    "tracker.housekeeping.SCAN_SECONDS": 1,
    "tracker.housekeeping.BEAT_SECONDS": 1,
    "tracker.housekeeping.POLL_SECONDS": 0.2,
    "tracker.housekeeping.FIRST_PAUSE": 0.2,
    "tracker.housekeeping.LONGEST_PAUSE": 1.0,
    "tracker.housekeeping.LONGEST_DATABASE_PAUSE": 0.5,
}
"""A worker that takes seconds for what otherwise takes minutes."""


def wait_until(reached: Callable[[], Any], what: str = "", seconds: float = PATIENCE) -> None:
    """Until something is true; a database that is locked at this moment is asked again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OperationalError):
            if reached():
                return
        time.sleep(0.02)
    raise AssertionError(f"it did not come: {what or reached}")


class Child(WorkerProcess):
    """A `tracker worker` (or another command) whose clock and patience are the trial's."""

    def __init__(
        self, instance: Path, database_url: str, mail_url: str, *,
        arguments: Sequence[str] = ("worker",), patch: dict[str, Any] | None = None,
        faults: dict[str, str] | None = None,
        **settings: str,
    ) -> None:  # fmt: skip
        super().__init__(instance, database_url, mail_url, **settings)
        self.arguments = arguments
        self.env |= {"FAULTS_PATCH": json.dumps(patch or {})}
        self.env |= {f"FAULTS_{name}": value for name, value in (faults or {}).items()}

    def start(self) -> Child:
        """Starts it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from tests.faults.child import main; main()", *self.arguments],
                env=self.env, cwd=config.ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        return self

    def __enter__(self) -> Child:
        return self.start()

    def wait(self) -> int:
        """Its exit code, once it has come to its end."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        """Its number."""
        assert self.process is not None
        return self.process.pid


@dataclass
class Trial:
    """Where a trial happens."""

    url: str
    instance: Path
    sessions: db.SessionFactory
    catalog: Catalog
    children: list[Child] = field(default_factory=list)

    @property
    def settings(self) -> config.Settings:
        """As a process of this installation has them."""
        return make_settings(self.instance, self.url)

    @property
    def is_sqlite(self) -> bool:
        """Which of the two databases it is."""
        return self.url.startswith("sqlite")

    def child(self, mail_url: str, **options: Any) -> Child:
        """A worker that is quick to look; not started yet, and killed at the end of the trial."""
        made = Child(self.instance, self.url, mail_url, **{"patch": QUICK, **options})
        self.children.append(made)
        return made

    def learners(self, count: int, *, due: dt.datetime | None = None) -> list[str]:
        """So many learners on the path, whose weekly mail is due (a minute ago); their addresses."""
        due = due or clock.now_utc() - MINUTE
        with self.sessions() as session:
            first = make_user(session, "learner-0@example.org")
            enrolment = enrol(session, self.catalog, first)
            with transaction(session):
                for number in range(1, count):
                    _copy(session, first, enrolment, number)
                session.execute(update(ReminderPreference).values(next_due_at=due))
        return [f"learner-{number}@example.org" for number in range(count)]

    def mails(self) -> list[OutboxMail]:
        """All rows of the outbox."""
        with self.sessions() as session:
            return list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))

    def states(self) -> Counter[str]:
        """How many mails are in which state."""
        with self.sessions() as session:
            return Counter(session.scalars(select(OutboxMail.state)))

    def all_are(self, count: int, *states: str) -> Callable[[], bool]:
        """A condition: there are so many mails, each in one of these states."""
        return lambda: (found := self.states()).total() == count == sum(found[state] for state in states)

    def senders(self) -> list[Sender]:
        """The processes by their heartbeats."""
        with self.sessions() as session:
            return list(session.scalars(select(Sender)))

    def is_up(self, child: Child) -> bool:
        """This process has begun its work."""
        return any(sender.id.split(".")[1] == f"{child.pid:x}" for sender in self.senders())

    @contextmanager
    def locked(self, tables: str) -> Iterator[None]:
        """Another program writes and does not end: on SQLite in the whole file, on PostgreSQL in these tables."""
        if self.is_sqlite:
            other = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
            other.close()
            return
        with self.sessions.kw["bind"].connect() as connection:
            connection.execute(text(f"LOCK TABLE {tables}"))
            yield
            connection.rollback()

    def clean_up(self) -> None:
        """Ends all processes."""
        for child in self.children:
            child.kill()
        self.sessions.kw["bind"].dispose()


def _copy(session: Session, first: User, enrolment: Enrolment, number: int) -> None:
    """The first learner's rows again, under another address."""
    user = _again(session, User, User.id == first.id, email=f"learner-{number}@example.org")
    path = _again(session, Enrolment, Enrolment.id == enrolment.id, user_id=user)
    _again(session, PlanRevision, PlanRevision.enrolment_id == enrolment.id, enrolment_id=path)
    _again(session, ReminderPreference, ReminderPreference.user_id == first.id, user_id=user)


def _again(session: Session, model: Any, which: Any, **other: Any) -> int:
    row = dict(session.execute(select(model.__table__).where(which)).one()._mapping)
    row.pop("id", None)
    made = session.execute(insert(model).values(**{**row, **other}).returning(*model.__mapper__.primary_key))
    return int(made.scalar_one())


@dataclass(frozen=True)
class Outcome:
    """What arrived, held against what the outbox says."""

    rows: int
    lost: int
    """Said to be sent, but it never arrived; or left over without an end."""
    doubled: int
    tripled: int
    unasked: int
    """Doubled although no connection ended between its last byte and the answer."""
    unknown: int
    arrived_after_all: int
    """Of the unknown ones."""

    def __str__(self) -> str:
        text = f"{self.rows} mails: lost {self.lost}, doubled {self.doubled}, tripled {self.tripled}"
        return f"{text}, unknown {self.unknown} (arrived {self.arrived_after_all})" if self.unknown else text


def outcome(trial: Trial, *sinks: SmtpSink) -> Outcome:
    """Counts; every copy of one mail must have the same Message-ID."""
    copies, names = Counter[str](), dict[str, set[str]]()
    for sink in sinks:
        for recipient, message in zip(list(sink.recipients), list(sink.messages), strict=False):
            copies[recipient] += 1
            names.setdefault(recipient, set()).add(message["Message-ID"])
    assert all(len(ids) == 1 for ids in names.values()), "a second copy under another name"
    mails = trial.mails()
    assert not set(copies) - {mail.recipient for mail in mails}
    over = ("sent", "skipped", "dead", "unknown")
    return Outcome(
        rows=len(mails),
        lost=sum(m.state not in over or (m.state == "sent" and not copies[m.recipient]) for m in mails),
        doubled=sum(copies[m.recipient] == 2 for m in mails),
        tripled=sum(copies[m.recipient] > 2 for m in mails),
        unasked=sum(copies[m.recipient] == 2 and not m.ambiguous for m in mails)
        + sum(copies[m.recipient] > 0 for m in mails if m.state in ("skipped", "dead")),
        unknown=sum(m.state == "unknown" for m in mails),
        arrived_after_all=sum(m.state == "unknown" and copies[m.recipient] > 0 for m in mails),
    )


class Once:
    """True for the first who asks, from whatever thread."""

    def __init__(self, times: int = 1) -> None:
        self._left = times
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


class MovedClock:
    """A clock for the children of a trial, moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.ahead = dt.timedelta()
        self.moves(self.ahead)

    def moves(self, span: dt.timedelta) -> None:
        """Ahead, or back."""
        self.ahead += span
        self.file.write_text(str(self.ahead.total_seconds()))

    def now(self) -> dt.datetime:
        """As the children have it."""
        return clock.now_utc() + self.ahead

    @property
    def faults(self) -> dict[str, str]:
        """What a child needs to go by it."""
        return {"CLOCK": str(self.file)}
