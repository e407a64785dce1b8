"""Pages: the first and the third of the three steps from sign-up to the plan; the second is the form of enrolment."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.enrolment import views
from tracker.enrolment.asking import answer, carried, without_leftovers
from tracker.enrolment.first import CHOICES, SLOT, carried_along, mail_page
from tracker.enrolment.queries import enrolments_of
from tracker.guide.mine import in_order
from tracker.paths.queries import visible_path

blueprint = Blueprint("first", __name__)


@blueprint.get("/welcome")
@web.login_required
def path() -> ResponseReturnValue:
    """Which path. The one that the site leads with is recommended."""
    if enrolments_of(web.db(), web.me().id):
        return web.see_other(url_for("progress.dashboard"))
    paths = in_order()
    chosen = web.app_parts().catalog.path(request.args.get("path", "")) or paths[0]
    return web.page(
        "enrolment/first_path.html", paths=paths, chosen=chosen, carry=carried_along(*CHOICES, *SLOT), page_name="paths"
    )


@blueprint.get("/welcome/start")
@web.login_required
def to_start() -> ResponseReturnValue:
    """On to the second step, with what makes sense for the path that was chosen."""
    path = web.app_parts().catalog.path(request.args.get("path", ""))
    if path is None:
        return redirect(url_for("first.path"))
    slot: dict[str, Any] = dict(carried_along(*SLOT))
    return redirect(url_for("enrolment.enrol", slug=path.slug, first=1, **carried(path, request.args), **slot))


@blueprint.get("/paths/<slug>/enrol/mail")
@web.login_required
def mail(slug: str) -> ResponseReturnValue:
    """When the weekly mail comes. What the second step did not answer has its default; what it got wrong goes back."""
    path = visible_path(web.db(), web.app_parts().catalog, web.me().id, slug)
    if any(enrolment.path == slug for enrolment in enrolments_of(web.db(), web.me().id)):
        return views.on_it_already(path)
    given = request.args.copy()
    other_start = given.get("credit_for", given.get("starting_point")) != given.get("starting_point")
    without_leftovers(given)
    views.with_usual(path, given)
    asked = answer(path, given, today=web.today(), done=frozenset(views.have_done(path)))
    if asked.draft is None or asked.choices is None:
        return views.enrol_page(path, asked.form, status=422)
    if other_start:
        return views.ask_again(path, asked.form)
    return mail_page(path, asked.choices, asked.draft)
