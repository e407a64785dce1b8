"""Reading enrolments and their plans. Fetching authorises: a stranger's enrolment is NotFound."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

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


def pauses_of(session: Session, enrolment_id: int) -> Sequence[Pause]:
    """The pauses of an enrolment, oldest first."""
    return session.scalars(
        select(Pause).where(Pause.enrolment_id == enrolment_id).order_by(Pause.starts_on, Pause.id)
    ).all()
