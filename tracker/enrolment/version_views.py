"""Pages for a new version of a path: what exactly it changes, to take over or to stay, and the way back."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.enrolment import versions
from tracker.enrolment.offers import offer
from tracker.enrolment.plan_views import CHANGED, blueprint, number_in, who
from tracker.errors import Conflict
from tracker.language import gettext
from tracker.progress.current import require_overview


@blueprint.route("/plan/changes", methods=["GET", "POST"])
@web.login_required
def changes() -> ResponseReturnValue:
    """A new version of the path: what exactly it changes, to accept or to stay."""
    view = require_overview()
    if request.method != "POST":
        found = offer(web.db(), view, declined_too=True)
        return web.page("enrolment/changes.html", overview=view, offer=found, page_name="plan")
    asked, version = who(view, number_in("revision")), request.form.get("version", "")
    if request.form.get("answer") == "stay":
        versions.stay(web.db(), asked, version=version)
        flash(gettext("Your plan stays as it is. You can still look at the new version under Hours and target."), "ok")
        return web.see_other(url_for("progress.plan"))
    try:
        can_be_taken_back = versions.accept_content(web.db(), asked, version=version)
    except Conflict:
        flash(str(CHANGED), "warn")
        return web.see_other(url_for("plans.changes"))
    text = gettext("Your plan has the new version from today on. What you did stays as it was.")
    if can_be_taken_back:
        web.flash_with_undo(text, url_for("plans.undo_changes"), fields={"revision": asked.seen + 1})
    else:
        flash(text, "ok")
    return web.see_other(url_for("progress.plan"))


@blueprint.post("/plan/changes/undo")
@web.login_required
def undo_changes() -> ResponseReturnValue:
    """Back to the plan of before the new version, which stays on offer."""
    try:
        versions.take_back(web.db(), who(require_overview(), number_in("revision")))
    except Conflict:
        flash(str(CHANGED), "warn")
    else:
        flash(gettext("Your plan is as it was before. The new version is still offered."), "ok")
    return web.see_other(url_for("progress.plan"))
