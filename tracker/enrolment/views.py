"""Pages: choose how to walk a path, and start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import clock, web, words
from tracker.catalog.schema import Path
from tracker.enrolment import first, services
from tracker.enrolment.asking import (
    Given,
    answer,
    choices_of,
    credit_as_ticked,
    form_for,
    put_beside,
    without_leftovers,
)
from tracker.enrolment.drafting import Draft, draft
from tracker.enrolment.forms import EnrolForm
from tracker.enrolment.queries import enrolments_of
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.paths.queries import visible_path
from tracker.progress.current import my_path

blueprint = Blueprint("enrolment", __name__)

USUAL_HOURS = "10"


@blueprint.route("/paths/<slug>/enrol", methods=["GET", "POST"])
def enrol(slug: str) -> ResponseReturnValue:
    """GET shows the form, with a preview once choices are in the address; the one POST makes the plan."""
    user = web.logged_in()
    path = visible_path(web.db(), web.app_parts().catalog, user.id if user else None, slug)
    if not current_user.is_authenticated:
        # full_path carries every choice through sign-up, so that nothing is typed twice
        return redirect(url_for("accounts.sign_up", next=request.full_path.rstrip("?")))
    if any(enrolment.path == slug for enrolment in enrolments_of(web.db(), web.me().id)):
        return on_it_already(path)
    return _start(path) if request.method == "POST" else _show(path)


def on_it_already(path: Path) -> ResponseReturnValue:
    """To the plan of somebody who is on this path."""
    if request.method == "POST":
        services.choose_path(web.db(), user_id=web.me().id, path=path.slug)
    flash(gettext("You are on this path already: %(path)s.", path=path.title), "ok")
    return web.see_other(url_for("progress.plan"))


@blueprint.post("/paths/current")
@web.login_required
def choose() -> ResponseReturnValue:
    """Which of one's paths the dashboard and the plan show; kept on the account."""
    services.choose_path(web.db(), user_id=web.me().id, path=request.form.get("path", ""))
    return web.see_other(web.safe_next(request.form.get("next"), url_for("progress.dashboard")))


@blueprint.post("/paths/<slug>/leave")
@web.login_required
def leave(slug: str) -> ResponseReturnValue:
    """Off a path, with undo; nothing is deleted."""
    path = my_path(slug).path
    services.leave(web.db(), user_id=web.me().id, path=slug, now=web.now())
    said = gettext("You left %(path)s. All you did is kept.", path=path.title)
    web.flash_with_undo(said, url_for("enrolment.come_back", slug=slug))
    return web.see_other(url_for("progress.dashboard"))


@blueprint.post("/paths/<slug>/return")
@web.login_required
def come_back(slug: str) -> ResponseReturnValue:
    """On a path again that was left, with the plan as it was."""
    services.come_back(web.db(), user_id=web.me().id, path=slug)
    said = gettext("You are on it again, with the plan as it was. If its dates have gone by, choose a way to go on.")
    flash(said, "ok")
    return web.see_other(url_for("progress.dashboard"))


def _start(path: Path) -> ResponseReturnValue:
    form = form_for(path, request.form.copy(), today=web.today())
    if not form.validate():
        return enrol_page(path, form, status=422)
    if request.form.get("credit_for", form.starting_point.data) != form.starting_point.data:
        return ask_again(path, form)
    slot = first.slot_form()
    try:
        choices = choices_of(form, known_given="known" in request.form)
        if slot is not None and not slot.validate():
            plan = draft(path, replace(choices, done=frozenset(have_done(path))), today=web.today())
            return first.mail_page(path, choices, plan, form=slot, status=422)
        today = web.today()
        if slot is not None:
            # The third step may name another zone than the account has: who starts today starts today there.
            there = clock.local_date(web.now(), slot.timezone.data)
            if choices.start_on == today:
                choices = replace(choices, start_on=there)
            today = there
        services.enrol(web.db(), user_id=web.me().id, path=path, choices=choices, today=today, now=web.now())
    except InvalidInput as fault:
        put_beside(form, fault)
        return enrol_page(path, form, status=422)
    if slot is not None:
        first.keep_slot(slot)
    flash(gettext("Your plan is ready. Tick off what you have already done, and see where you stand."), "ok")
    return web.see_other(url_for("progress.dashboard"))


def ask_again(path: Path, form: EnrolForm) -> ResponseReturnValue:
    """Without JavaScript the ticked boxes belong to the starting point chosen before: never take them for this one."""
    form.starting_point.errors = [
        gettext("You changed where you start. Look through what it credits, then send this again.")
    ]
    choices = replace(choices_of(form, known_given=False), done=frozenset(have_done(path)))
    return enrol_page(path, form, status=422, plan=draft(path, choices, today=web.today()), again=True)


def _show(path: Path) -> ResponseReturnValue:
    """The form; with a starting point in the address also its credit and what the plan would be."""
    given = request.args.copy()
    if without_leftovers(given):
        choices: dict[str, Any] = given.to_dict(flat=False)
        return redirect(url_for("enrolment.enrol", slug=path.slug, **choices))
    chosen = "starting_point" in given
    with_usual(path, given)
    if not chosen and not first.in_first_run():
        return enrol_page(path, form_for(path, given, today=web.today()))
    asked = answer(path, given, today=web.today(), done=frozenset(have_done(path)))
    return enrol_page(path, asked.form, status=200 if asked.draft else 422, plan=asked.draft)


def with_usual(path: Path, given: Given) -> None:
    """What is taken where somebody does not say it: from the very beginning, and the hours that most can keep up."""
    given.setdefault("starting_point", path.starting_points[0].key)
    given.setdefault("hours_per_week", USUAL_HOURS)


def enrol_page(
    path: Path, form: EnrolForm, *, status: int = 200, plan: Draft | None = None, again: bool = False
) -> ResponseReturnValue:
    """The form of enrolment; in the first run it is the second step, and leads on to the third.

    ``again``: it looks as it did, so why it is there once more is said at its top, too.
    """
    credit = plan.shares if plan else credit_as_ticked(path, form) if "known" in request.values else ()
    yours = have_done(path)
    said = ""
    if plan and form.target_on.data:
        said = gettext(
            "To be done by %(day)s you need %(hours)s h a week.",
            day=words.day(form.target_on.data),
            hours=words.number(plan.plan.hours_per_week),
        )
    return web.page(
        "enrolment/enrol.html",
        status,
        path=path,
        form=form,
        shares=[share for share in credit if share.milestone.key not in yours],
        preview=plan,
        yours=[(milestone, yours[milestone.key]) for milestone in path.milestones if milestone.key in yours],
        said=said,
        again=again,
        first=first.in_first_run(),
        carry=first.carried_along(*first.SLOT),
        usual_hours=USUAL_HOURS,
    )


def have_done(path: Path) -> Mapping[str, dt.date]:
    """What is done already of a path that is looked at, and when."""
    return services.done_already(web.db(), web.me().id, path)
