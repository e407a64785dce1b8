"""One mail for a phase or a path that is finished, put into the outbox by the tick that finishes it. Never commits."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.models import Celebration, Enrolment, PlanRevision, ReminderPreference, User
from tracker.outbox.enqueue import enqueue_unasked
from tracker.progress.holdings import present_keys
from tracker.progress.queries import overview, states_on
from tracker.progress.reckoning import planned_hours
from tracker.reminders.schedule import PATH_FINISHED, PHASE_FINISHED

WHOLE_PATH = 0


def celebrate(
    session: Session,
    enrolment: Enrolment,
    revision: PlanRevision,
    *,
    path: Path,
    phase: int,
    today: dt.date,
    now: dt.datetime,
) -> None:
    """Called after a change in ``phase``. Whatever is ticked off again later: each phase and path is celebrated once.

    The last tick finishes a phase and the path: that is one mail, about the path.
    """
    # The last two ticks of a phase may arrive together: the second waits here, and then sees the first.
    session.execute(select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    if _something_is_open(session, enrolment, revision, path, phase):
        return
    view = overview(session, user_id=enrolment.user_id, path=path, today=today)
    done = any(one.phase.number == phase and one.finished_on for one in view.phases)
    is_new, kind = done and _first_time(session, enrolment, phase, now), PHASE_FINISHED
    if view.pace.status == "finished":
        is_new, kind = _first_time(session, enrolment, WHOLE_PATH, now), PATH_FINISHED
    if is_new:
        _enqueue(session, enrolment, kind, phase, now)


def _something_is_open(session: Session, enrolment: Enrolment, revision: PlanRevision, path: Path, phase: int) -> bool:
    """Asked after every tick, so in one query; the whole overview only decides once this says no."""
    states = states_on(session, enrolment.user_id, path, revision)
    planned = present_keys(path, planned_hours(revision))
    mine = (m.key for m in path.milestones if m.phase == phase and m.key in planned)
    return any(key not in states or states[key].state in ("todo", "doing") for key in mine)


def _first_time(session: Session, enrolment: Enrolment, phase: int, now: dt.datetime) -> bool:
    if session.get(Celebration, (enrolment.id, phase)) is not None:
        return False
    session.add(Celebration(enrolment_id=enrolment.id, phase=phase, at=now))
    return True


def _enqueue(session: Session, enrolment: Enrolment, kind: str, phase: int, now: dt.datetime) -> None:
    user = session.get_one(User, enrolment.user_id)
    preference = session.get(ReminderPreference, user.id)
    if preference is None or not preference.enabled or user.email_confirmed_at is None:
        return
    context = {"path": enrolment.path, "phase": phase}
    enqueue_unasked(
        session, user_id=user.id, kind=kind, recipient=user.email, rev=preference.rev, context=context, now=now
    )
