"""One mail for a phase or a path that is finished, put into the outbox by the tick that finishes it, on whatever path
that was. Never commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Milestone, Path
from tracker.enrolment.queries import with_plan
from tracker.errors import NotFound
from tracker.models import Celebration, Enrolment, PlanRevision, ReminderPreference, User
from tracker.outbox.enqueue import enqueue_unasked
from tracker.progress.holdings import present_keys
from tracker.progress.overview import Overview
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
    milestones: Collection[Milestone],
    also: Iterable[Path],
    today: dt.date,
    now: dt.datetime,
) -> None:
    """Called after ``milestones`` of one phase were changed; ``also`` are the learner's other paths, which share some.

    Whatever is ticked off again later: each phase and path is celebrated once. The last tick finishes a phase and the
    path: that is one mail, about the path.
    """
    user_id = enrolment.user_id
    # The last two ticks of a phase may arrive together: the second waits here, and then sees the first. All paths at
    # once and in one order, so that two ticks of what they share never wait for each other.
    session.execute(select(Enrolment.id).where(Enrolment.user_id == user_id).order_by(Enrolment.id).with_for_update())
    for phase in sorted({milestone.phase for milestone in milestones}):
        _celebrate(session, enrolment, revision, path=path, phase=phase, today=today, now=now)
    shared = {place for milestone in milestones for place in path.twins.get(milestone.key, ())}
    for other in also if shared else ():
        there = (other.milestone(key) for slug, key in shared if slug == other.slug)
        for phase in sorted({same.phase for same in there if same}):
            with suppress(NotFound):  # left meanwhile
                standing = with_plan(session, user_id, other.slug)
                _celebrate(session, *standing, path=other, phase=phase, today=today, now=now)


def celebrate_change(
    session: Session,
    enrolment: Enrolment,
    revision: PlanRevision,
    *,
    before: Overview,
    path: Path,
    today: dt.date,
    now: dt.datetime,
) -> None:
    """Called after a change of plan: to leave the last open milestone for later finishes a phase or the path, too.

    ``before`` is where the learner stood: what was finished then is no news.
    """
    view = overview(session, user_id=enrolment.user_id, path=path, today=today)
    was_open = {one.phase.number for one in before.phases if one.finished_on is None}
    finished = [one.phase.number for one in view.phases if one.finished_on and one.phase.number in was_open]
    if view.walked and not before.walked:
        finished = finished or [path.phases[-1].number]
    for phase in finished:
        _celebrate(session, enrolment, revision, path=path, phase=phase, today=today, now=now)


def _celebrate(
    session: Session,
    enrolment: Enrolment,
    revision: PlanRevision,
    *,
    path: Path,
    phase: int,
    today: dt.date,
    now: dt.datetime,
) -> None:
    if _something_is_open(session, enrolment, revision, path, phase):
        return
    view = overview(session, user_id=enrolment.user_id, path=path, today=today)
    done = any(one.phase.number == phase and one.finished_on for one in view.phases)
    is_new, kind = done and _first_time(session, enrolment, phase, now), PHASE_FINISHED
    if view.walked:
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
