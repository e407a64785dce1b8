"""Reading the study log and what was chosen for a week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.errors import NotFound
from tracker.models import StudySession, WeekChoice
from tracker.study.entry import Entry

SHOWN = 30
"""Entries of the log on one page."""


Owner = tuple[int, str]
"""A learner and the slug of a path."""
Chosen = Collection[tuple[str, str]]
"""ISO weeks and milestones."""


def minutes_by_day(session: Session, user_ids: Collection[int]) -> Mapping[Owner, Mapping[dt.date, int]]:
    """Minutes of each day that has any."""
    rows = session.execute(
        select(StudySession.user_id, StudySession.path, StudySession.on_day, func.sum(StudySession.minutes))
        .where(StudySession.user_id.in_(user_ids))
        .group_by(StudySession.user_id, StudySession.path, StudySession.on_day)
    )
    found: dict[Owner, dict[dt.date, int]] = {}
    for user_id, path, day, minutes in rows:
        found.setdefault((user_id, path), {})[day] = int(minutes)
    return found


def sessions_of(session: Session, user_id: int, path: str, page: int = 1) -> tuple[Sequence[StudySession], bool]:
    """One page of the log, the newest first, and whether there are older entries."""
    found = session.scalars(
        select(StudySession)
        .where(StudySession.user_id == user_id, StudySession.path == path)
        .order_by(StudySession.on_day.desc(), StudySession.id.desc())
        .offset((page - 1) * SHOWN)
        .limit(SHOWN + 1)
    ).all()
    return found[:SHOWN], len(found) > SHOWN


def same_session(session: Session, user_id: int, path: str, entry: Entry) -> StudySession | None:
    """The newest entry that says exactly this."""
    return session.scalar(
        select(StudySession)
        .where(StudySession.user_id == user_id, StudySession.path == path)
        .where(StudySession.on_day == entry.on, StudySession.minutes == entry.minutes)
        .where(StudySession.milestone == entry.milestone, StudySession.note == entry.note)
        .order_by(StudySession.id.desc())
        .limit(1)
    )


def session_for(session: Session, user_id: int, entry: int) -> StudySession:
    """One entry of this learner; raises NotFound for a stranger's."""
    found = session.scalar(select(StudySession).where(StudySession.id == entry, StudySession.user_id == user_id))
    if found is None:
        raise NotFound
    return found


def minutes_on(session: Session, user_id: int, day: dt.date, *, without: int | None = None) -> int:
    """Minutes of one day over all paths, but for the entry that is being changed."""
    mine = (StudySession.user_id == user_id, StudySession.on_day == day, StudySession.id != (without or 0))
    return int(session.scalar(select(func.sum(StudySession.minutes)).where(*mine)) or 0)


def chosen_for(session: Session, user_ids: Collection[int], weeks: Collection[str]) -> Mapping[Owner, Chosen]:
    """The milestones chosen for these ISO weeks, each with its week."""
    rows = session.execute(
        select(WeekChoice.user_id, WeekChoice.path, WeekChoice.week, WeekChoice.milestone).where(
            WeekChoice.user_id.in_(user_ids), WeekChoice.week.in_(weeks)
        )
    )
    found: dict[Owner, set[tuple[str, str]]] = {}
    for user_id, path, week, milestone in rows:
        found.setdefault((user_id, path), set()).add((week, milestone))
    return found
