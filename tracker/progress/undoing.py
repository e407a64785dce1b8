"""Taking changes of state back, as far as nothing newer is overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment.queries import with_plan
from tracker.models import ProgressLog
from tracker.progress.holdings import parts, places
from tracker.progress.reckoning import planned_hours
from tracker.progress.services import set_state


def undo(
    session: Session, *, user_id: int, path: Path, entries: Iterable[int], today: dt.date, now: dt.datetime
) -> int:
    """Takes back these changes, newest first, and answers how many.

    A change is taken back only while it is still the newest about its milestone: the same undo twice is one, and what
    was done since then, here or where the same work is shared, is never overwritten unseen. Of a merged milestone the
    parts go back together. Entries of strangers are as good as none.
    """
    taken = 0
    with transaction(session):
        _, revision = with_plan(session, user_id, path.slug)
        planned = planned_hours(revision)
        wanted = select(ProgressLog).where(ProgressLog.id.in_(list(entries)), ProgressLog.user_id == user_id)
        asked = session.scalars(wanted.where(ProgressLog.path == path.slug)).all()
        about = _log_about(session, user_id, path, {entry.milestone for entry in asked})
        for entry in sorted(_together(path, asked, about), key=lambda entry: entry.id, reverse=True):
            milestone = path.milestone(entry.milestone)
            if milestone is None or _is_old_news(path, entry, about):
                continue
            back = set_state(
                session,
                user_id=user_id,
                path=path,
                key=entry.milestone if entry.milestone in parts(milestone, planned) else milestone.key,
                state=entry.from_state,
                done_on=entry.from_done_on,
                credited=False,
                today=max(today, entry.from_done_on or today),
                now=now,
                door="page",
            )
            taken += entry in asked and back is not None
    return taken


def _log_about(session: Session, user_id: int, path: Path, keys: Iterable[str]) -> Sequence[ProgressLog]:
    """Every entry about these milestones, under all their names and where they are shared."""
    milestones = {m.key: m for m in map(path.milestone, keys) if m is not None}
    where = [place for milestone in milestones.values() for place in places(path, milestone)]
    mine = select(ProgressLog).where(ProgressLog.user_id == user_id)
    return session.scalars(mine.where(tuple_(ProgressLog.path, ProgressLog.milestone).in_(where))).all()


def _together(path: Path, asked: Sequence[ProgressLog], about: Sequence[ProgressLog]) -> set[ProgressLog]:
    """These entries with those that set the other parts of the same milestone in the same step."""
    steps = {(path.milestone(entry.milestone), entry.at) for entry in asked}
    own = (entry for entry in about if entry.path == path.slug and entry not in asked)
    ids = {entry.milestone for entry in asked}
    more = (e for e in own if (path.milestone(e.milestone), e.at) in steps and e.milestone not in ids)
    return {*asked, *more}


def _is_old_news(path: Path, entry: ProgressLog, about: Sequence[ProgressLog]) -> bool:
    """Whether something newer is on record about the same work; parts of a merged milestone that go along are not."""
    milestone = path.milestone(entry.milestone)
    here = set(places(path, milestone)) if milestone else set()
    return any(
        other.id > entry.id
        and (other.path, other.milestone) in here
        and (other.at != entry.at or other.milestone == entry.milestone or other.path != entry.path)
        for other in about
    )
