"""Logging time, the timer, choosing for the week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.accounts import limits
from tracker.catalog.schema import Path
from tracker.days import check_day
from tracker.db import transaction
from tracker.enrolment.queries import enrolment_for
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext
from tracker.meanwhile import check_mark
from tracker.models import StudySession, User, WeekChoice
from tracker.planning import local_week
from tracker.study.entry import BAD_LENGTH, LONGEST, Entry
from tracker.study.queries import minutes_on, same_session, session_for

MAX_NOTE = 500
MAX_CHOICES = 3
AT_ONCE = dt.timedelta(seconds=3)
"""Nobody types the same entry twice within this."""
LONGEST_RUN = dt.timedelta(days=31)


def log_time(
    session: Session,
    *,
    user_id: int,
    path: Path,
    entry: Entry,
    today: dt.date,
    now: dt.datetime,
    key: str = "",
    measured: bool = False,
) -> int:
    """Keeps a session; answers its id. Raises InvalidInput, or NotFound for somebody who is not on the path.

    ``key``: another one for each view of the form, so that the form sent again, however late, is the same as once,
    while two equal sessions that are meant are two. ``measured``: the timer said so, and is off with that; the same
    measurement sent twice is kept once. So is anything else that is sent twice within seconds, as by a script.
    """
    _check(path, entry, today)
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        enrolment_for(session, user_id, path.slug)
        kept = same_session(session, user_id, path.slug, entry)
        new = not key or limits.first_send(session, f"{user_id}|{key}", now=now)
        sent_twice = kept is not None and (not new or (not key and now - kept.created_at < AT_ONCE))
        if kept is not None and (sent_twice or (measured and not user.timer_started_at)):
            return kept.id
        if measured:
            user.timer_started_at = user.timer_milestone = None
        _check_day(minutes_on(session, user_id, entry.on), entry)
        row = StudySession(user_id=user_id, path=path.slug, created_at=now)
        _write(row, entry)
        session.add(row)
        session.flush()
        return row.id


def change_time(
    session: Session, *, user_id: int, path: Path, number: int, entry: Entry, today: dt.date, seen: str = ""
) -> Entry:
    """Corrects a session; answers what it was. Raises Conflict where it is not the one ``seen`` any more."""
    _check(path, entry, today)
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)  # two that arrive together are looked at one by one
        row = session_for(session, user_id, number)
        before = entry_of(row)
        if before != entry:
            check_mark(seen, before)
        _check_day(minutes_on(session, user_id, entry.on, without=row.id), entry)
        _write(row, entry)
        return before


def delete_time(session: Session, *, user_id: int, number: int) -> Entry:
    """Deletes a session and answers what it was, so that it can be brought back."""
    with transaction(session):
        row = session_for(session, user_id, number)
        entry = entry_of(row)
        session.delete(row)
        return entry


def _check(path: Path, entry: Entry, today: dt.date) -> None:
    check_day(entry.on, today, "on")
    if not 1 <= entry.minutes <= LONGEST:
        raise InvalidInput(str(BAD_LENGTH), "minutes")
    if entry.milestone is not None and path.milestone(entry.milestone) is None:
        raise InvalidInput(gettext("The path has no such milestone."), "milestone")
    if len(entry.note) > MAX_NOTE:
        raise InvalidInput(gettext("A note holds at most %(most)s characters.", most=MAX_NOTE), "note")
    if "\x00" in entry.note:
        raise InvalidInput(gettext("A note cannot hold a NUL character."), "note")


def _check_day(already: int, entry: Entry) -> None:
    if already + entry.minutes > LONGEST:
        said = gettext(
            "A day has 24 hours, and %(hours)s h %(minutes)s min of that one are logged already.",
            hours=already // 60,
            minutes=already % 60,
        )
        raise InvalidInput(said, "minutes")


def entry_of(row: StudySession) -> Entry:
    """What a session says."""
    return Entry(row.minutes, row.on_day, row.milestone, row.note)


def _write(row: StudySession, entry: Entry) -> None:
    row.on_day, row.minutes, row.milestone, row.note = entry.on, entry.minutes, entry.milestone, entry.note


def start_timer(session: Session, *, user_id: int, path: Path, milestone: str | None, now: dt.datetime) -> None:
    """Starts the timer; one that runs already goes on."""
    if milestone is not None and path.milestone(milestone) is None:
        raise NotFound
    with transaction(session):
        enrolment_for(session, user_id, path.slug)
        user = session.get_one(User, user_id, with_for_update=True)
        if user.timer_started_at is None:
            user.timer_started_at, user.timer_milestone = now, milestone


def stop_timer(session: Session, *, user_id: int) -> tuple[dt.datetime, str | None] | None:
    """Puts the timer back to nothing; answers since when it ran and for what, so that it can be taken up again."""
    with transaction(session):
        user = session.get_one(User, user_id, with_for_update=True)
        ran = (user.timer_started_at, user.timer_milestone) if user.timer_started_at else None
        user.timer_started_at = user.timer_milestone = None
        return ran


def resume_timer(
    session: Session, *, user_id: int, path: Path, milestone: str | None, since: dt.datetime, now: dt.datetime
) -> bool:
    """Lets the timer run on as if it had never been thrown away; one that was started meanwhile stays."""
    start_timer(session, user_id=user_id, path=path, milestone=milestone, now=max(min(since, now), now - LONGEST_RUN))
    return session.get_one(User, user_id).timer_started_at == since


def choose_for_week(session: Session, *, user_id: int, path: Path, milestones: Collection[str], today: dt.date) -> None:
    """One to three milestones to get on with this week; none takes the choice back."""
    wanted = set(milestones)
    if len(wanted) > MAX_CHOICES:
        raise InvalidInput(
            gettext("Choose at most %(most)s for a week: fewer get done sooner.", most=MAX_CHOICES), "milestone"
        )
    if any(path.milestone(key) is None for key in wanted):
        raise InvalidInput(gettext("The path has no such milestone."), "milestone")
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)
        enrolment_for(session, user_id, path.slug)
        week = local_week(today)
        session.execute(
            delete(WeekChoice).where(
                WeekChoice.user_id == user_id, WeekChoice.path == path.slug, WeekChoice.week == week
            )
        )
        session.add_all(WeekChoice(user_id=user_id, path=path.slug, week=week, milestone=key) for key in sorted(wanted))
