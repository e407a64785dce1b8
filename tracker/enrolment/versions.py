"""Services around a new version of a path: take it over, take that back, or stay. Each a revision, like any change."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment.offers import offer
from tracker.enrolment.outlines import note_outline
from tracker.enrolment.queries import enrolment_for, with_plan
from tracker.enrolment.revisions import Who, change
from tracker.enrolment.ways import Revised
from tracker.errors import Conflict
from tracker.language import gettext_noop
from tracker.models import Enrolment, PlanRevision, User
from tracker.progress.holdings import parts
from tracker.progress.overview import Overview
from tracker.progress.queries import state_rows
from tracker.progress.reckoning import planned_hours
from tracker.reminders.schedule import compose_anew

NEW_VERSION = gettext_noop("New version of the path")
TAKEN_BACK = gettext_noop("Went back to the version of before")


def accept_content(session: Session, who: Who, *, version: str) -> bool:
    """Takes the present version of the path over; answers whether that can be taken back.

    Raises Conflict where another one than ``version`` is there now.
    """
    can_be_taken_back = False

    def make(view: Overview, enrolment: Enrolment) -> Revised:
        nonlocal can_be_taken_back
        found = offer(session, view, declined_too=True)
        if found is None or view.path.version != version:
            raise Conflict
        note_outline(session, view.path)
        # what was done of the parts of a merged milestone is one from now on
        can_be_taken_back = not any(m.key in view.holding.states for m, _ in found.changes.merged)
        return found.revised

    change(session, who, NEW_VERSION, make, lambda view: view.made_from == version, content_version=version)
    return can_be_taken_back


def take_back(session: Session, who: Who) -> None:
    """The plan of before the new version was taken over, as it was; what was done since stays done.

    Raises Conflict where something came in between: another change of the plan, or work on a merged milestone.
    """
    with transaction(session):
        session.get_one(User, who.user_id, with_for_update=True)
        enrolment, newest = with_plan(session, who.user_id, who.path.slug)
        if (newest.number, newest.reason) == (who.seen + 1, TAKEN_BACK):
            return
        if (newest.number, newest.reason) != (who.seen, NEW_VERSION):
            raise Conflict
        number = newest.number - 1
        before = session.scalars(select(PlanRevision).filter_by(enrolment_id=enrolment.id, number=number)).one()
        if _has_merged(session, who.user_id, who.path, before):
            raise Conflict
        session.add(_again(before, who, newest.number + 1))
        compose_anew(session, who.user_id)


def _has_merged(session: Session, user_id: int, path: Path, before: PlanRevision) -> bool:
    """Whether there is a state of something that the plan of before had in several parts."""
    planned, rows = planned_hours(before), state_rows(session, [user_id]).get(user_id, {})
    several = (milestone for milestone in path.milestones if len(parts(milestone, planned)) > 1)
    return any((path.slug, name) in rows for milestone in several for name in milestone.names)


def _again(before: PlanRevision, who: Who, number: int) -> PlanRevision:
    same = ("enrolment_id", "start_on", "finish_on", "hours_per_week", "content_version", "milestones", "known", "half",
            "later", "since", "earned_before", "carried")  # fmt: skip
    copied = {name: getattr(before, name) for name in same}
    return PlanRevision(**copied, number=number, reason=TAKEN_BACK, in_force_from=who.today, created_at=who.now)


def stay(session: Session, who: Who, *, version: str) -> None:
    """Leaves the plan as it is; this version is not offered again."""
    with transaction(session):
        enrolment_for(session, who.user_id, who.path.slug).stayed_at = version[:64]
