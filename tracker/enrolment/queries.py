"""Reading enrolments and their plans. Fetching authorises: a stranger's enrolment is NotFound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.errors import NotFound
from tracker.models import Enrolment, Pause, PlanRevision


def enrolments_of(session: Session, user_id: int) -> Sequence[Enrolment]:
    """All paths that this learner is on, in the order they were begun."""
    return session.scalars(select(Enrolment).where(Enrolment.user_id == user_id).order_by(Enrolment.id)).all()


def enrolment_for(session: Session, user_id: int, path: str) -> Enrolment:
    """This learner's enrolment on this path; raises NotFound when there is none, whoever else may have one."""
    found = session.scalar(select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.path == path))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class OnPath:
    """A learner on a path with the plan in force and the one it all began with."""

    enrolment: Enrolment
    newest: PlanRevision
    first: PlanRevision
    revised_on: tuple[dt.date, ...]
    """The days from which on another plan than the first held, oldest first."""


def on_paths(session: Session, user_id: int) -> Sequence[OnPath]:
    """All paths of this learner with their plans, in the order they were begun, in one query."""
    return on_paths_of_all(session, [user_id]).get(user_id, [])


def on_paths_of_all(session: Session, user_ids: Collection[int]) -> Mapping[int, Sequence[OnPath]]:
    """The same for many learners, still in one query."""
    other = aliased(PlanRevision)
    newest = select(func.max(other.number)).where(other.enrolment_id == Enrolment.id).scalar_subquery()
    revised = (
        select(func.aggregate_strings(cast(other.in_force_from, String), ","))
        .where(other.enrolment_id == Enrolment.id, other.number > 1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Enrolment, PlanRevision, revised)
        .join(PlanRevision, PlanRevision.enrolment_id == Enrolment.id)
        .where(Enrolment.user_id.in_(user_ids), or_(PlanRevision.number == 1, PlanRevision.number == newest))
        .order_by(Enrolment.id, PlanRevision.number)
    ).all()
    found: dict[int, OnPath] = {}
    for enrolment, revision, days in rows:
        first = found[enrolment.id].first if enrolment.id in found else revision
        revised_on = sorted({dt.date.fromisoformat(day) for day in days.split(",")}) if days else ()
        found[enrolment.id] = OnPath(enrolment, revision, first, tuple(revised_on))
    by_learner: dict[int, list[OnPath]] = {}
    for standing in found.values():
        by_learner.setdefault(standing.enrolment.user_id, []).append(standing)
    return by_learner


def on_path(session: Session, user_id: int, path: str) -> OnPath:
    """The same for one path; raises NotFound when this learner is not on it."""
    for standing in on_paths(session, user_id):
        if standing.enrolment.path == path:
            return standing
    raise NotFound


def revisions_of(session: Session, enrolment_id: int) -> Sequence[PlanRevision]:
    """Every plan that was made, newest first."""
    return session.scalars(
        select(PlanRevision).where(PlanRevision.enrolment_id == enrolment_id).order_by(PlanRevision.number.desc())
    ).all()


def with_plan(session: Session, user_id: int, path: str) -> tuple[Enrolment, PlanRevision]:
    """The enrolment and its newest revision, in one query; raises NotFound."""
    row = session.execute(
        select(Enrolment, PlanRevision)
        .join(PlanRevision, PlanRevision.enrolment_id == Enrolment.id)
        .where(Enrolment.user_id == user_id, Enrolment.path == path)
        .order_by(PlanRevision.number.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def pauses_of(session: Session, enrolment_ids: Collection[int]) -> Mapping[int, Sequence[Pause]]:
    """The pauses of these enrolments, oldest first."""
    rows = session.scalars(
        select(Pause).where(Pause.enrolment_id.in_(enrolment_ids)).order_by(Pause.starts_on, Pause.id)
    )
    found: dict[int, list[Pause]] = {}
    for pause in rows:
        found.setdefault(pause.enrolment_id, []).append(pause)
    return found
