"""The paths of learners as they have them: one way in for pages, mail and workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from tracker.catalog.schema import Catalog, Path
from tracker.enrolment.queries import OnPath, on_paths


def learned_paths(session: Session, catalog: Catalog, standings: Iterable[OnPath]) -> Mapping[int, Path]:
    """The path of each of these enrolments, by its id; one that is not there any more is left out."""
    found = {s.enrolment.id: catalog.path(s.enrolment.path) for s in standings}
    return {number: path for number, path in found.items() if path is not None}


def learned_path(session: Session, catalog: Catalog, user_id: int, slug: str) -> Path | None:
    """One path as this learner has it; None for one that they are not on."""
    mine = [standing for standing in on_paths(session, user_id) if standing.enrolment.path == slug]
    return next(iter(learned_paths(session, catalog, mine).values()), None)
