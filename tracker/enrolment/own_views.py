"""Pages for milestones that learners add to their own plan."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.enrolment import own
from tracker.enrolment.own import Wanted
from tracker.enrolment.plan_forms import OwnForm
from tracker.enrolment.plan_views import CHANGED, blueprint, number_in, put_beside, who
from tracker.errors import Conflict, InvalidInput, NotFound
from tracker.language import gettext
from tracker.progress.current import require_overview
from tracker.progress.overview import Overview


@blueprint.route("/plan/own", methods=["GET", "POST"])
@web.login_required
def add_own() -> ResponseReturnValue:
    """One more milestone in one's own plan."""
    view = require_overview()
    form = _form(view)
    if request.method != "POST":
        return _page(view, form)
    if not form.validate_on_submit():
        return _page(view, form, 422)
    try:
        own.add_own(web.db(), who(view, form.revision.data), _wanted(form))
    except (Conflict, InvalidInput) as fault:
        return _page(require_overview(), form, put_beside(form, fault))
    flash(gettext("%(title)s is in your plan, which has new dates from today on.", title=form.title.data), "ok")
    return web.see_other(url_for("progress.plan"))


@blueprint.route("/plan/own/<key>", methods=["GET", "POST"])
@web.login_required
def change_own(key: str) -> ResponseReturnValue:
    """Another title, other hours, another phase."""
    view = require_overview()
    milestone = view.path.milestone(key)
    if milestone is None or not milestone.is_own:
        raise NotFound
    form = _form(view)
    if request.method != "POST":
        form.title.data, form.phase.data = milestone.title, milestone.phase
        form.hours.data = Decimal(f"{milestone.hours:g}")
        form.done_when.data = "\n".join(criterion.text for criterion in milestone.done_when)
        return _page(view, form, key=key)
    if not form.validate_on_submit():
        return _page(view, form, 422, key=key)
    try:
        own.change_own(web.db(), who(view, form.revision.data), key, _wanted(form))
    except (Conflict, InvalidInput) as fault:
        return _page(require_overview(), form, put_beside(form, fault), key=key)
    flash(gettext("Changed. Your plan has new dates from today on."), "ok")
    return web.see_other(url_for("progress.milestone", slug=view.path.slug, key=key))


@blueprint.post("/plan/own/<key>/drop")
@web.login_required
def drop_own(key: str) -> ResponseReturnValue:
    """Out of the plan, with undo."""
    view = require_overview()
    item = view.item(key)
    if item is None or not item.milestone.is_own:
        raise NotFound
    if item.state == "done":
        raise InvalidInput(gettext("This one is done, so it stays. Set it back to open first if you want to drop it."))
    try:
        own.drop_own(web.db(), who(view, number_in("revision")), key)
    except Conflict:
        flash(str(CHANGED), "warn")
        return web.see_other(url_for("progress.plan"))
    said = gettext("Dropped: %(title)s.", title=item.milestone.title)
    web.flash_with_undo(said, url_for("plans.restore_own", key=key))
    return web.see_other(url_for("progress.plan"))


@blueprint.post("/plan/own/<key>/restore")
@web.login_required
def restore_own(key: str) -> ResponseReturnValue:
    """Takes the dropping back."""
    view = require_overview()
    milestone = view.path.milestone(key)
    if milestone is None or not milestone.is_own:
        raise NotFound
    own.restore_own(web.db(), who(view, None), key)
    flash(gettext("%(title)s is in your plan again.", title=milestone.title), "ok")
    return web.see_other(url_for("progress.plan"))


def _form(view: Overview) -> OwnForm:
    form = OwnForm() if request.method == "POST" else OwnForm(formdata=None, phase=view.current_phase.phase.number)
    form.phase.choices = [(phase.number, phase.title) for phase in view.path.phases]
    return form


def _wanted(form: OwnForm) -> Wanted:
    lines = tuple((form.done_when.data or "").splitlines())
    return Wanted(form.title.data or "", float(form.hours.data or 0), form.phase.data, lines)


def _page(view: Overview, form: OwnForm, status: int = 200, *, key: str = "") -> ResponseReturnValue:
    return web.page("enrolment/own.html", status, overview=view, form=form, key=key, page_name="plan")
