"""What is to be said of one milestone beside its own words: what it belongs to and who is credited with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.catalog.schema import Catalog, Milestone, Path, Phase, Resource, StartingPoint
from tracker.language import gettext, gettext_noop

CREDIT = {
    "known": gettext_noop("credited"),
    "half": gettext_noop("half credited"),
    "half-later": gettext_noop("half credited, can wait"),
    "later": gettext_noop("can wait"),
}


@dataclass(frozen=True, slots=True)
class About:
    """A milestone among its neighbours."""

    milestone: Milestone
    phase: Phase | None
    needs: tuple[Milestone, ...]
    leads_to: tuple[Milestone, ...]
    resources: tuple[Resource, ...]
    skills: tuple[str, ...]
    credit: tuple[tuple[StartingPoint, str], ...]
    elsewhere: tuple[tuple[Path, Milestone], ...]
    """The same work on other paths."""


def about(catalog: Catalog, path: Path, milestone: Milestone) -> About:
    """Everything that the milestone's page shows."""
    skills = path.guide.skills if path.guide else None
    named = (*skills.technical.values(), *skills.soft.values()) if skills else ()
    return About(
        milestone,
        path.phase(milestone.phase),
        tuple(m for m in path.active if m.key in milestone.needs),
        tuple(m for m in path.active if milestone.key in m.needs),
        tuple(path.resources[key] for key in milestone.resources),
        tuple(skill.title for skill in named if milestone.key in skill.milestones),
        tuple(
            (point, gettext(CREDIT[milestone.treatment(point.key)]))
            for point in path.starting_points
            if milestone.treatment(point.key) in CREDIT
        ),
        catalog.same_work(path, milestone),
    )
