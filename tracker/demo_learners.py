"""`tracker demo --learners N`: many accounts with short histories, for trials of load and of faults.

A few stories are each lived once, through the same services as real ones; every learner is a copy of one story's rows
with an address, a zone and a slot of their own. So ten thousand take seconds, and none has rows that no service writes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts.passwords import hash_password
from tracker.catalog.schema import Catalog, Path
from tracker.db import Base, make_sessions, transaction
from tracker.demo import WORDS
from tracker.enrolment import services as enrolments
from tracker.enrolment.drafting import Choices
from tracker.enrolment.revisions import Who, add_pause
from tracker.models import (
    Celebration,
    Enrolment,
    MilestoneState,
    Pause,
    PlanRevision,
    ProgressLog,
    ReminderPreference,
    StudySession,
    User,
)
from tracker.progress import services as progress
from tracker.progress.queries import overview
from tracker.reminders import schedule
from tracker.signing import fingerprint
from tracker.study.entry import Entry
from tracker.study.services import log_time

BATCH = 1_000
"""Learners in one transaction: a server that runs beside it gets its turn in between."""
DAY = dt.timedelta(days=1)
PATH = "ml-engineer"
STORIES = 30
HOURS = (6, 8, 10, 12, 15, 20, 5)
AWAY_SINCE, AWAY_DAYS = 5, 14
STUDY_DAYS = (2, 5)
"""Of those who log their time: Wednesday and Saturday"""
ZONES = (
    "Europe/Berlin America/New_York Asia/Kolkata Africa/Lagos Australia/Sydney America/Sao_Paulo Asia/Kathmandu "
    "Europe/London Asia/Tokyo America/Los_Angeles Africa/Cairo Australia/Lord_Howe America/St_Johns Asia/Shanghai "
    "Pacific/Chatham America/Mexico_City Africa/Nairobi Asia/Tehran Europe/Athens Pacific/Auckland America/Bogota "
    "Asia/Dubai Africa/Johannesburg Australia/Adelaide America/Chicago Asia/Kabul Europe/Istanbul Pacific/Honolulu "
    "America/Havana Asia/Dhaka Africa/Casablanca America/Argentina/Buenos_Aires Australia/Eucla Asia/Bangkok "
    "America/Anchorage Antarctica/McMurdo Europe/Lisbon"
).split()
SAME_DATE = dt.time(10, tzinfo=dt.UTC)
"""At this hour it is the same date in all these zones, from Honolulu to Chatham: a history fits wherever it is put."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What somebody's weeks were like."""

    weeks: int
    share: float
    """Of the hours that were planned."""
    logs: bool = False
    away: bool = False
    """On a pause at this moment."""


KINDS = (
    Kind(14, 1.0),
    Kind(10, 0.55),
    Kind(8, 0.9, logs=True),
    Kind(12, 1.3),
    Kind(9, 0.95, away=True),
    Kind(0, 0.0),
)
OF_USER = (ReminderPreference, MilestoneState, ProgressLog, StudySession)
OF_ENROLMENT = (PlanRevision, Pause, Celebration)
Row = dict[str, Any]
Story = dict[type[Base], list[Row]]
"""One learner's rows by table, without what names the learner."""


@dataclass(frozen=True, slots=True)
class Made:
    """How many there are now, and how they log in."""

    made: int
    kept: int
    first: str
    last: str
    password: str


def address(number: int) -> str:
    """The address of the learner with this number, from 1 on."""
    return f"learner-{number:05}@example.org"


def make_learners(
    session: Session,
    *,
    count: int,
    catalog: Catalog,
    settings: Settings,
    now: dt.datetime,
    said: Callable[[int], None] | None = None,
) -> Made:
    """Makes those of the first ``count`` learners that are missing; the others stay as they are.

    ``said`` is told after each batch how many are made.
    """
    path = catalog.path(PATH)
    if path is None:
        raise LookupError(f"the demo needs the path {PATH}")
    # From the key of the installation: whoever was made by an earlier run has the same one.
    picked = bytes.fromhex(fingerprint(settings.secret_key, "demo-learners", "password", 16))
    password = "-".join(WORDS[byte % len(WORDS)] for byte in picked[:5])
    missing = _missing(session, count)
    if missing:
        kept_password = hash_password(password, settings)
        stories = _live_all(session, path, now, {_story_of(number) for number in missing})
        for begin in range(0, len(missing), BATCH):
            batch = missing[begin : begin + BATCH]
            with transaction(session):
                _insert(session, stories, batch, kept_password, now)
            if said:
                said(begin + len(batch))
    return Made(len(missing), count - len(missing), address(1), address(count), password)


def _missing(session: Session, count: int) -> list[int]:
    present = set(session.scalars(select(User.email).where(User.email.like("learner-%@example.org"))))
    return [number for number in range(1, count + 1) if address(number) not in present]


def _story_of(number: int) -> int:
    return (number - 1) % STORIES


def _live_all(session: Session, path: Path, now: dt.datetime, wanted: set[int]) -> dict[int, Story]:
    """The stories' rows, as the services write them: in a transaction that is rolled back, so nobody is left over."""
    if session.in_transaction():
        session.rollback()
    with session.get_bind().engine.connect().execution_options(writes=True) as connection:
        outer = connection.begin()
        try:
            with make_sessions(connection, join_transaction_mode="create_savepoint")() as stage:
                return {number: _live(stage, number, path, now) for number in sorted(wanted)}
        finally:
            outer.rollback()


