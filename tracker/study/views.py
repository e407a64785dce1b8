"""Pages: the study log, its timer, the choice for the week."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, words
from tracker.errors import InvalidInput
from tracker.progress.current import require_overview
from tracker.progress.overview import Overview
from tracker.study import queries, services
from tracker.study.entry import Entry, understand
from tracker.study.forms import LogForm

blueprint = Blueprint("study", __name__)


@blueprint.get("/log")
@web.login_required
def log() -> ResponseReturnValue:
    """The log. A line in the address is understood and shown in the form; only the form's POST keeps it."""
    view = require_overview()
    line = request.args.get("entry", "")
    if line:
        try:
            return _page(view, _form(view, _understood(view, line)), line=line, understood=True)
        except InvalidInput as fault:
            return _page(view, _form(view), status=422, line=line, fault=fault.message)
    if web.me().timer_started_at and "stopped" in request.args:
        return _page(view, _form(view, _measured()), stopped=True)
    return _page(view, _form(view))


@blueprint.post("/log")
@web.login_required
def add() -> ResponseReturnValue:
    """Keeps what the form says."""
    view, form, stopped = require_overview(), LogForm(), request.form.get("timer") == "stopped"
    _offer(view, form)
    if not form.validate_on_submit():
        return _page(view, form, status=422, stopped=stopped)
    try:
        services.log_time(
            web.db(), user_id=web.me().id, path=view.path, entry=_entry(form), today=web.today(), now=web.now()
        )
    except InvalidInput as fault:
        form[fault.field].errors = [fault.message]
        return _page(view, form, status=422, stopped=stopped)
    if stopped:
        services.stop_timer(web.db(), user_id=web.me().id)
    flash(f"Logged: {words.minutes(form.minutes.data or 0)} on {words.long_day(_entry(form).on)}.", "ok")
    return web.see_other(url_for("study.log"))


@blueprint.route("/log/<int:number>", methods=["GET", "POST"])
@web.login_required
def change(number: int) -> ResponseReturnValue:
    """Corrects one entry."""
    view = require_overview()
    row = queries.session_for(web.db(), web.me().id, number)
    if request.method == "GET":
        return _page(view, _form(view, Entry(row.minutes, row.on_day, row.milestone, row.note)), number=number)
    form = LogForm()
    _offer(view, form)
    if not form.validate_on_submit():
        return _page(view, form, status=422, number=number)
    try:
        services.change_time(
            web.db(), user_id=web.me().id, path=view.path, number=number, entry=_entry(form), today=web.today()
        )
    except InvalidInput as fault:
        form[fault.field].errors = [fault.message]
        return _page(view, form, status=422, number=number)
    flash("Corrected.", "ok")
    return web.see_other(url_for("study.log"))


@blueprint.post("/log/<int:number>/delete")
@web.login_required
def delete(number: int) -> ResponseReturnValue:
    """Deletes one entry, with undo."""
    gone = services.delete_time(web.db(), user_id=web.me().id, number=number)
    fields = {"on": gone.on.isoformat(), "minutes": gone.minutes, "milestone": gone.milestone or "", "note": gone.note}
    message: Any = {"text": f"Deleted: {words.minutes(gone.minutes)}.", "undo": url_for("study.add"), "fields": fields}
    flash(message, "undo")
    return web.see_other(url_for("study.log"))


@blueprint.post("/log/timer")
@web.login_required
def timer() -> ResponseReturnValue:
    """Starts the timer, stops it (what it measured is shown in the form first), or throws it away."""
    view, action = require_overview(), request.form.get("action", "")
    if action == "start":
        services.start_timer(
            web.db(),
            user_id=web.me().id,
            path=view.path,
            milestone=request.form.get("milestone") or None,
            now=web.now(),
        )
        flash("The timer runs. It goes on when you close this page.", "ok")
        return web.see_other(url_for("study.log"))
    if action == "stop":
        return web.see_other(url_for("study.log", stopped=1))
    if action == "discard":
        services.stop_timer(web.db(), user_id=web.me().id)
        flash("The timer is off, and nothing was logged.", "ok")
        return web.see_other(url_for("study.log"))
    raise InvalidInput("The timer can be started, stopped or thrown away.")


@blueprint.post("/week")
@web.login_required
def week() -> ResponseReturnValue:
    """One to three milestones to get on with this week."""
    view, wanted = require_overview(), request.form.getlist("milestone")
    services.choose_for_week(
        web.db(), user_id=web.me().id, path=view.path, milestones=[key for key in wanted if key], today=web.today()
    )
    flash("Your week is set. The reminder leads with it, too." if any(wanted) else "Nothing is chosen.", "ok")
    return web.see_other(url_for("progress.dashboard"))


def _understood(view: Overview, line: str) -> Entry:
    titles = [(item.key, item.milestone.title) for item in view.items]
    return understand(line[:500], today=web.today(), milestones=titles)


def _measured() -> Entry:
    """What the timer says: on the day it was started, where the learner lives; a whole day at most."""
    user = web.me()
    started = user.timer_started_at or web.now()
    minutes = max(1, min(1440, round((web.now() - started).total_seconds() / 60)))
    return Entry(minutes, web.local_day(started), user.timer_milestone, "")


def _form(view: Overview, entry: Entry | None = None) -> LogForm:
    if entry is None:
        form = LogForm(formdata=None, on=web.today())
    else:
        form = LogForm(
            formdata=None, on=entry.on, minutes=entry.minutes, milestone=entry.milestone or "", note=entry.note
        )
    _offer(view, form)
    return form


def _offer(view: Overview, form: LogForm) -> None:
    form.milestone.choices = [("", "in general"), *((item.key, item.milestone.title) for item in view.items)]


def _entry(form: LogForm) -> Entry:
    return Entry(
        form.minutes.data or 0, form.on.data or web.today(), form.milestone.data or None, (form.note.data or "").strip()
    )


def _page(view: Overview, form: LogForm, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    user = web.me()
    started = user.timer_started_at
    timing = round((web.now() - started).total_seconds() / 60) if started else None
    return web.page(
        "study/log.html",
        status,
        overview=view,
        form=form,
        sessions=queries.sessions_of(web.db(), user.id, view.path.slug),
        timing=timing,
        timer_item=view.item(user.timer_milestone) if user.timer_milestone else None,
        page_name="log",
        **more,
    )
