"""Changing where somebody stands: one step sets a state, whichever door it comes through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.catalog.schema import Milestone, Path
from tracker.days import check_day
from tracker.db import transaction
from tracker.enrolment.queries import with_plan
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext
from tracker.models import MilestoneState, PlanRevision, ProgressLog
from tracker.progress.celebrate import celebrate
from tracker.progress.holdings import Place, StateRow, parts, places, present_keys, seen
from tracker.progress.overview import STATES
from tracker.progress.queries import states_on
from tracker.progress.reckoning import planned_hours
from tracker.reminders.slots import sign_of_life

JUST_AFTER = dt.timedelta(microseconds=1)


def milestone_in(path: Path, key: str) -> Milestone:
    """The path's milestone by its present or a former key; raises NotFound."""
    milestone = path.milestone(key)
    if milestone is None:
        raise NotFound
    return milestone


def tick(
    session: Session,
    *,
    user_id: int,
    path: Path,
    key: str,
    state: str,
    today: dt.date,
    now: dt.datetime,
    done_on: dt.date | None = None,
    door: str = "page",
    also: Iterable[Path] = (),
) -> ProgressLog | None:
    """Sets one milestone's state. Answers the log row, or None when it was so already (the same tick twice is one).

    ``also``: the learner's other paths, where the same work may finish something, too.
    Raises NotFound for a stranger or an unknown milestone, InvalidInput for a bad state or a day in the future.
    """
    milestone = milestone_in(path, key)
    with transaction(session):
        sign_of_life(session, user_id=user_id, now=now)
        enrolment, revision = with_plan(session, user_id, path.slug)
        entries = [
            set_state(
                session,
                user_id=user_id,
                path=path,
                key=part,
                state=state,
                done_on=done_on,
                credited=milestone.key in present_keys(path, revision.known),
                today=today,
                now=now,
                door=door,
            )
            for part in parts(milestone, planned_hours(revision))
        ]
        if any(entries):
            celebrate(session, enrolment, revision, path=path, milestones=(milestone,), also=also, today=today, now=now)
        return next((entry for entry in entries if entry is not None), None)


def set_state(
    session: Session,
    *,
    user_id: int,
    path: Path,
    key: str,
    state: str,
    done_on: dt.date | None,
    credited: bool,
    today: dt.date,
    now: dt.datetime,
    door: str,
) -> ProgressLog | None:
    """The step that page, API, mail and import share; never commits.

    ``key`` is the milestone's, or that of a part of it (holdings.parts). ``credited``: the plan counts it as known, so
    that is its state before the first tick. ``done_on``, a local date, is only kept with ``done``; the first one stays.
    """
    _check(state, done_on, today)
    row = _own_row(session, user_id, path, key, credited=credited, now=now, door=door)
    before = _present(session, path, row)
    if state != "done":
        done_on = None
    elif done_on is None:
        done_on = before.done_on if before.state == "done" else today
    if (before.state, before.done_on) == (state, done_on):
        return None
    row.state, row.done_on, row.door, row.content_version = state, done_on, door, path.version
    # Of the same work on two paths the newest word counts, even when the clock was put back.
    row.changed_at = max(now, before.changed_at + JUST_AFTER) if key in path.twins else now
    return _logged(session, row, before, today=today, now=now)


def _logged(
    session: Session, row: MilestoneState, before: StateRow, *, today: dt.date, now: dt.datetime
) -> ProgressLog:
    entry = ProgressLog(
        user_id=row.user_id,
        path=row.path,
        milestone=row.milestone,
        from_state=before.state,
        to_state=row.state,
        done_on=row.done_on,
        from_done_on=before.done_on,
        at=now,
        local_on=today,
        door=row.door,
        content_version=row.content_version,
    )
    session.add(entry)
    session.flush()
    return entry


def _check(state: str, done_on: dt.date | None, today: dt.date) -> None:
    if state not in STATES:
        raise InvalidInput(
            gettext("A milestone is %(states)s or %(last)s.", states=", ".join(STATES[:-1]), last=STATES[-1]), "state"
        )
    if done_on is not None:
        check_day(done_on, today, "done_on")


def _own_row(
    session: Session, user_id: int, path: Path, key: str, *, credited: bool, now: dt.datetime, door: str
) -> MilestoneState:
    """The state row, locked; made when it is the first time. The key settles two first ticks that arrive together."""
    who = (user_id, path.slug, key)
    row = session.get(MilestoneState, who, with_for_update=True)
    if row is not None:
        return row
    milestone = path.milestone(key)
    known = _rows_about(session, user_id, path, milestone) if milestone and milestone.key == key else {}
    before = seen(path, milestone, {}, known) if milestone else None
    row = MilestoneState(
        user_id=user_id,
        path=path.slug,
        milestone=key,
        state=before.state if before else "known" if credited else "todo",
        done_on=before.done_on if before else None,
        changed_at=now,
        door=door,
        content_version=path.version,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.get_one(MilestoneState, who, with_for_update=True)
    return row


def _present(session: Session, path: Path, row: MilestoneState) -> StateRow:
    """What the learner sees now: this row, or what was said since of the same work on another path."""
    own = StateRow(row.state, row.done_on, row.changed_at)
    milestone = path.milestone(row.milestone)
    if milestone is None or milestone.key not in path.twins:
        return own
    rows = _rows_about(session, row.user_id, path, milestone)
    return seen(path, milestone, {}, {**rows, (path.slug, milestone.key): own}) or own


def _rows_about(session: Session, user_id: int, path: Path, milestone: Milestone) -> dict[Place, StateRow]:
    """The rows about the same work: under former names, and on the paths that share it."""
    where = places(path, milestone)
    if where == ((path.slug, milestone.key),):
        return {}
    rows = session.scalars(
        select(MilestoneState).where(
            MilestoneState.user_id == user_id, tuple_(MilestoneState.path, MilestoneState.milestone).in_(where)
        )
    )
    return {(row.path, row.milestone): StateRow(row.state, row.done_on, row.changed_at) for row in rows}


def mark_phase(
    session: Session,
    *,
    user_id: int,
    path: Path,
    number: int,
    state: str,
    today: dt.date,
    now: dt.datetime,
    also: Iterable[Path] = (),
) -> Sequence[int]:
    """Marks what is still open in a phase's plan as done or known; answers the log entries, for undo."""
    if state not in ("done", "known"):
        raise InvalidInput(gettext("The rest of a phase can be marked as done or as known."), "state")
    if path.phase(number) is None:
        raise NotFound
    with transaction(session):
        enrolment, revision = with_plan(session, user_id, path.slug)
        planned = planned_hours(revision)
        still_open = _still_open(session, user_id, path, number, revision)
        entries = [
            set_state(
                session,
                user_id=user_id,
                path=path,
                key=part,
                state=state,
                done_on=None,
                credited=False,
                today=today,
                now=now,
                door="page",
            )
            for milestone in still_open
            for part in parts(milestone, planned)
        ]
        celebrate(session, enrolment, revision, path=path, milestones=still_open, also=also, today=today, now=now)
        return [entry.id for entry in entries if entry is not None]


def _still_open(session: Session, user_id: int, path: Path, number: int, revision: PlanRevision) -> list[Milestone]:
    states = states_on(session, user_id, path, revision)
    wanted = present_keys(path, planned_hours(revision))
    planned = (m for m in path.milestones if m.phase == number and m.key in wanted)
    return [m for m in planned if m.key not in states or states[m.key].state in ("todo", "doing")]
