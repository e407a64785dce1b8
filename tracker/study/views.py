"""Pages: the study log, its timer, the choice for the week."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, words
from tracker.errors import Conflict, InvalidInput
from tracker.language import gettext
from tracker.meanwhile import mark_of, new_key
from tracker.progress.current import require_overview
from tracker.progress.overview import Overview
from tracker.study import queries, services
from tracker.study.entry import Entry, understand
from tracker.study.forms import LogForm

blueprint = Blueprint("study", __name__)

MOST_PAGES = 10_000


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
    entry = _entry(form)
    try:
        number = services.log_time(
            web.db(),
            user_id=web.me().id,
            path=view.path,
            entry=entry,
            today=web.today(),
            now=web.now(),
            key=request.form.get("key", ""),
            measured=stopped,
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _page(view, form, status=422, stopped=stopped)
    said = gettext("Logged: %(time)s on %(day)s.", time=words.minutes(entry.minutes), day=words.long_day(entry.on))
    _say(said, url_for("study.delete", number=number))
    return web.see_other(url_for("study.log"))


@blueprint.route("/log/<int:number>", methods=["GET", "POST"])
@web.login_required
def change(number: int) -> ResponseReturnValue:
    """Corrects one entry."""
    view, seen = require_overview(), request.form.get("seen", "")
    there = services.entry_of(queries.session_for(web.db(), web.me().id, number))
    if request.method != "POST":
        return _page(view, _form(view, there), number=number, seen=mark_of(there))
    form = LogForm()
    _offer(view, form)
    if not form.validate_on_submit():
        return _page(view, form, status=422, number=number, seen=seen)
    entry = _entry(form)
    try:
        before = services.change_time(
            web.db(), user_id=web.me().id, path=view.path, number=number, entry=entry, today=web.today(), seen=seen
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _page(view, form, status=422, number=number, seen=seen)
    except Conflict:
        return _page(view, form, status=409, number=number, seen=mark_of(there), meanwhile=there)
    _say(gettext("Corrected."), url_for("study.change", number=number), before, seen=mark_of(entry))
    return web.see_other(url_for("study.log"))


@blueprint.post("/log/<int:number>/delete")
@web.login_required
def delete(number: int) -> ResponseReturnValue:
    """Deletes one entry, with undo."""
    gone = services.delete_time(web.db(), user_id=web.me().id, number=number)
    _say(gettext("Deleted: %(time)s.", time=words.minutes(gone.minutes)), url_for("study.add"), gone, key=new_key())
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
        flash(gettext("The timer runs. It goes on when you close this page."), "ok")
        return web.see_other(url_for("study.log"))
    if action == "stop":
        return web.see_other(url_for("study.log", stopped=1))
    if action == "discard":
        _discard()
        return web.see_other(url_for("study.log"))
    if action == "resume":
        _resume(view)
        return web.see_other(url_for("study.log"))
    raise InvalidInput(gettext("The timer can be started, stopped or thrown away."))


def _discard() -> None:
    ran, said = services.stop_timer(web.db(), user_id=web.me().id), gettext("The timer is off, and nothing was logged.")
    if ran is None:
        flash(said, "ok")
        return
    since, milestone = ran
    fields = {"action": "resume", "since": since.isoformat(), "milestone": milestone or ""}
    web.flash_with_undo(said, url_for("study.timer"), fields=fields)


def _resume(view: Overview) -> None:
    """Takes the discarding back: ``since`` is when the timer had been started."""
    try:
        since = dt.datetime.fromisoformat(request.form.get("since", "")).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(gettext("The timer can be started, stopped or thrown away.")) from None
    resumed = services.resume_timer(
        web.db(),
        user_id=web.me().id,
        path=view.path,
        milestone=request.form.get("milestone") or None,
        since=since,
        now=web.now(),
    )
    flash(gettext("The timer runs on.") if resumed else gettext("Another timer runs already."), "ok")


def _understood(view: Overview, line: str) -> Entry:
    titles = [(item.key, item.milestone.title) for item in view.items]
    return understand(line[:500], today=web.today(), milestones=titles)


def _say(said: str, undo: str, entry: Entry | None = None, **more: str) -> None:
    """A message with its undo: a form that is sent to an address, with the entry as it was before."""
    fields: dict[str, Any] = {}
    if entry:
        own = {"minutes": entry.minutes, "milestone": entry.milestone or "", "note": entry.note}
        fields = {"on": entry.on.isoformat(), **own, **more}
    web.flash_with_undo(said, undo, fields=fields)


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
    form.milestone.choices = [("", gettext("in general")), *((item.key, item.milestone.title) for item in view.items)]


def _entry(form: LogForm) -> Entry:
    return Entry(
        form.minutes.data or 0, form.on.data or web.today(), form.milestone.data or None, (form.note.data or "").strip()
    )


def _page(view: Overview, form: LogForm, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    user = web.me()
    started = user.timer_started_at
    timing = round((web.now() - started).total_seconds() / 60) if started else None
    shown = max(1, min(request.args.get("page", 1, type=int), MOST_PAGES))
    sessions, older = queries.sessions_of(web.db(), user.id, view.path.slug, shown)
    return web.page(
        "study/log.html",
        status,
        overview=view,
        form=form,
        sessions=sessions,
        shown=shown,
        older=older,
        timing=timing,
        timer_item=view.item(user.timer_milestone) if user.timer_milestone else None,
        page_name="log",
        key=request.form.get("key") or new_key(),
        **more,
    )
