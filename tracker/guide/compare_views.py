"""Two paths side by side, at hours a week of one's own choice."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.enrolment.asking import as_fields, carried
from tracker.errors import InvalidInput, NotFound
from tracker.guide.compare import side_by_side

blueprint = Blueprint("compare", __name__)
blueprint.after_request(wire.public)

HOURS = 12
"""A week, where nothing else is asked for."""


@blueprint.get("/compare")
def choose() -> ResponseReturnValue:
    """To the page of the two that were chosen, or of the first two."""
    slugs = list(web.app_parts().catalog.paths)
    first = request.args.get("first") or next((slug for slug in ("ml-engineer",) if slug in slugs), slugs[0])
    second = request.args.get("second") or next((slug for slug in slugs if slug != first), first)
    rest: dict[str, Any] = {name: v for name, v in request.args.lists() if name not in ("first", "second")}
    return redirect(url_for("compare.pair", first=first, second=second, **rest))


@blueprint.get("/compare/<first>/<second>")
def pair(first: str, second: str) -> ResponseReturnValue:
    """Hours, months, phases, pay, what both share and what carries over."""
    catalog = web.app_parts().catalog
    left, right = catalog.path(first), catalog.path(second)
    if left is None or right is None:
        raise NotFound
    if left == right:  # nothing to compare: what there is to say stands in its guide
        return redirect(url_for("guide.path_page", slug=first))
    given, fault = request.args.get("hours_per_week", str(HOURS)), ""
    today = web.visitor_day()
    try:
        shown = side_by_side(catalog, left, right, hours_per_week=_hours(given), today=today)
    except InvalidInput as wrong:
        fault = wrong.message
        shown = side_by_side(catalog, left, right, hours_per_week=HOURS, today=today)
    return web.page(
        "guide/compare.html",
        422 if fault else 200,
        paths=tuple(catalog.paths.values()),
        shown=shown,
        as_fields=as_fields,
        carried={path.slug: carried(path, request.args) for path in (left, right)},
        hours_per_week=given,
        used=HOURS if fault else _hours(given),
        fault=fault,
        page_name="compare",
        canonical=url_for("compare.pair", first=first, second=second),
        description=f"{left.title} or {right.title}: hours, months, phases, pay and what carries over, side by side.",
    )


def _hours(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InvalidInput("Hours a week are a number from 1 to 80.", "hours_per_week") from None
