"""A pause asked for by a link in the mail: of every path under way, from today on, once for each mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment import reasons
from tracker.enrolment.queries import on_paths
from tracker.enrolment.revisions import Who, keep, pause_row
from tracker.enrolment.ways import check_pause, with_pauses
from tracker.errors import InvalidInput
from tracker.models import Enrolment, PlanRevision, User
from tracker.planning import Pause
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.reminders.slots import sign_of_life

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Paused:
    """What became of it, and until when the plan rests where it does."""

    outcome: Literal["paused", "already", "used", "nothing"]
    until: dt.date | None = None


def pause_from_mail(
    session: Session,
    *,
    user_id: int,
    paths: Sequence[Path],
    week: str,
    weeks: int,
    today: dt.date,
    now: dt.datetime,
) -> Paused:
    """Pauses for ``weeks`` from today. ``week`` is that of the mail: its links make one pause, however often used.

    A pause that begins within these weeks stays, and this one ends the day before it.
    """
    reason = reason_of(week)
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)
        sign_of_life(session, user_id=user_id, now=now)
        enrolments = {standing.enrolment.path: standing.enrolment for standing in on_paths(session, user_id)}
        mine = [path for path in paths if path.slug in enrolments]
        views = [overview(session, user_id=user_id, path=path, today=today) for path in mine]
        open_views = [view for view in views if view.next_items]
        resting = [
            pause.ends_on for view in open_views for pause in view.pauses if pause.starts_on <= today <= pause.ends_on
        ]
        if _is_used(session, user_id, reason):
            return Paused("already", max(resting)) if resting else Paused("used")
        ends = [
            _pause(session, Who(user_id, view.path, view.revision, today, now), enrolments, view, weeks, reason)
            for view in open_views
        ]
    made = [end for end in ends if end]
    if made:
        return Paused("paused", max(made))
    return Paused("already", max(resting)) if resting else Paused("nothing")


def reason_of(week: str) -> str:
    """How the revision says where it came from; it is also how the same link is known again."""
    year, number = week.split("-W")
    return reasons.of_mail(dt.date.fromisocalendar(int(year), int(number), 1))


def _is_used(session: Session, user_id: int, reason: str) -> bool:
    mine = select(PlanRevision.id).join(Enrolment, Enrolment.id == PlanRevision.enrolment_id)
    return session.scalar(mine.where(Enrolment.user_id == user_id, PlanRevision.reason == reason).limit(1)) is not None


def _pause(
    session: Session, who: Who, enrolments: Mapping[str, Enrolment], view: Overview, weeks: int, reason: str
) -> dt.date | None:
    """The pause's last day; None where there is a pause already or the plan leaves no room for one."""
    coming = [pause.starts_on - DAY for pause in view.pauses if pause.starts_on > who.today]
    pause = Pause(who.today, min([who.today + weeks * 7 * DAY - DAY, *coming]))
    try:
        check_pause(view, pause.starts_on, pause.ends_on)
        revised = with_pauses(view, tuple(sorted((*view.pauses, pause), key=lambda p: p.starts_on)))
    except InvalidInput:
        return None
    enrolment = enrolments[view.path.slug]
    session.add(pause_row(enrolment, pause, who.now))
    keep(session, who, view, enrolment, reason, revised)
    return pause.ends_on
