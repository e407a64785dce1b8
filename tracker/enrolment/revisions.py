"""Services that change a plan: each writes a revision with its reason, never edits one, and never overwrites unseen.

Every form names the revision that it was made from; if another device was quicker, Conflict tells it. The same form
sent twice, as by a double click, is the same as once: what it wanted is there already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment import reasons, ways
from tracker.enrolment.queries import enrolment_for, with_plan
from tracker.enrolment.ways import Revised
from tracker.errors import Conflict, InvalidInput, NotFound
from tracker.language import gettext, gettext_noop
from tracker.models import Enrolment, PlanRevision, User
from tracker.models import Pause as PauseRow
from tracker.planning import Pause
from tracker.progress.celebrate import celebrate_change
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.progress.settling import settle
from tracker.reminders.schedule import compose_anew

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose plan, on which path, seen at which revision, at which moment."""

    user_id: int
    path: Path
    seen: int
    today: dt.date
    now: dt.datetime


def take_way(session: Session, who: Who, *, kind: str) -> None:
    """Goes on in one of the ways that are offered."""
    reason = reasons.WAYS.get(kind, kind)

    def make(view: Overview, enrolment: Enrolment) -> Revised:
        revised = ways.chosen(view, kind)
        for pause in set(revised.plan.pauses) - set(view.pauses):
            session.add(pause_row(enrolment, pause, who.now))
        if kind not in ("add-hours", "fewer-hours"):
            enrolment.target_on = None
        return revised

    def there(view: Overview) -> bool:
        _, newest = with_plan(session, who.user_id, who.path.slug)
        return view.revision == who.seen + 1 and (newest.reason, newest.in_force_from) == (reason, who.today)

    change(session, who, reason, make, there)


def change_hours(session: Session, who: Who, *, hours_per_week: float, target_on: dt.date | None) -> None:
    """Other hours a week, or a date to be done by."""

    def make(view: Overview, enrolment: Enrolment) -> Revised:
        revised = ways.with_hours(view, hours_per_week=hours_per_week, target_on=target_on)
        enrolment.target_on = target_on
        return revised

    def there(view: Overview) -> bool:
        same_hours = target_on is not None or view.plan.hours_per_week == hours_per_week
        return view.revision == who.seen + 1 and view.target_on == target_on and same_hours

    change(session, who, gettext_noop("Changed hours or target"), make, there)


def change_goal(session: Session, who: Who, *, goal: str | None) -> None:
    """Another goal, or none."""

    def make(view: Overview, enrolment: Enrolment) -> Revised:
        revised = ways.with_goal(view, goal)
        enrolment.goal = goal
        return revised

    change(
        session,
        who,
        gettext_noop("Changed the goal"),
        make,
        lambda view: view.goal == goal and view.revision in (who.seen, who.seen + 1),
    )


def change_share(session: Session, who: Who, *, key: str, share: str) -> None:
    """One milestone in full, by half, or left for later."""

    def there(view: Overview) -> bool:
        item = view.item(key)
        if item is None or (item.due_on is None and not item.later):
            return False  # without a date it is not in the plan, whatever its share
        return share == ("later" if item.later else "half" if item.half else "full")

    reasons_of = {"full": gettext_noop("Took a milestone in full"), "half": gettext_noop("Halved a milestone")}
    reason = reasons_of.get(share, gettext_noop("Left a milestone for later"))
    change(session, who, reason, lambda view, _: ways.with_share(view, key, share), there)


def bring_credit_back(session: Session, who: Who, *, phase: int) -> None:
    """The full hours of what was credited in a phase."""
    change(
        session,
        who,
        reasons.CREDIT_BACK % {"what": phase},
        lambda view, _: ways.with_credit_back(view, phase),
        lambda view: view.revision != who.seen and not ways.credited_in(view, phase),
    )


