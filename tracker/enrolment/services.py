"""Going on a path, and the plan revisions that record how."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment.drafting import Choices, Draft, draft
from tracker.models import Enrolment, PlanRevision, User
from tracker.reminders.schedule import ensure_preference


def enrol(
    session: Session, *, user_id: int, path: Path, choices: Choices, today: dt.date, now: dt.datetime
) -> Enrolment:
    """Puts the learner on the path with a first plan. Already on it: nothing changes, the present one is answered.

    Raises InvalidInput (see drafting.draft) and then changes nothing.
    """
    plan = draft(path, choices, today=today)
    with transaction(session):
        # Locking the account settles two submissions of the same form that arrive together.
        user = session.get_one(User, user_id, with_for_update=True)
        present = session.scalar(select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.path == path.slug))
        if present is not None:
            return present
        enrolment = Enrolment(
            user_id=user_id,
            path=path.slug,
            starting_point=choices.starting_point,
            goal=choices.goal,
            start_on=choices.start_on,
            target_on=choices.target_on,
            created_at=now,
        )
        session.add(enrolment)
        session.flush()
        revise(session, enrolment, path, plan, reason="First plan", in_force_from=choices.start_on, now=now)
        user.current_path = path.slug
        ensure_preference(session, user, now=now)
        return enrolment


def revise(
    session: Session,
    enrolment: Enrolment,
    path: Path,
    plan: Draft,
    *,
    reason: str,
    in_force_from: dt.date,
    now: dt.datetime,
) -> PlanRevision:
    """Adds the next revision of a plan; never edits one and never commits."""
    newest = session.scalar(select(func.max(PlanRevision.number)).where(PlanRevision.enrolment_id == enrolment.id))
    revision = PlanRevision(
        enrolment_id=enrolment.id,
        number=(newest or 0) + 1,
        reason=reason,
        in_force_from=in_force_from,
        created_at=now,
        start_on=plan.plan.start_on,
        finish_on=plan.plan.finish_on,
        hours_per_week=plan.plan.hours_per_week,
        content_version=path.version,
        milestones=[[m.key, m.hours, m.starts_on.isoformat(), m.due_on.isoformat()] for m in plan.plan.milestones],
        known=[s.milestone.key for s in plan.shares if s.known],
        half=[s.milestone.key for s in plan.shares if s.half and not s.known],
        later=[[s.milestone.key, s.hours] for s in plan.shares if s.later and not s.known],
    )
    session.add(revision)
    session.flush()
    return revision


def choose_path(session: Session, *, user: User, path: str) -> None:
    """Makes this the path that the dashboard and the plan show."""
    with transaction(session):
        session.merge(user).current_path = path
