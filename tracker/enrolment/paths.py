"""The paths of learners as they have them, own milestones included: one way in for pages, mail and workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracker.catalog.schema import Catalog, Criterion, Milestone, Path
from tracker.enrolment.queries import OnPath, on_paths
from tracker.language import gettext
from tracker.paths.queries import kept


def learned_paths(session: Session, catalog: Catalog, standings: Iterable[OnPath]) -> Mapping[int, Path]:
    """The path of each of these enrolments, by its id; one that is not there any more is left out."""
    known = list(standings)
    written = {s.enrolment.path: s.own_version for s in known if catalog.path(s.enrolment.path) is None}
    own = kept(session, written) if written else {}
    shipped = catalog.paths.values()
    found: dict[int, Path] = {}
    for standing in known:
        enrolment = standing.enrolment
        path = catalog.path(enrolment.path) or own.get(enrolment.path)
        if path is not None:
            path = path.beside((*shipped, *own.values())) if own else path
            found[enrolment.id] = with_own(path, enrolment.own)
    return found


def learned_path(session: Session, catalog: Catalog, user_id: int, slug: str) -> Path | None:
    """One path as this learner has it; None for one that they are not on."""
    mine = [standing for standing in on_paths(session, user_id) if standing.enrolment.path == slug]
    return next(iter(learned_paths(session, catalog, mine).values()), None)


def with_own(path: Path, own: Iterable[Mapping[str, Any]]) -> Path:
    """The path with what its learner added; see models.Enrolment.own. What they dropped is as good as retired."""
    added = tuple(_milestone(path, each) for each in own)
    if not added and not path.has_own:
        return path
    shared = tuple(milestone for milestone in path.milestones if not milestone.is_own)
    return path.changed(milestones=(*shared, *added))


def _milestone(path: Path, own: Mapping[str, Any]) -> Milestone:
    last = path.phases[-1].number
    return Milestone(
        key=own["key"],
        phase=own["phase"] if path.phase(own["phase"]) else last,  # a new version of the path may have fewer
        title=own["title"],
        kind="practice",
        hours=float(own["hours"]),
        hours_basis=gettext("Your own estimate."),
        estimate=True,
        summary=gettext("You added this to your plan yourself."),
        done_when=tuple(Criterion(key=key, text=text) for key, text in own["done_when"]),
        retired=own["dropped"],
    )
