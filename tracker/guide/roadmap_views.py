"""The roadmap before sign-up: choices in the address, a dated plan on the page, nothing kept."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.catalog.schema import Path
from tracker.enrolment.asking import Answer, Given, answer, as_fields, carried, without_leftovers
from tracker.errors import NotFound
from tracker.guide.mine import Yours, paths_on, yours
from tracker.guide.roadmap import EXAMPLE_HOURS, example_start, roadmap, stories_of
from tracker.language import gettext

blueprint = Blueprint("roadmap", __name__)
blueprint.after_request(wire.public)


@blueprint.get("/roadmap")
def choose() -> ResponseReturnValue:
    """To the roadmap of the path that a form names beside the other choices; what that path does not know goes."""
    path = web.app_parts().catalog.path(request.args.get("path", ""))
    if path is None:
        return redirect(url_for("guide.picker"))
    return redirect(url_for("roadmap.show", slug=path.slug, **carried(path, request.args)))


@blueprint.get("/paths/<slug>/roadmap")
def show(slug: str) -> ResponseReturnValue:
    """The plan for the choices in the address. The form's own GET is sent on to the short address of the same plan."""
    path = web.app_parts().catalog.path(slug)
    if path is None:
        raise NotFound
    given = request.args.copy()
    from_form = "credit_for" in given
    without_leftovers(given)
    done = yours([path])[slug]
    asked = answered(path, given, done)
    if asked.draft is None or asked.choices is None:
        return _page(path, asked, done, 422)
    short = url_for("roadmap.show", slug=slug, **as_fields(path, asked.choices))
    if not from_form:
        return _page(path, asked, done)
    if not web.wants_piece():
        return redirect(short)
    page = _page(path, asked, done)
    page.headers["HX-Replace-Url"] = short
    page.vary.add("HX-Request")
    return page


def answered(path: Path, given: Given, yours: Yours = ()) -> Answer:
    """The plan for these choices, the example's where one is not made; what is done already needs no time in it."""
    given.setdefault("starting_point", example_start(path))
    given.setdefault("hours_per_week", str(EXAMPLE_HOURS))
    return answer(path, given, today=web.visitor_day(), done=frozenset(milestone.key for milestone, _ in yours))


def _page(path: Path, asked: Answer, yours: Yours, status: int = 200) -> Response:
    done = {milestone.key for milestone, _ in yours}
    made = roadmap(path, asked.draft) if asked.draft else None
    start = path.starting_point(asked.form.starting_point.data or "")
    return web.page(
        "guide/roadmap.html",
        status,
        path=path,
        mine=paths_on(),
        form=asked.form,
        roadmap=made,
        start=start,
        shares=[share for share in asked.credit(path) if share.milestone.key not in done],
        yours=yours,
        stories=stories_of(path, start.key) if start else (),
        fields=as_fields(path, asked.choices) if asked.choices else {},
        page_name="paths",
        canonical=url_for("roadmap.show", slug=path.slug),
        description=gettext(
            "Your way to %(path)s with a date for every milestone: from where you start, at the hours you have. "
            "No account needed.",
            path=path.title,
        ),
    )
