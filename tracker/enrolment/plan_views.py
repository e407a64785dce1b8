"""Pages that change a plan: hours and target, pauses, ways to go on, single milestones, credit taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, words
from tracker.enrolment import reasons, revisions, ways
from tracker.enrolment.drafting import outside
from tracker.enrolment.offers import offer
from tracker.enrolment.plan_forms import GoalForm, PauseForm, SettingsForm
from tracker.enrolment.queries import enrolment_for, revisions_of
from tracker.enrolment.revisions import Who
from tracker.errors import Conflict, InvalidInput, NotFound
from tracker.language import gettext, lazy_gettext
from tracker.progress.current import require_overview
from tracker.progress.overview import Overview

blueprint = Blueprint("plans", __name__)

CHANGED = lazy_gettext(
    "Your plan was changed meanwhile, perhaps on another device. This is how it is now; what you typed is kept."
)


@blueprint.route("/plan/settings", methods=["GET", "POST"])
@web.login_required
def settings() -> ResponseReturnValue:
    """Hours a week and target date, and every plan that was made so far."""
    view = require_overview()
    if request.method != "POST":
        return _settings_page(view, _settings_form(view))
    form = SettingsForm()
    hours = form.hours_per_week.data
    if not form.validate_on_submit() or hours is None:
        return _settings_page(view, form, 422)
    try:
        revisions.change_hours(
            web.db(), who(view, form.revision.data), hours_per_week=float(hours), target_on=form.target_on.data
        )
    except (Conflict, InvalidInput) as fault:
        return _settings_page(require_overview(), form, put_beside(form, fault))
    flash(_new_dates(require_overview()), "ok")
    return web.see_other(url_for("progress.plan"))


def _new_dates(view: Overview) -> str:
    plan = {"hours": words.hours(view.plan.hours_per_week), "finish": words.day(view.plan.finish_on)}
    if view.target_on:
        return gettext(
            "Your plan has new dates from today on: %(hours)s a week, finish %(finish)s."
            " The hours follow from your target date; to plan by hours, empty that date.",
            **plan,
        )
    return gettext(
        "Your plan has new dates from today on: %(hours)s a week, finish %(finish)s."
        " What is done and past stays as it was.",
        **plan,
    )


@blueprint.post("/plan/goal")
@web.login_required
def goal() -> ResponseReturnValue:
    """Another goal: it moves milestones into or out of what can wait."""
    view = require_overview()
    form = GoalForm()
    try:
        revisions.change_goal(web.db(), who(view, form.revision.data), goal=form.goal.data or None)
    except (Conflict, InvalidInput) as fault:
        status = put_beside(form, fault)
        return _settings_page(require_overview(), _settings_form(view), status, form)
    flash(_new_dates(require_overview()), "ok")
    return web.see_other(url_for("progress.plan"))


def _settings_form(view: Overview) -> SettingsForm:
    hours = Decimal(f"{view.plan.hours_per_week:g}")  # 12 and not 12.0
    return SettingsForm(formdata=None, hours_per_week=hours, target_on=view.target_on)


def _settings_page(
    view: Overview, form: SettingsForm, status: int = 200, goal_form: GoalForm | None = None
) -> ResponseReturnValue:
    enrolment = enrolment_for(web.db(), web.me().id, view.path.slug)
    return web.page(
        "enrolment/settings.html",
        status,
        overview=view,
        form=form,
        goal_form=goal_form or GoalForm(formdata=None, goal=view.goal),
        revisions=revisions_of(web.db(), enrolment.id),
        said=reasons.said,
        outside=outside(view.path, view.plan, left=view.hours_total - view.hours_done, today=view.today),
        offer=offer(web.db(), view, declined_too=True),
        page_name="plan",
    )


@blueprint.route("/plan/pauses", methods=["GET", "POST"])
@web.login_required
def pauses() -> ResponseReturnValue:
    """Days off, planned or afterwards."""
    view = require_overview()
    form = PauseForm(formdata=None) if request.method != "POST" else PauseForm()
    starts_on, ends_on = form.starts_on.data, form.ends_on.data
    if request.method != "POST":
        return _pauses_page(view, form)
    if not form.validate_on_submit() or starts_on is None or ends_on is None:
        return _pauses_page(view, form, 422)
    try:
        revisions.add_pause(web.db(), who(view, form.revision.data), starts_on=starts_on, ends_on=ends_on)
    except (Conflict, InvalidInput) as fault:
        return _pauses_page(require_overview(), form, put_beside(form, fault))
    days = {"first": words.day(starts_on), "last": words.day(ends_on)}
    if ends_on < view.today:
        said = gettext("Paused from %(first)s to %(last)s. Those days cost you nothing.", **days)
    else:
        said = gettext("Paused from %(first)s to %(last)s. No reminder comes in that time.", **days)
    flash(said, "ok")
    return web.see_other(url_for("plans.pauses"))


def _pauses_page(view: Overview, form: PauseForm, status: int = 200) -> ResponseReturnValue:
    return web.page("enrolment/pauses.html", status, overview=view, form=form, page_name="plan")


@blueprint.post("/plan/pauses/end")
@web.login_required
def end_pause() -> ResponseReturnValue:
    """Takes away a pause that is still to come, or ends a running one with yesterday."""
    view = require_overview()
    form = PauseForm()
    form.ends_on.validators = []
    if form.starts_on.data is None:
        return _pauses_page(view, form, 422)
    try:
        revisions.end_pause(web.db(), who(view, form.revision.data), starts_on=form.starts_on.data)
    except (Conflict, InvalidInput) as fault:
        return _pauses_page(require_overview(), form, put_beside(form, fault))
    flash(gettext("The pause is ended."), "ok")
    return web.see_other(url_for("plans.pauses"))


@blueprint.route("/plan/ways", methods=["GET", "POST"])
@web.login_required
def choose_way() -> ResponseReturnValue:
    """The ways to go on, side by side; choosing one writes a revision."""
    view = require_overview()
    if request.method != "POST":
        return _ways_page(view)
    kind = request.form.get("kind", "")
    try:
        revisions.take_way(web.db(), who(view, number_in("revision")), kind=kind)
    except Conflict:
        return _ways_page(require_overview(), 409, _chosen_meanwhile(kind))
    except InvalidInput as fault:
        return _ways_page(require_overview(), 422, fault.message)
    flash(gettext("Done: your plan goes on from here. The first plan stays visible as a thin line."), "ok")
    return web.see_other(url_for("progress.dashboard"))


def _chosen_meanwhile(kind: str) -> str:
    if kind not in words.WAYS:
        return gettext(
            "Your plan was changed meanwhile, perhaps on another device."
            " Below is where each way leads now; choose again."
        )
    return gettext(
        "Your plan was changed meanwhile, perhaps on another device. You chose “%(way)s”."
        " Below is where each way leads now; choose again.",
        way=words.way(kind)[0],
    )


def _ways_page(view: Overview, status: int = 200, fault: str = "") -> ResponseReturnValue:
    return web.page("enrolment/ways.html", status, overview=view, ways=ways.ways(view), fault=fault, page_name="plan")


@blueprint.post("/plan/shares/<key>")
@web.login_required
def share(key: str) -> ResponseReturnValue:
    """One milestone in full, by half, or left for later."""
    view = require_overview()
    item = view.item(key)
    if item is None:
        raise NotFound
    wanted = request.form.get("share", "")
    try:
        revisions.change_share(web.db(), who(view, number_in("revision")), key=item.key, share=wanted)
    except Conflict:
        flash(_shared_meanwhile(wanted), "warn")
    else:
        flash(gettext("%(title)s: your plan has new dates.", title=item.milestone.title), "ok")
    return web.see_other(url_for("progress.milestone", slug=view.path.slug, key=item.key))


def _shared_meanwhile(wanted: str) -> str:
    shares = {"full": gettext("in full"), "half": gettext("by half"), "later": gettext("for later")}
    return gettext(
        "Your plan was changed meanwhile, perhaps on another device. This is how it is now; you wanted it %(share)s."
        " Choose again.",
        share=shares.get(wanted, "?"),
    )


@blueprint.route("/plan/phases/<int:number>/credit", methods=["GET", "POST"])
@web.login_required
def credit(number: int) -> ResponseReturnValue:
    """A placement test that is not passed yet: bring back the full hours of what was credited in its phase."""
    view = require_overview()
    phase = view.path.phase(number)
    if phase is None:
        raise NotFound
    if request.method == "POST":
        try:
            revisions.bring_credit_back(web.db(), who(view, number_in("revision")), phase=number)
        except Conflict:
            said = gettext(
                "Your plan was changed meanwhile, perhaps on another device. This is what would come back now."
            )
            flash(said, "warn")
            return web.see_other(url_for("plans.credit", number=number))
        flash(gettext("The hours are back in your plan. That is what a placement test is for."), "ok")
        return web.see_other(url_for("progress.plan"))
    credited = ways.credited_in(view, number)
    return web.page(
        "enrolment/credit.html",
        overview=view,
        phase=phase,
        credited=credited,
        back=sum(item.milestone.hours - (item.hours if item.half else 0) for item in credited),
        page_name="plan",
    )


def number_in(name: str) -> int | None:
    """A field of the form as a number; None for what is none."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def who(view: Overview, seen: int | None) -> Who:
    """``seen`` is the revision that the form was made from; a form without one was made from the present plan."""
    return Who(web.me().id, view.path, view.revision if seen is None else seen, web.today(), web.now())


def put_beside(form: Any, fault: Conflict | InvalidInput) -> int:
    """A fault beside the field that it is about; answers the status."""
    if isinstance(fault, Conflict):
        form.revision.errors = [CHANGED]
        return 409
    field = form[fault.field if fault.field in form else next(iter(form)).name]
    field.errors = [fault.message]
    return 422
