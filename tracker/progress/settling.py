"""What was merged is put under its own key when a plan is made that has it as one: a step that never commits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from tracker.models import MilestoneState, ProgressLog
from tracker.progress.holdings import parts
from tracker.progress.overview import Item, Overview


def settle(session: Session, *, user_id: int, view: Overview, now: dt.datetime) -> list[Any]:
    """Writes the states of merged milestones as they are seen; answers what is earned of their parts, for the revision.

    The rows of the parts stay: nothing that was ticked is ever erased.
    """
    for item in view.items:
        if len(parts(item.milestone, view.holding.planned)) > 1 and item.key in view.holding.states:
            _write(session, user_id, view, item, now)
    return [
        [item.key, hours, day.isoformat()]
        for item in view.items
        if item.state == "doing"
        for day, hours in item.carried
    ]


def _write(session: Session, user_id: int, view: Overview, item: Item, now: dt.datetime) -> None:
    version, slug = view.path.version, view.path.slug
    row = session.get(MilestoneState, (user_id, slug, item.key), with_for_update=True)
    if row is None:
        row = MilestoneState(
            user_id=user_id, path=slug, milestone=item.key, door="page", changed_at=now, content_version=version
        )
        session.add(row)
    elif row.state != item.state:  # one of the parts had this key already, and was further than the whole is
        session.add(
            ProgressLog(
                user_id=user_id,
                path=slug,
                milestone=item.key,
                from_state=row.state,
                to_state=item.state,
                done_on=item.done_on,
                from_done_on=row.done_on,
                at=now,
                local_on=view.today,
                door="page",
                content_version=version,
            )
        )
    row.state, row.done_on = item.state, item.done_on
