"""Which done-when criteria of a milestone are met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment.queries import enrolment_for
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.models import CriterionMet, User
from tracker.progress.services import milestone_in


def set_criteria(
    session: Session,
    *,
    user_id: int,
    path: Path,
    key: str,
    met: Iterable[str],
    today: dt.date,
    was: Iterable[str] | None = None,
) -> None:
    """These done-when criteria are met, the others of this milestone are not; days of those met before stay.

    ``was``: those that were met when the form was made. Only what differs from them is changed, so that what another
    device has ticked since stays.
    """
    milestone = milestone_in(path, key)
    wanted = set(met)
    if unknown := wanted - {criterion.key for criterion in milestone.done_when}:
        raise InvalidInput(gettext("This milestone has no criterion '%(key)s'.", key=min(unknown)), "met")
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)  # two that arrive together come one after the other
        enrolment_for(session, user_id, path.slug)
        own = (
            CriterionMet.user_id == user_id,
            CriterionMet.path == path.slug,
            CriterionMet.milestone.in_(milestone.names),
        )
        present = set(session.scalars(select(CriterionMet.criterion).where(*own)))
        if was is not None:
            wanted = (present - (set(was) - wanted)) | (wanted - set(was))
        # what the content no longer asks for stays on record
        if gone := (present - wanted) & {criterion.key for criterion in milestone.done_when}:
            session.execute(delete(CriterionMet).where(*own, CriterionMet.criterion.in_(gone)))
        for criterion in sorted(wanted - present):
            session.merge(
                CriterionMet(
                    user_id=user_id, path=path.slug, milestone=milestone.key, criterion=criterion, met_on=today
                )
            )
