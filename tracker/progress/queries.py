"""Reading what somebody did, and `overview`: everything that dashboard, plan and mail show, in four queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from tracker.catalog.schema import Milestone, Path
from tracker.enrolment.queries import OnPath, on_path
from tracker.models import CriterionMet, MilestoneNote, MilestoneState, PlanRevision, ProgressLog
from tracker.planning import local_week
from tracker.progress.holdings import Place, StateRow, held, places, present, present_keys
from tracker.progress.overview import Overview
from tracker.progress.reckoning import Recorded, planned_hours, reckon
from tracker.study.queries import Owner, chosen_for, minutes_by_day


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
    """All that is on record for many at once: four queries, whatever their number."""
    users = {a.owner[0] for a in asked}
    states, criteria = state_rows(session, users), _criteria(session, users)
    minutes = minutes_by_day(session, users)
    chosen = chosen_for(session, users, {local_week(a.today) for a in asked})
    return [
        Recorded(
            starting_point=a.standing.enrolment.starting_point,
            goal=a.standing.enrolment.goal,
            target_on=a.standing.enrolment.target_on,
            revision=a.standing.newest,
            first=a.standing.first,
            revised_on=a.standing.revised_on,
            promised=a.standing.promised,
            pauses=a.standing.pauses,
            states=_held(a.path, a.standing.newest, states.get(a.owner[0], {})),
            stayed_at=a.standing.enrolment.stayed_at,
            criteria=_present_criteria(a.path, criteria.get(a.owner, {})),
            minutes=minutes.get(a.owner, {}),
            chosen=present_keys(a.path, (key for week, key in chosen.get(a.owner, ()) if week == local_week(a.today))),
        )
        for a in asked
    ]


def state_rows(session: Session, users: Collection[int]) -> Mapping[int, Mapping[Place, StateRow]]:
    """All states of these learners, on whatever path and under whatever key."""
    row = MilestoneState
    columns = (row.user_id, row.path, row.milestone, row.state, row.done_on, row.changed_at)
    found: dict[int, dict[Place, StateRow]] = {}
    for user_id, path, key, state, done_on, changed_at in session.execute(
        select(*columns).where(row.user_id.in_(users))
    ):
        found.setdefault(user_id, {})[path, key] = StateRow(state, done_on, changed_at)
    return found


def states_on(session: Session, user_id: int, path: Path, revision: PlanRevision) -> Mapping[str, StateRow]:
    """The states of this learner's milestones on one path."""
    return _held(path, revision, state_rows(session, [user_id]).get(user_id, {}))


def _held(path: Path, revision: PlanRevision, rows: Mapping[Place, StateRow]) -> Mapping[str, StateRow]:
    return held(path, planned_hours(revision), rows, [(key, hours, on) for key, hours, on in revision.carried])


def _criteria(session: Session, users: Collection[int]) -> Mapping[Owner, Mapping[str, Mapping[str, dt.date]]]:
    columns = (CriterionMet.user_id, CriterionMet.path, CriterionMet.milestone)
    rows = session.execute(
        select(*columns, CriterionMet.criterion, CriterionMet.met_on).where(CriterionMet.user_id.in_(users))
    )
    found: dict[Owner, dict[str, dict[str, dt.date]]] = {}
    for user_id, path, milestone, criterion, met_on in rows:
        found.setdefault((user_id, path), {}).setdefault(milestone, {})[criterion] = met_on
    return found


def _present_criteria(path: Path, met: Mapping[str, Mapping[str, dt.date]]) -> Mapping[str, Mapping[str, dt.date]]:
    found: dict[str, dict[str, dt.date]] = {}
    for key, criteria in present(path, met):
        found.setdefault(key, {}).update(criteria)
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


def history(session: Session, *, user_id: int, path: Path, milestone: Milestone) -> Sequence[Change]:
    """What happened to a milestone, under all its names and where it is shared, newest first."""
    rows = session.scalars(
        select(ProgressLog)
        .where(
            ProgressLog.user_id == user_id,
            tuple_(ProgressLog.path, ProgressLog.milestone).in_(places(path, milestone)),
        )
        .order_by(ProgressLog.id.desc())
        .limit(50)
    )
    return [Change(r.id, r.at, r.local_on, r.from_state, r.to_state, r.done_on, r.door) for r in rows]


def note_on(session: Session, *, user_id: int, path: Path, milestone: Milestone) -> str:
    """The learner's private note; empty when there is none. Of merged milestones the notes are put together."""
    bodies = session.scalars(
        select(MilestoneNote.body)
        .where(
            MilestoneNote.user_id == user_id,
            MilestoneNote.path == path.slug,
            MilestoneNote.milestone.in_(milestone.names),
        )
        .order_by(MilestoneNote.updated_at)
    )
    return "\n\n".join(bodies)
