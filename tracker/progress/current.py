"""Which path the pages show: the one chosen last, else the first that was begun."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from tracker import web
from tracker.catalog.schema import Path
from tracker.enrolment.paths import learned_paths
from tracker.enrolment.queries import OnPath, left_paths, on_paths
from tracker.errors import NoPath, NotFound
from tracker.paths.queries import visible_path
from tracker.progress import queries
from tracker.progress.overview import Overview


@dataclass(frozen=True, slots=True)
class Mine:
    """A path that somebody is on."""

    path: Path
    standing: OnPath
    current: bool


def my_paths() -> Sequence[Mine]:
    """All paths of whoever is logged in, in the order they were begun; read anew, since a form may have changed it."""
    user = web.me()
    standings = on_paths(web.db(), user.id)
    paths = learned_paths(web.db(), web.app_parts().catalog, standings)
    there = [standing for standing in standings if standing.enrolment.id in paths]
    chosen = next((s for s in there if s.enrolment.path == user.current_path), there[0] if there else None)
    g.my_paths = [Mine(paths[s.enrolment.id], s, s is chosen) for s in there]
    return cast(Sequence[Mine], g.my_paths)


def paths_in_header() -> Sequence[Mine]:
    """The same for the frame of every page, read once a request; none when the database cannot say."""
    try:
        return _read_once()
    except SQLAlchemyError:
        return ()


def current_overview() -> Overview | None:
    """The overview of the current path; None for somebody who is on no path yet."""
    return next((overview_of(mine) for mine in my_paths() if mine.current), None)


def require_overview() -> Overview:
    """The same for pages that make no sense without a path: who is on none is led to where one is picked."""
    overview = current_overview()
    if overview is None:
        raise NoPath
    return overview


def my_path(slug: str) -> Mine:
    """One of the paths that somebody is on; raises NotFound for any other."""
    mine = next((mine for mine in _read_once() if mine.path.slug == slug), None)
    if mine is None:
        raise NotFound
    return mine


def other_paths(slug: str) -> Sequence[Path]:
    """All but this one."""
    return [mine.path for mine in _read_once() if mine.path.slug != slug]


def _read_once() -> Sequence[Mine]:
    return cast(Sequence[Mine], g.my_paths) if "my_paths" in g else my_paths()


def paths_left() -> Sequence[Path]:
    """The paths that were left, for the way back to them."""
    found = []
    for enrolment in left_paths(web.db(), web.me().id):
        with suppress(NotFound):  # somebody's own path, and it is deleted
            found.append(visible_path(web.db(), web.app_parts().catalog, web.me().id, enrolment.path))
    return found


def overview_of(mine: Mine) -> Overview:
    """Where they stand on it."""
    return queries.overview(web.db(), user_id=web.me().id, path=mine.path, today=web.today(), standing=mine.standing)


def init_app(app: Flask) -> None:
    """Offers the paths in the header to every template."""
    app.jinja_env.globals["paths_in_header"] = paths_in_header
