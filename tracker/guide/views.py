"""Pages that need no account: the landing page, the picker, one path. They set no cookie."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.catalog.schema import Path
from tracker.enrolment.drafting import Choices, Draft, draft
from tracker.enrolment.queries import enrolments_of
from tracker.errors import InvalidInput, NotFound

blueprint = Blueprint("guide", __name__)
blueprint.after_request(wire.public)

FIRST = "ml-engineer"
EXAMPLE = ("backend-developer", 15)
"""What the landing page shows before anybody has chosen: 677 h, 10.4 months."""


@blueprint.get("/")
def landing() -> ResponseReturnValue:
    """What Waymark does, with a first answer to "how long will it take me"."""
    catalog = web.app_parts().catalog
    path = catalog.path(FIRST) or next(iter(catalog.paths.values()))
    starting_point, hours = _asked(path)
    return web.page(
        "guide/landing.html",
        path=path,
        starting_point=starting_point,
        hours_per_week=hours,
        preview=_plan(path, starting_point, hours),
    )


def _asked(path: Path) -> tuple[str, int]:
    """The choices in the address, or the example where they make no sense: a landing page shows no faults."""
    starting_point = request.args.get("starting_point", EXAMPLE[0])
    if path.starting_point(starting_point) is None:
        starting_point = path.starting_points[0].key
    hours = request.args.get("hours_per_week", type=int) or EXAMPLE[1]
    return starting_point, min(max(hours, 1), 80)


def _plan(path: Path, starting_point: str, hours: float) -> Draft:
    today = _today()
    return draft(path, Choices(starting_point, hours, today), today=today)


def _today() -> dt.date:
    """Of whoever is logged in; else that of UTC, which is near enough for a month."""
    return web.today() if web.logged_in() else web.now().date()


@blueprint.get("/paths")
def picker() -> ResponseReturnValue:
    """All paths."""
    paths = tuple(web.app_parts().catalog.paths.values())
    return web.page("guide/picker.html", paths=paths, mine=_mine(), page_name="paths")


@blueprint.get("/paths/<slug>")
def path_page(slug: str) -> ResponseReturnValue:
    """One path: phases, topics, projects, how long it takes from where."""
    path = web.app_parts().catalog.path(slug)
    if path is None:
        raise NotFound
    hours = EXAMPLE[1]
    try:
        drafts = [(point, _plan(path, point.key, hours)) for point in path.starting_points]
    except InvalidInput:  # a path so long that no such plan ends
        drafts = []
    starts = [(point, made.plan.hours, made.months) for point, made in drafts]
    return web.page("guide/path.html", path=path, starts=starts, example_hours=hours, mine=_mine(), page_name="paths")


def _mine() -> frozenset[str]:
    user = web.logged_in()
    return frozenset(e.path for e in enrolments_of(web.db(), user.id)) if user else frozenset()
