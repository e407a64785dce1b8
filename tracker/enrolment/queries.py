"""Reading enrolments and their plans. Fetching authorises: a stranger's enrolment is NotFound.

Who has left a path is not on it: only ``left_paths`` still sees them there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.errors import NotFound
from tracker.models import Enrolment, OwnPath, Pause, PlanRevision
from tracker.planning import Pause as Paused

ON_IT = Enrolment.left_at.is_(None)


def enrolments_of(session: Session, user_id: int) -> Sequence[Enrolment]:
    """All paths that this learner is on, in the order they were begun."""
    return session.scalars(select(Enrolment).where(Enrolment.user_id == user_id, ON_IT).order_by(Enrolment.id)).all()


def left_paths(session: Session, user_id: int) -> Sequence[Enrolment]:
    """The paths that this learner has left, the last one first."""
    left = select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.left_at.is_not(None))
    return session.scalars(left.order_by(Enrolment.left_at.desc(), Enrolment.id)).all()


def enrolment_for(session: Session, user_id: int, path: str) -> Enrolment:
    """This learner's enrolment on this path; raises NotFound when there is none, whoever else may have one."""
    found = session.scalar(select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.path == path, ON_IT))
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
    promised: tuple[tuple[dt.date, float], ...]
    """From which day on how many hours a week were planned, oldest first; the first since ever."""
    pauses: tuple[Paused, ...]
    """Oldest first."""
    own_version: str = ""
    """The present version of the path where it is somebody's own."""


def on_paths(session: Session, user_id: int) -> Sequence[OnPath]:
    """All paths of this learner with their plans, in the order they were begun, in one query."""
    return on_paths_of_all(session, [user_id]).get(user_id, [])


def on_paths_of_all(session: Session, user_ids: Collection[int]) -> Mapping[int, Sequence[OnPath]]:
    """The same for many learners, still in one query."""
    found: dict[int, OnPath] = {}
    for enrolment, revision, days, paused, own_version in session.execute(_standings(user_ids)):
        first = found[enrolment.id].first if enrolment.id in found else revision
        revised = _revised(days)
        found[enrolment.id] = OnPath(
            enrolment,
            revision,
            first,
            tuple(sorted({day for _, day, _ in revised})),
            _promised(first.hours_per_week, revised),
            _pauses(paused),
            own_version or "",
        )
    by_learner: dict[int, list[OnPath]] = {}
    for standing in found.values():
        by_learner.setdefault(standing.enrolment.user_id, []).append(standing)
    return by_learner


def _standings(user_ids: Collection[int]) -> Select[Enrolment, PlanRevision, str | None, str | None, str | None]:
    """Of each enrolment the first and the newest revision; days of revisions and pauses come along as text."""
    other = aliased(PlanRevision)
    newest = select(func.max(other.number)).where(other.enrolment_id == Enrolment.id).scalar_subquery()
    told = (cast(other.number, String), cast(other.in_force_from, String), cast(other.hours_per_week, String))
    revised = (
        select(func.aggregate_strings(told[0] + "/" + told[1] + "/" + told[2], ","))
        .where(other.enrolment_id == Enrolment.id, other.number > 1)
        .scalar_subquery()
    )
    days = cast(Pause.starts_on, String) + literal("/") + cast(Pause.ends_on, String)
    paused = select(func.aggregate_strings(days, ",")).where(Pause.enrolment_id == Enrolment.id).scalar_subquery()
    version = select(OwnPath.version).where(OwnPath.slug == Enrolment.path).scalar_subquery()
    return (
        select(Enrolment, PlanRevision, revised, paused, version)
        .join(PlanRevision, PlanRevision.enrolment_id == Enrolment.id)
        .where(Enrolment.user_id.in_(user_ids), ON_IT)
        .where(or_(PlanRevision.number == 1, PlanRevision.number == newest))
        .order_by(Enrolment.id, PlanRevision.number)
    )


def _revised(text: str | None) -> list[tuple[int, dt.date, float]]:
    """Number, first day and hours a week of every plan after the first."""
    told = [revision.split("/") for revision in text.split(",")] if text else []
    return sorted((int(number), dt.date.fromisoformat(day), float(hours)) for number, day, hours in told)


def _promised(first: float, revised: Iterable[tuple[int, dt.date, float]]) -> tuple[tuple[dt.date, float], ...]:
    promised = [(dt.date.min, first)]
    for _, day, hours in revised:
        # What a later plan of the same or an earlier day says holds instead.
        promised = [*(since for since in promised if since[0] < day), (day, hours)]
    return tuple(promised)


def _pauses(text: str | None) -> tuple[Paused, ...]:
    spans = [span.split("/") for span in text.split(",")] if text else []
    pauses = [Paused(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) for first, last in spans]
    return tuple(sorted(pauses, key=lambda pause: (pause.starts_on, pause.ends_on)))


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
        .where(Enrolment.user_id == user_id, Enrolment.path == path, ON_IT)
        .order_by(PlanRevision.number.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]