def _live(session: Session, number: int, path: Path, now: dt.datetime) -> Story:
    """One story from its first day until the day before yesterday, which is over in every zone."""
    kind, point = KINDS[number % len(KINDS)], path.starting_points[number % len(path.starting_points)]
    hours = HOURS[number % len(HOURS)]
    last = dt.datetime.combine(now.date() - 2 * DAY, SAME_DATE)
    began = last - kind.weeks * 7 * DAY
    with transaction(session):
        user = User(email=f"story-{number}@example.org", password_hash="", timezone="UTC", created_at=began)
        session.add(user)
    choices = Choices(point.key, hours, began.date())
    enrolments.enrol(session, user_id=user.id, path=path, choices=choices, today=began.date(), now=began)
    _study(session, user.id, path, kind, hours / 7 * kind.share, began, last)
    if kind.away:
        since = last - AWAY_SINCE * DAY
        who = Who(user.id, path, 1, since.date(), since)
        add_pause(session, who, starts_on=since.date(), ends_on=(since + (AWAY_DAYS - 1) * DAY).date())
    return _rows_of(session, user.id)


def _study(
    session: Session, user_id: int, path: Path, kind: Kind, a_day: float, began: dt.datetime, last: dt.datetime
) -> None:
    """So many hours a day; a milestone is done when its hours are full, and the next one is begun."""
    waiting = list(overview(session, user_id=user_id, path=path, today=began.date()).plan.milestones)
    got, moment = 0.0, began
    until = last - AWAY_SINCE * DAY if kind.away else last
    while moment < until:
        got, moment = got + a_day, moment + DAY
        today = moment.date()
        if kind.logs and today.weekday() in STUDY_DAYS:
            entry = Entry(round(a_day * 7 / len(STUDY_DAYS) * 12) * 5, today, waiting[0].key if waiting else None, "")
            log_time(session, user_id=user_id, path=path, entry=entry, today=today, now=moment)
        while waiting and got >= waiting[0].hours:
            done = waiting.pop(0)
            got -= done.hours
            progress.tick(session, user_id=user_id, path=path, key=done.key, state="done", today=today, now=moment)
    if waiting and kind.weeks:
        key = waiting[0].key
        progress.tick(session, user_id=user_id, path=path, key=key, state="doing", today=moment.date(), now=moment)


def _rows_of(session: Session, user_id: int) -> Story:
    enrolment = _read(session, Enrolment, "user_id", user_id)
    return {
        User: _read(session, User, "id", user_id),
        Enrolment: _bare(enrolment),
        **{model: _bare(_read(session, model, "user_id", user_id)) for model in OF_USER},
        **{model: _bare(_read(session, model, "enrolment_id", enrolment[0]["id"])) for model in OF_ENROLMENT},
    }


def _read(session: Session, model: type[Base], owner: str, number: int) -> list[Row]:
    table = _table(model)
    rows = session.execute(select(table).where(table.c[owner] == number).order_by(*table.primary_key))
    return [dict(row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name


def _bare(rows: Sequence[Row]) -> list[Row]:
    return [{k: v for k, v in row.items() if k not in ("id", "user_id", "enrolment_id")} for row in rows]


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


def _insert(
    session: Session, stories: dict[int, Story], numbers: Sequence[int], password_hash: str, now: dt.datetime
) -> None:
    """One batch: the accounts, their enrolments, then all that names one of the two. Never commits."""
    own = [stories[_story_of(number)] for number in numbers]
    wishes = [_wishes(number, now) for number in numbers]
    users = _insert_numbered(session, User, [
        {**_bare(story[User])[0], "email": address(number), "password_hash": password_hash, "timezone": zone,
         "email_confirmed_at": story[User][0]["created_at"]}
        for story, number, (zone, _) in zip(own, numbers, wishes, strict=True)
    ])  # fmt: skip
    on_path = _insert_numbered(
        session,
        Enrolment,
        [{**story[Enrolment][0], "user_id": user} for story, user in zip(own, users, strict=True)],
    )
    slots = [
        {**story[ReminderPreference][0], **slot, "user_id": user}
        for story, user, (_, slot) in zip(own, users, wishes, strict=True)
    ]
    session.execute(insert(_table(ReminderPreference)), slots)
    for models, owner, owners in ((OF_USER[1:], "user_id", users), (OF_ENROLMENT, "enrolment_id", on_path)):
        for model in models:
            rows = [{**row, owner: one} for story, one in zip(own, owners, strict=True) for row in story[model]]
            if rows:
                session.execute(insert(_table(model)), rows)


def _insert_numbered(session: Session, model: type[Base], rows: Sequence[Row]) -> Sequence[int]:
    """Inserts and answers the ids, in the order of the rows."""
    table = _table(model)
    adding = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return session.scalars(adding, rows).all()


def _wishes(number: int, now: dt.datetime) -> tuple[str, Row]:
    """A learner's zone and slot: always the same for one number, all the slots of the week over many."""
    dice = random.Random(number)  # noqa: S311  # nothing secret
    zone, weekday, hour = ZONES[(number - 1) % len(ZONES)], dice.randrange(7), dice.randrange(24)
    return zone, {"weekday": weekday, "hour": hour, "next_due_at": schedule.next_slot(now, weekday, hour, zone)}
