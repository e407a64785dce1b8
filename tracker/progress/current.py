"""Which path the pages show: the one chosen last, else the first that was begun."""

from __future__ import annotations

from tracker import web
from tracker.enrolment.queries import on_paths
from tracker.errors import NotFound
from tracker.progress import queries
from tracker.progress.overview import Overview


def current_overview() -> Overview | None:
    """The overview of the current path; None for somebody who is on no path yet."""
    user, catalog = web.me(), web.app_parts().catalog
    standings = {s.enrolment.path: s for s in on_paths(web.db(), user.id) if catalog.path(s.enrolment.path)}
    if not standings:
        return None
    standing = standings.get(user.current_path or "") or next(iter(standings.values()))
    path = catalog.path(standing.enrolment.path)
    if path is None:
        raise NotFound
    return queries.overview(web.db(), user_id=user.id, path=path, today=web.today(), standing=standing)


def require_overview() -> Overview:
    """The same for pages that make no sense without a path."""
    overview = current_overview()
    if overview is None:
        raise NotFound
    return overview
