"""Reading what somebody did, and `overview`: everything that dashboard, plan and mail show, in five queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.enrolment.queries import OnPath, on_path, pauses_of
from tracker.models import CriterionMet, MilestoneNote, MilestoneState, ProgressLog
from tracker.planning import Pause
from tracker.progress.overview import Overview
from tracker.progress.reckoning import Recorded, StateRow, reckon
from tracker.study.queries import chosen_for, minutes_by_day


def overview(session: Session, *, user_id: int, path: Path, today: dt.date, standing: OnPath | None = None) -> Overview:
    """Where this learner stands on this path; raises NotFound for one who is not on it.

    ``standing`` spares a query to who has it already.
    """
    standing = standing or on_path(session, user_id, path.slug)
    enrolment = standing.enrolment
    recorded = Recorded(
        starting_point=enrolment.starting_point,
        target_on=enrolment.target_on,
        revision=standing.newest,
        first=standing.first,
        revised_on=standing.revised_on,
        pauses=tuple(Pause(p.starts_on, p.ends_on) for p in pauses_of(session, enrolment.id)),
        states=_states(session, user_id, path.slug),
        criteria=_criteria(session, user_id, path.slug),
        minutes=minutes_by_day(session, user_id, path.slug),
        chosen=chosen_for(session, user_id, path.slug, today),
    )
    return reckon(path, recorded, today=today)


def _states(session: Session, user_id: int, path: str) -> Mapping[str, StateRow]:
    rows = session.execute(
        select(MilestoneState.milestone, MilestoneState.state, MilestoneState.done_on).where(
            MilestoneState.user_id == user_id, MilestoneState.path == path
        )
    )
    return {key: StateRow(state, done_on) for key, state, done_on in rows}


def _criteria(session: Session, user_id: int, path: str) -> Mapping[str, Mapping[str, dt.date]]:
    rows = session.execute(
        select(CriterionMet.milestone, CriterionMet.criterion, CriterionMet.met_on).where(
            CriterionMet.user_id == user_id, CriterionMet.path == path
        )
    )
    found: dict[str, dict[str, dt.date]] = {}
    for milestone, criterion, met_on in rows:
        found.setdefault(milestone, {})[criterion] = met_on
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
