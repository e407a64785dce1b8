"""What learners hold that a path file does not know any more: such a file would take it from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tracker.catalog.schema import OWN, Path
from tracker.language import ngettext
from tracker.models import (
    CriterionMet,
    Enrolment,
    MilestoneLink,
    MilestoneNote,
    MilestoneState,
    OwnPath,
    PlanRevision,
    StudySession,
    User,
    WeekChoice,
)

RECORDS = (MilestoneState, CriterionMet, MilestoneNote, MilestoneLink, StudySession, WeekChoice)


def orphans(session: Session, path: Path) -> list[str]:
    """A sentence for each thing that learners hold and that this path lacks."""
    lost = _milestones_recorded(session, path.slug) | _milestones_planned(session, path.slug)
    said = [
        ngettext(
            "the milestone %(key)s is gone, but %(num)s learner recorded something on it or has it in their plan; "
            "keep it as `retired: true`, or name it under `formerly` of the one that takes its place.",
            "the milestone %(key)s is gone, but %(num)s learners recorded something on it or have it in their plan; "
            "keep it as `retired: true`, or name it under `formerly` of the one that takes its place.",
            learners,
            key=key,
        )
        for key, learners in sorted(lost.items())
        if path.milestone(key) is None and not key.startswith(OWN)
    ]
    said += [
        ngettext(
            "the starting point %(key)s is gone, but %(num)s learner began there.",
            "the starting point %(key)s is gone, but %(num)s learners began there.",
            learners,
            key=key,
        )
        for key, learners in _chosen(session, Enrolment.starting_point, path.slug)
        if path.starting_point(key) is None
    ]
    said += [
        ngettext(
            "the goal %(key)s is gone, but %(num)s learner chose it.",
            "the goal %(key)s is gone, but %(num)s learners chose it.",
            learners,
            key=key,
        )
        for key, learners in _chosen(session, Enrolment.goal, path.slug)
        if path.goal(key) is None
    ]
    return said


def paths_without_file(session: Session, slugs: Set[str]) -> Mapping[str, int]:
    """Paths that learners are on or recorded something on, though there is no file for them, with how many."""
    slugs = slugs | set(session.scalars(select(OwnPath.slug)))
    owners: dict[str, set[int]] = {}
    for model in (Enrolment, *RECORDS):
        for path, user_id in session.execute(select(model.path, model.user_id).distinct()):
            if path not in slugs:
                owners.setdefault(path, set()).add(user_id)
    return {path: len(users) for path, users in sorted(owners.items())}


def _milestones_recorded(session: Session, slug: str) -> Counter[str]:
    """The most learners that any kind of record has of each key; one learner often has several kinds.

    Of those who are or were on the path: all have an enrolment, and of an own path they are few among a million.
    """
    found: Counter[str] = Counter()
    on_it = select(Enrolment.user_id).where(Enrolment.path == slug)
    for model in RECORDS:
        rows = session.execute(
            select(model.milestone, func.count(model.user_id.distinct()))
            .where(model.user_id.in_(on_it), model.path == slug, model.milestone.is_not(None))
            .group_by(model.milestone)
        )
        for key, learners in rows:
            found[str(key)] = max(found[str(key)], learners)
    timing = session.execute(
        select(User.timer_milestone, func.count())
        .where(User.id.in_(on_it), User.current_path == slug, User.timer_milestone.is_not(None))
        .group_by(User.timer_milestone)
    )
    for key, learners in timing:
        found[str(key)] = max(found[str(key)], learners)
    return found


def _milestones_planned(session: Session, slug: str) -> Counter[str]:
    """Keys of the plans in force, with how many plans have them."""
    other = aliased(PlanRevision)
    newest = select(func.max(other.number)).where(other.enrolment_id == Enrolment.id).scalar_subquery()
    plans = session.execute(
        select(PlanRevision.milestones, PlanRevision.known, PlanRevision.half, PlanRevision.later)
        .join(Enrolment, Enrolment.id == PlanRevision.enrolment_id)
        .where(Enrolment.path == slug, PlanRevision.number == newest)
        .execution_options(yield_per=500)
    )
    return Counter(key for plan in plans for key in {*_first(plan[0]), *plan[1], *plan[2], *_first(plan[3])})


def _first(rows: list[list[str]]) -> Iterator[str]:
    return (row[0] for row in rows)


def _chosen(session: Session, column: InstrumentedAttribute[Any], slug: str) -> list[tuple[str, int]]:
    rows = session.execute(
        select(column, func.count())
        .where(Enrolment.path == slug, column.is_not(None))
        .group_by(column)
        .order_by(column)
    )
    return [(key, learners) for key, learners in rows]
