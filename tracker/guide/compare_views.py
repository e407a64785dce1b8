"""Two paths side by side, at hours a week of one's own choice."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.catalog.schema import Path
from tracker.enrolment.asking import as_fields, carried
from tracker.errors import InvalidInput
from tracker.guide.compare import side_by_side
from tracker.guide.mine import address_of, in_order, is_own, plan_address, written, yours
from tracker.language import gettext
from tracker.paths.queries import visible_path

blueprint = Blueprint("compare", __name__)
blueprint.after_request(wire.public)

HOURS = 12
"""A week, where nothing else is asked for."""


@blueprint.get("/compare")
def choose() -> ResponseReturnValue:
    """To the page of the two that were chosen, or of the first two."""
    slugs = [path.slug for path in _choosable()]
    first = request.args.get("first") or slugs[0]
    second = request.args.get("second") or next((slug for slug in slugs if slug != first), first)
    rest: dict[str, Any] = {name: v for name, v in request.args.lists() if name not in ("first", "second")}
    return redirect(url_for("compare.pair", first=first, second=second, **rest))


@blueprint.get("/compare/<first>/<second>")
def pair(first: str, second: str) -> ResponseReturnValue:
    """Hours, months, phases, pay, what both share and what carries over."""
    left, right = _visible(first), _visible(second)
    if left == right:  # nothing to compare: what there is to say stands on its own page
        return redirect(address_of(left))
    given, fault = request.args.get("hours_per_week", str(HOURS)), ""
    today = web.visitor_day()
    try:
        shown = side_by_side(left, right, hours_per_week=_hours(given), today=today)
    except InvalidInput as wrong:
        fault = wrong.message
        shown = side_by_side(left, right, hours_per_week=HOURS, today=today)
    page = web.page(
        "guide/compare.html",
        422 if fault else 200,
        paths=list({path.slug: path for path in (*_choosable(), left, right)}.values()),
        yours=yours((left, right)),
        address_of=address_of,
        plan_address=plan_address,
        is_own=is_own,
        shown=shown,
        as_fields=as_fields,
        carried={path.slug: carried(path, request.args) for path in (left, right)},
        hours_per_week=given,
        used=HOURS if fault else _hours(given),
        fault=fault,
        page_name="compare",
        canonical=url_for("compare.pair", first=first, second=second),
        description=gettext(
            "%(left)s or %(right)s: hours, months, phases, pay and what carries over, side by side.",
            left=left.title,
            right=right.title,
        ),
    )
    if is_own(left) or is_own(right):  # shared by the secrecy of its address
        page.headers["X-Robots-Tag"] = "noindex"
    return page


def _choosable() -> list[Path]:
    """The paths of the site, and those that whoever is logged in wrote or walks."""
    return [*in_order(), *written()]


def _visible(slug: str) -> Path:
    user = web.logged_in()
    return visible_path(web.db(), web.app_parts().catalog, user.id if user else None, slug)


def _hours(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InvalidInput(gettext("Hours a week are a number from 1 to 80."), "hours_per_week") from None
