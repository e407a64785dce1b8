"""Changing where somebody stands: one step sets a state, whichever door it comes through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.catalog.schema import Milestone, Path
from tracker.db import transaction
from tracker.enrolment.queries import enrolment_for, with_plan
from tracker.errors import InvalidInput, NotFound
from tracker.models import CriterionMet, MilestoneNote, MilestoneState, ProgressLog
from tracker.progress.overview import MAX_NOTE, STATES

EARLIEST = dt.date(1990, 1, 1)


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
) -> ProgressLog | None:
    """Sets one milestone's state. Answers the log row, or None when it was so already (the same tick twice is one).

    Raises NotFound for a stranger or an unknown milestone, InvalidInput for a bad state or a day in the future.
    """
    milestone = milestone_in(path, key)
    with transaction(session):
        _, revision = with_plan(session, user_id, path.slug)
        return set_state(
            session,
            user_id=user_id,
            path=path,
            key=milestone.key,
            state=state,
            done_on=done_on,
            credited=milestone.key in revision.known,
            today=today,
            now=now,
            door=door,
        )


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

    ``credited``: the plan counts this milestone as known, so that is its state before the first tick.
    ``done_on`` is the learner's local date and only kept with ``done``; not given, the first tick's day stays.
    """
    _check(state, done_on, today)
    row = _own_row(session, user_id, path, key, state="known" if credited else "todo", now=now, door=door)
    before, before_on = row.state, row.done_on
    if state != "done":
        done_on = None
    elif done_on is None:
        done_on = before_on if before == "done" else today
    if (before, before_on) == (state, done_on):
        return None
    row.state, row.done_on, row.changed_at, row.door = state, done_on, now, door
    row.content_version = path.version
    entry = ProgressLog(
        user_id=user_id,
        path=path.slug,
        milestone=key,
        from_state=before,
        to_state=state,
        done_on=done_on,
        from_done_on=before_on,
        at=now,
        local_on=today,
        door=door,
        content_version=path.version,
    )
    session.add(entry)
    session.flush()
    return entry


def _check(state: str, done_on: dt.date | None, today: dt.date) -> None:
    if state not in STATES:
        raise InvalidInput(f"A milestone is {', '.join(STATES[:-1])} or {STATES[-1]}.", "state")
    if done_on is not None and done_on > today:
        raise InvalidInput("That day is still to come: choose today or an earlier day.", "done_on")
    if done_on is not None and done_on < EARLIEST:
        raise InvalidInput(f"Choose a day from {EARLIEST.year} on.", "done_on")


