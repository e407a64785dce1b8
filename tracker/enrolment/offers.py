"""A new version of a path, offered to somebody whose plan was made from an older one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker import words
from tracker.catalog.changes import Changes, changes
from tracker.enrolment import ways
from tracker.enrolment.outlines import outline_of
from tracker.enrolment.ways import Revised
from tracker.errors import InvalidInput
from tracker.language import gettext, lazy_gettext
from tracker.progress.overview import Overview


@dataclass(frozen=True, slots=True)
class Offer:
    """What the new version changes, and where it leads."""

    changes: Changes
    revised: Revised
    finish_before: dt.date
    days_by_redating: int
    """Of the days by which the finish moves, those that only come from making the dates anew from today on."""

    @property
    def days(self) -> int:
        """By how many days the finish moves; negative is earlier."""
        return (self.revised.plan.finish_on - self.finish_before).days

    @property
    def in_short(self) -> str:
        """2 added, 1 merged, yours kept; your finish moves by 5 days"""
        what, days = in_short(self.changes), words.days(abs(self.days))
        if self.days == 0:
            return gettext("%(changes)s, yours kept; your finish stays", changes=what)
        if self.days > 0:
            return gettext("%(changes)s, yours kept; your finish moves by %(days)s", changes=what, days=days)
        return gettext("%(changes)s, yours kept; your finish comes %(days)s earlier", changes=what, days=days)


def in_short(found: Changes) -> str:
    """2 added, 1 merged"""
    counts = (
        (len(found.added), lazy_gettext("%(count)s added")),
        (len(found.merged), lazy_gettext("%(count)s merged")),
        (len(found.renamed), lazy_gettext("%(count)s renamed")),
        (len(found.reestimated), lazy_gettext("%(count)s re-estimated")),
        (len(found.moved), lazy_gettext("%(count)s moved")),
        (len(found.retired), lazy_gettext("%(count)s retired")),
    )
    return ", ".join(said % {"count": count} for count, said in counts if count)


def offer(session: Session, view: Overview, *, declined_too: bool = False) -> Offer | None:
    """The new version of the path, where there is one that changes something for this learner.

    One that was declined is not offered again, but can still be looked at: ``declined_too``.
    """
    version = view.path.version
    if view.made_from == version or (view.stayed_at == version and not declined_too):
        return None
    found = changes(view.path, view.holding, outline_of(session, view.path.slug, view.made_from))
    if not found:
        return None
    try:
        revised = ways.with_content(view, found)
        redated = ways.with_hours(view, hours_per_week=view.plan.hours_per_week, target_on=None)
    except InvalidInput:  # so far away that the calendar ends first
        return None
    before = view.plan.finish_on
    return Offer(found, revised, before, (redated.plan.finish_on - before).days)
