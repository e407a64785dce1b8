"""What somebody chooses to get on with this week: a form on the dashboard."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.progress.current import require_overview
from tracker.progress.overview import Overview
from tracker.progress.views import blueprint, dashboard_page
from tracker.study.services import choose_for_week


@blueprint.post("/week")
@web.login_required
def week() -> ResponseReturnValue:
    """One to three milestones to get on with this week."""
    view, wanted = require_overview(), [key for key in request.form.getlist("milestone") if key]
    try:
        choose_for_week(web.db(), user_id=web.me().id, path=view.path, milestones=wanted, today=web.today())
    except InvalidInput as fault:
        return dashboard_page(view, 422, fault=fault.message, wanted=wanted)
    if wanted:
        flash(gettext("Your week is set. The reminder leads with it, too."), "ok")
    else:
        _say_cleared(view)
    return web.see_other(url_for("progress.dashboard"))


def _say_cleared(view: Overview) -> None:
    said, before = gettext("Nothing is chosen."), [item.key for item in view.items if item.key in view.chosen]
    if before:
        web.flash_with_undo(said, url_for("progress.week"), fields={"milestone": before})
    else:
        flash(said, "ok")