def _own_row(
    session: Session, user_id: int, path: Path, key: str, *, state: str, now: dt.datetime, door: str
) -> MilestoneState:
    """The state row, locked; made when it is the first time. The key settles two first ticks that arrive together."""
    who = (user_id, path.slug, key)
    row = session.get(MilestoneState, who, with_for_update=True)
    if row is not None:
        return row
    row = MilestoneState(
        user_id=user_id,
        path=path.slug,
        milestone=key,
        state=state,
        done_on=None,
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


def undo(
    session: Session, *, user_id: int, path: Path, entries: Iterable[int], today: dt.date, now: dt.datetime
) -> int:
    """Takes back these changes, newest first, and answers how many.

    A change is taken back only while it is still its milestone's newest: the same undo twice is one, and what was
    done since then is never overwritten unseen. Entries of strangers are as good as none.
    """
    taken = 0
    with transaction(session):
        enrolment_for(session, user_id, path.slug)
        wanted = session.scalars(
            select(ProgressLog)
            .where(
                ProgressLog.id.in_(list(entries)),
                ProgressLog.user_id == user_id,
                ProgressLog.path == path.slug,
            )
            .order_by(ProgressLog.id.desc())
        ).all()
        newest = _newest_entries(session, user_id, path.slug, {entry.milestone for entry in wanted})
        for entry in wanted:
            if newest.get(entry.milestone) != entry.id:
                continue
            set_state(
                session,
                user_id=user_id,
                path=path,
                key=entry.milestone,
                state=entry.from_state,
                done_on=entry.from_done_on,
                credited=False,
                today=max(today, entry.from_done_on or today),
                now=now,
                door="page",
            )
            taken += 1
    return taken


def _newest_entries(session: Session, user_id: int, path: str, milestones: set[str]) -> dict[str, int]:
    rows = session.execute(
        select(ProgressLog.milestone, ProgressLog.id)
        .where(ProgressLog.user_id == user_id, ProgressLog.path == path, ProgressLog.milestone.in_(milestones))
        .order_by(ProgressLog.id)
    )
    return dict(rows.all())


def mark_phase(
    session: Session, *, user_id: int, path: Path, number: int, state: str, today: dt.date, now: dt.datetime
) -> Sequence[int]:
    """Marks what is still open in a phase's plan as done or known; answers the log entries, for undo."""
    if state not in ("done", "known"):
        raise InvalidInput("The rest of a phase can be marked as done or as known.", "state")
    if path.phase(number) is None:
        raise NotFound
    with transaction(session):
        _, revision = with_plan(session, user_id, path.slug)
        planned = {key for key, *_ in revision.milestones}
        present = {
            row.milestone: row.state
            for row in session.scalars(
                select(MilestoneState).where(MilestoneState.user_id == user_id, MilestoneState.path == path.slug)
            )
        }
        entries = [
            set_state(
                session,
                user_id=user_id,
                path=path,
                key=milestone.key,
                state=state,
                done_on=None,
                credited=False,
                today=today,
                now=now,
                door="page",
            )
            for milestone in path.in_phase(number)
            if milestone.key in planned and present.get(milestone.key, "todo") in ("todo", "doing")
        ]
        return [entry.id for entry in entries if entry is not None]


def set_criteria(session: Session, *, user_id: int, path: Path, key: str, met: Iterable[str], today: dt.date) -> None:
    """These done-when criteria are met, the others of this milestone are not; days of those met before stay."""
    milestone = milestone_in(path, key)
    wanted = set(met)
    if unknown := wanted - {criterion.key for criterion in milestone.done_when}:
        raise InvalidInput(f"This milestone has no criterion '{min(unknown)}'.", "met")
    with transaction(session):
        enrolment_for(session, user_id, path.slug)
        own = (
            CriterionMet.user_id == user_id,
            CriterionMet.path == path.slug,
            CriterionMet.milestone == milestone.key,
        )
        present = set(session.scalars(select(CriterionMet.criterion).where(*own).with_for_update()))
        if gone := present - wanted:
            session.execute(delete(CriterionMet).where(*own, CriterionMet.criterion.in_(gone)))
        for criterion in sorted(wanted - present):
            session.merge(
                CriterionMet(
                    user_id=user_id,
                    path=path.slug,
                    milestone=milestone.key,
                    criterion=criterion,
                    met_on=today,
                )
            )


def write_note(session: Session, *, user_id: int, path: Path, key: str, body: str, now: dt.datetime) -> None:
    """Keeps the private note; an empty one is deleted. Raises InvalidInput when it is too long."""
    milestone = milestone_in(path, key)
    body = body.replace("\r\n", "\n").strip()
    if len(body) > MAX_NOTE:
        raise InvalidInput(f"A note holds at most {MAX_NOTE} characters; this one has {len(body)}.", "body")
    if "\x00" in body:
        raise InvalidInput("A note cannot hold a NUL character.", "body")
    with transaction(session):
        enrolment_for(session, user_id, path.slug)
        note = session.get(MilestoneNote, (user_id, path.slug, milestone.key))
        if note is None and body:
            session.add(
                MilestoneNote(user_id=user_id, path=path.slug, milestone=milestone.key, body=body, updated_at=now)
            )
        elif note is not None and body:
            note.body, note.updated_at = body, now
        elif note is not None:
            session.delete(note)
