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
        if self.days == 0:
            finish = "your finish stays"
        elif self.days > 0:
            finish = f"your finish moves by {words.days(self.days)}"
        else:
            finish = f"your finish comes {words.days(-self.days)} earlier"
        return f"{self.changes.in_short}, yours kept; {finish}"


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