def add_pause(session: Session, who: Who, *, starts_on: dt.date, ends_on: dt.date) -> None:
    """Days on which the plan expects nothing, both ends included."""
    pause = Pause(starts_on, ends_on)

    def make(view: Overview, enrolment: Enrolment) -> Revised:
        ways.check_pause(view, starts_on, ends_on)
        session.add(pause_row(enrolment, pause, who.now))
        return ways.with_pauses(view, tuple(sorted((*view.pauses, pause), key=lambda p: p.starts_on)))

    change(session, who, gettext_noop("Pause"), make, lambda view: pause in view.pauses)


def end_pause(session: Session, who: Who, *, starts_on: dt.date) -> None:
    """Takes a pause away that has not begun, or ends a running one with yesterday. One that is over stays."""

    def there(view: Overview) -> bool:
        if view.revision == who.seen:
            return False
        return all(pause.starts_on != starts_on or pause.ends_on == who.today - DAY for pause in view.pauses)

    def make(view: Overview, enrolment: Enrolment) -> Revised:
        pause = next((p for p in view.pauses if p.starts_on == starts_on), None)
        if pause is None:
            raise NotFound
        if pause.ends_on < who.today:
            raise InvalidInput(gettext("This pause is over: days gone by never change."), "starts_on")
        left = tuple(p for p in view.pauses if p != pause)
        session.execute(delete(PauseRow).where(PauseRow.enrolment_id == enrolment.id, PauseRow.starts_on == starts_on))
        if pause.starts_on < who.today:
            cut = Pause(pause.starts_on, who.today - DAY)
            session.add(pause_row(enrolment, cut, who.now))
            left = tuple(sorted((*left, cut), key=lambda p: p.starts_on))
        return ways.with_pauses(view, left)

    change(session, who, gettext_noop("Ended a pause"), make, there)


def pause_row(enrolment: Enrolment, pause: Pause, now: dt.datetime) -> PauseRow:
    """A pause as it is kept."""
    return PauseRow(enrolment_id=enrolment.id, starts_on=pause.starts_on, ends_on=pause.ends_on, created_at=now)


def change(
    session: Session,
    who: Who,
    reason: str,
    make: Callable[[Overview, Enrolment], Revised],
    there: Callable[[Overview], bool],
    *,
    content_version: str = "",
) -> None:
    """Writes what ``make`` makes of the plan; ``there`` says whether that is so already. Raises Conflict."""
    with transaction(session):
        session.get_one(User, who.user_id, with_for_update=True)  # of two devices, the second waits here
        view = overview(session, user_id=who.user_id, path=who.path, today=who.today)
        if there(view):
            return
        if view.revision != who.seen:
            raise Conflict
        enrolment = enrolment_for(session, who.user_id, who.path.slug)
        revised = make(view, enrolment)
        made = keep(session, who, view, enrolment, reason, revised, content_version=content_version)
        celebrate_change(session, enrolment, made, before=view, path=who.path, today=who.today, now=who.now)


def keep(
    session: Session,
    who: Who,
    view: Overview,
    enrolment: Enrolment,
    reason: str,
    revised: Revised,
    *,
    content_version: str = "",
) -> PlanRevision:
    """Adds the revision that follows the one in ``view``; never commits."""
    plan = revised.plan
    revision = PlanRevision(
        enrolment_id=enrolment.id,
        number=view.revision + 1,
        reason=reason,
        in_force_from=who.today,
        created_at=who.now,
        start_on=plan.start_on,
        finish_on=plan.finish_on,
        hours_per_week=plan.hours_per_week,
        # other hours or pauses do not take a new version of the path over
        content_version=content_version or view.made_from,
        milestones=[[m.key, m.hours, m.starts_on.isoformat(), m.due_on.isoformat()] for m in plan.milestones],
        known=list(revised.credit.known),
        half=list(revised.credit.half),
        later=[list(pair) for pair in revised.credit.later],
        since=plan.since,
        earned_before=plan.before,
        carried=settle(session, user_id=who.user_id, view=view, now=who.now),
    )
    session.add(revision)
    compose_anew(session, who.user_id)
    return revision
