"""Going on a path, and the plan revisions that record how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment.drafting import Choices, Draft, draft
from tracker.enrolment.outlines import note_outline
from tracker.enrolment.queries import enrolment_for
from tracker.errors import NotFound
from tracker.language import gettext_noop
from tracker.models import Enrolment, PlanRevision, User
from tracker.progress.holdings import StateRow, held
from tracker.progress.queries import state_rows
from tracker.reminders.schedule import ensure_preference


def enrol(
    session: Session, *, user_id: int, path: Path, choices: Choices, today: dt.date, now: dt.datetime
) -> Enrolment:
    """Puts the learner on the path with a first plan. Already on it: nothing changes, the present one is answered.

    Milestones that are done already, on another path, count here as done. Raises InvalidInput (see drafting.draft) and
    then changes nothing.
    """
    done = frozenset(done_already(session, user_id, path))
    plan = draft(path, replace(choices, done=done), today=today)
    with transaction(session):
        # Locking the account settles two submissions of the same form that arrive together.
        user = session.get_one(User, user_id, with_for_update=True)
        present = session.scalar(select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.path == path.slug))
        if present is not None and present.left_at is None:
            return present
        enrolment = present or Enrolment(user_id=user_id, path=path.slug, created_at=now)
        enrolment.left_at = None
        enrolment.starting_point, enrolment.goal = choices.starting_point, choices.goal
        enrolment.start_on, enrolment.target_on = choices.start_on, choices.target_on
        session.add(enrolment)
        session.flush()
        reason = gettext_noop("Took the path up again") if present else gettext_noop("First plan")
        revision = revise(session, enrolment, path, plan, reason=reason, in_force_from=choices.start_on, now=now)
        # a new estimate must not change what was done before the plan was made
        revision.later = [*revision.later, *([m.key, m.hours] for m in path.active if m.key in done)]
        user.current_path = path.slug
        ensure_preference(session, user, now=now)
        return enrolment


def done_already(session: Session, user_id: int, path: Path) -> Mapping[str, dt.date]:
    """What somebody has done of a path before they are on it, and when: elsewhere, or when they were on it once."""
    return done_of(session, user_id, [path])[path.slug]


def done_of(session: Session, user_id: int, paths: Sequence[Path]) -> Mapping[str, Mapping[str, dt.date]]:
    """The same of several paths, by their slugs, in one query."""
    rows = state_rows(session, [user_id]).get(user_id, {})
    return {path.slug: _done(held(path, {}, rows)) for path in paths}


def _done(states: Mapping[str, StateRow]) -> Mapping[str, dt.date]:
    return {key: row.done_on for key, row in states.items() if row.state == "done" and row.done_on}


def leave(session: Session, *, user_id: int, path: str, now: dt.datetime) -> None:
    """Takes the learner off a path. Plan, ticks, notes and log stay, for coming back and for paths that share them."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        enrolment_for(session, user_id, path).left_at = now
        if user.current_path == path:
            user.current_path = None


def come_back(session: Session, *, user_id: int, path: str) -> None:
    """Puts the learner on a path again that they had left, with the plan as it was. Being there already is the same."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        enrolment = session.scalar(select(Enrolment).where(Enrolment.user_id == user_id, Enrolment.path == path))
        if enrolment is None:
            raise NotFound
        enrolment.left_at = None
        user.current_path = path


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
    note_outline(session, path)
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


def choose_path(session: Session, *, user_id: int, path: str) -> None:
    """Makes this the path that the dashboard and the plan show; raises NotFound where the learner is not on it."""
    with transaction(session):
        enrolment_for(session, user_id, path)
        session.get_one(User, user_id).current_path = path
