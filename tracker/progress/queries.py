"""Reading what somebody did, and `overview`: everything that dashboard, plan and mail show, in five queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.enrolment.queries import OnPath, on_path, pauses_of
from tracker.models import CriterionMet, MilestoneNote, MilestoneState, ProgressLog
from tracker.planning import Pause
from tracker.progress.overview import Overview
from tracker.progress.reckoning import Recorded, StateRow, reckon
from tracker.study.queries import Owner, chosen_for, minutes_by_day, week_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A learner on a path, and the day on which it is where they live."""

    standing: OnPath
    path: Path
    today: dt.date

    @property
    def owner(self) -> Owner:
        """Whose, and on which path."""
        return self.standing.enrolment.user_id, self.path.slug


def overview(session: Session, *, user_id: int, path: Path, today: dt.date, standing: OnPath | None = None) -> Overview:
    """Where this learner stands on this path; raises NotFound for one who is not on it.

    ``standing`` spares a query to who has it already.
    """
    asked = Asked(standing or on_path(session, user_id, path.slug), path, today)
    return reckon(path, read(session, [asked])[0], today=today)


def read(session: Session, asked: Sequence[Asked]) -> list[Recorded]:
    """All that is on record for many at once: five queries, whatever their number."""
    users = {a.owner[0] for a in asked}
    pauses = pauses_of(session, [a.standing.enrolment.id for a in asked])
    states, criteria = _states(session, users), _criteria(session, users)
    minutes = minutes_by_day(session, users)
    chosen = chosen_for(session, users, {week_of(a.today) for a in asked})
    return [
        Recorded(
            starting_point=a.standing.enrolment.starting_point,
            goal=a.standing.enrolment.goal,
            target_on=a.standing.enrolment.target_on,
            revision=a.standing.newest,
            first=a.standing.first,
            revised_on=a.standing.revised_on,
            pauses=tuple(Pause(p.starts_on, p.ends_on) for p in pauses.get(a.standing.enrolment.id, ())),
            states=states.get(a.owner, {}),
            criteria=criteria.get(a.owner, {}),
            minutes=minutes.get(a.owner, {}),
            chosen=frozenset(key for week, key in chosen.get(a.owner, ()) if week == week_of(a.today)),
        )
        for a in asked
    ]


def _states(session: Session, users: Collection[int]) -> Mapping[Owner, Mapping[str, StateRow]]:
    columns = (MilestoneState.user_id, MilestoneState.path, MilestoneState.milestone)
    rows = session.execute(
        select(*columns, MilestoneState.state, MilestoneState.done_on).where(MilestoneState.user_id.in_(users))
    )
    found: dict[Owner, dict[str, StateRow]] = {}
    for user_id, path, key, state, done_on in rows:
        found.setdefault((user_id, path), {})[key] = StateRow(state, done_on)
    return found


def _criteria(session: Session, users: Collection[int]) -> Mapping[Owner, Mapping[str, Mapping[str, dt.date]]]:
    columns = (CriterionMet.user_id, CriterionMet.path, CriterionMet.milestone)
    rows = session.execute(
        select(*columns, CriterionMet.criterion, CriterionMet.met_on).where(CriterionMet.user_id.in_(users))
    )
    found: dict[Owner, dict[str, dict[str, dt.date]]] = {}
    for user_id, path, milestone, criterion, met_on in rows:
        found.setdefault((user_id, path), {}).setdefault(milestone, {})[criterion] = met_on
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a milestone's history, with the time where the learner lives left to the page."""

    entry: int
    at: dt.datetime
    local_on: dt.date
    from_state: str
    to_state: str
    done_on: dt.date | None
    door: str


def history(session: Session, *, user_id: int, path: str, milestone: str) -> Sequence[Change]:
    """What happened to a milestone, newest first."""
    rows = session.scalars(
        select(ProgressLog)
        .where(ProgressLog.user_id == user_id, ProgressLog.path == path, ProgressLog.milestone == milestone)
        .order_by(ProgressLog.id.desc())
        .limit(50)
    )
    return [Change(r.id, r.at, r.local_on, r.from_state, r.to_state, r.done_on, r.door) for r in rows]


def note_on(session: Session, *, user_id: int, path: str, milestone: str) -> str:
    """The learner's private note; empty when there is none."""
    return (
        session.scalar(
            select(MilestoneNote.body).where(
                MilestoneNote.user_id == user_id,
                MilestoneNote.path == path,
                MilestoneNote.milestone == milestone,
            )
        )
        or ""
    )


def orphans(session: Session, path: Path) -> Mapping[str, int]:
    """Milestones that learners have recorded something on but that this path lacks, with how many learners."""
    rows = session.execute(
        select(MilestoneState.milestone, func.count())
        .where(MilestoneState.path == path.slug)
        .group_by(MilestoneState.milestone)
        .order_by(MilestoneState.milestone)
    )
    return {key: learners for key, learners in rows if path.milestone(key) is None}
