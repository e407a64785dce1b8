"""What pages about paths have in common: their order, their addresses, and what whoever is logged in has of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for

from tracker import web
from tracker.catalog.schema import Milestone, Path
from tracker.enrolment.services import done_of
from tracker.paths.queries import own_paths
from tracker.paths.reading import PREFIX, SLUG
from tracker.progress.current import paths_in_header

FIRST = "ml-engineer"
"""The path that the site leads with."""
Yours = Sequence[tuple[Milestone, dt.date]]
"""Milestones that are done already, with their days, in the path's order."""


def in_order() -> list[Path]:
    """All paths of the site, the one that it leads with first."""
    return sorted(web.app_parts().catalog.paths.values(), key=lambda path: path.slug != FIRST)


def paths_on() -> frozenset[str]:
    """The paths that whoever is logged in is on."""
    return frozenset(one.path.slug for one in paths_in_header()) if web.logged_in() else frozenset()


def yours(paths: Iterable[Path]) -> Mapping[str, Yours]:
    """Of each of these paths what is done already, there or on a path that shares it; in one query for all."""
    user, asked = web.logged_in(), tuple(paths)
    if user is None:
        return {path.slug: () for path in asked}
    done = done_of(web.db(), user.id, asked)
    return {
        path.slug: [(m, done[path.slug][m.key]) for m in path.milestones if m.key in done[path.slug]] for path in asked
    }


def is_own(path: Path) -> bool:
    """Whether somebody wrote this path themselves, so that it has no guide and no public pages."""
    return SLUG.fullmatch(path.slug) is not None


def address_of(path: Path, **choices: Any) -> str:
    """The page of a path: its guide, or where an own path is shown."""
    if is_own(path):
        return url_for("paths.show", token=path.slug.removeprefix(PREFIX))
    return url_for("guide.path_page", slug=path.slug, **choices)


def plan_address(path: Path, choices: Mapping[str, Any]) -> str:
    """Where these choices make a plan: on the roadmap, or for an own path on the page that enrols."""
    return url_for("enrolment.enrol" if is_own(path) else "roadmap.show", slug=path.slug, **choices)


def written() -> Sequence[Path]:
    """The own paths that whoever is logged in has written or walks."""
    user = web.logged_in()
    return own_paths(web.db(), web.app_parts().catalog, user.id) if user else ()
