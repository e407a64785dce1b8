"""Pages: where I stand, the plan, one milestone; and the forms that tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, words
from tracker.catalog.schema import Milestone, Path
from tracker.enrolment.drafting import outside
from tracker.enrolment.offers import offer
from tracker.enrolment.ways import is_optional, ways
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext, lazy_gettext
from tracker.meanwhile import mark_of
from tracker.progress import queries, saying, services, undoing
from tracker.progress.criteria import set_criteria
from tracker.progress.current import current_overview, my_path, other_paths, overview_of, paths_in_header, paths_left
from tracker.progress.forms import CriteriaForm, TickForm
from tracker.progress.links import links_on
from tracker.progress.markdown import rendered
from tracker.progress.overview import MAX_NOTE, Overview
from tracker.progress.timeline import Timeline, timeline
from tracker.reminders import queries as reminders

blueprint = Blueprint("progress", __name__)

SAID = {
    "todo": lazy_gettext("Set back to open: %(title)s."),
    "doing": lazy_gettext("Begun: %(title)s."),
    "done": lazy_gettext("Done: %(title)s."),
    "known": lazy_gettext("Marked as known: %(title)s. It counts as credit."),
    "skipped": lazy_gettext("Skipped: %(title)s."),
}
NOTHING_TO_UNDO = lazy_gettext("There was nothing to take back any more.")


@blueprint.get("/dashboard")
@web.login_required
def dashboard() -> ResponseReturnValue:
    """Where the learner stands on their current path."""
    overview = current_overview()
    if overview is None:
        return web.page("progress/dashboard.html", overview=None, timeline=None, left=paths_left())
    return _picture(overview) if web.wants_piece() else dashboard_page(overview)


def dashboard_page(
    overview: Overview, status: int = 200, *, fault: str = "", wanted: Sequence[str] = ()
) -> ResponseReturnValue:
    """The dashboard; with ``fault`` and what was wanted, where the choice for the week comes back."""
    return web.page(
        "progress/dashboard.html",
        status,
        overview=overview,
        fault=fault,
        wanted=wanted,
        timeline=_timeline(overview),
        offer=offer(web.db(), overview),
        ways=ways(overview) if overview.pace.status in ("ahead", "behind") else [],
        page_name="dashboard",
        **_reminder(finished=not overview.next_items),
    )


@blueprint.get("/plan")
@web.login_required
def plan() -> ResponseReturnValue:
    """Every milestone with its date."""
    overview = current_overview()
    if overview is None:
        return web.see_other(url_for("progress.dashboard"))
    if web.wants_piece():
        return _picture(overview)
    return web.page(
        "progress/plan.html",
        overview=overview,
        timeline=_timeline(overview),
        offer=offer(web.db(), overview),
        outside=outside(
            overview.path, overview.plan, left=overview.hours_total - overview.hours_done, today=overview.today
        ),
        page_name="plan",
    )


@blueprint.route("/milestones/<slug>/<key>", methods=["GET", "POST"])
@web.login_required
def milestone(slug: str, key: str) -> ResponseReturnValue:
    """One milestone. A POST sets its state: never toggled, so the same POST twice is the same as once."""
    path, found = path_and_milestone(slug, key)
    if request.method != "POST":
        if found.key != key:
            return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))
        return milestone_page(path, found)
    form = TickForm()
    if not form.validate_on_submit():
        return _refused(path, found, form)
    state = form.state.data or ""
    try:
        entry = services.tick(
            web.db(),
            user_id=web.me().id,
            path=path,
            key=key,
            state=state,
            done_on=form.done_on.data,
            today=web.today(),
            now=web.now(),
            also=other_paths(slug),
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _refused(path, found, form)
    return _changed(path, found, [entry.id] if entry else [], SAID[state] % {"title": found.title})


@blueprint.post("/milestones/<slug>/<key>/undo")
@web.login_required
def undo(slug: str, key: str) -> ResponseReturnValue:
    """Takes one change back; ``entry`` names it, so that the same undo twice is one."""
    path, found = path_and_milestone(slug, key)
    taken = undoing.undo(
        web.db(), user_id=web.me().id, path=path, entries=_entries("entry"), today=web.today(), now=web.now()
    )
    said = gettext("Taken back: %(title)s.", title=found.title) if taken else str(NOTHING_TO_UNDO)
    return _changed(path, found, [], said)


@blueprint.post("/milestones/<slug>/<key>/criteria")
@web.login_required
def criteria(slug: str, key: str) -> ResponseReturnValue:
    """Which done-when criteria are met."""
    path, found = path_and_milestone(slug, key)
    form = CriteriaForm()
    if not form.validate_on_submit():
        return milestone_page(path, found, status=422)
    set_criteria(
        web.db(),
        user_id=web.me().id,
        path=path,
        key=key,
        met=form.met.data or (),
        was=request.form.getlist("was") or None,
        today=web.today(),
    )
    said = gettext("Criteria saved.")
    item = _overview(path).item(found.key)
    if form.met.data and item and item.state == "todo":  # who meets a criterion has begun
        services.tick(
            web.db(), user_id=web.me().id, path=path, key=key, state="doing", today=web.today(), now=web.now(),
            also=other_paths(slug),
        )  # fmt: skip
        said = gettext("Criteria saved, and the milestone is begun.")
    flash(said, "ok")
    page = url_for("progress.milestone", slug=slug, key=found.key)
    return web.see_other(web.safe_next(request.form.get("next"), page))


@blueprint.post("/plan/<slug>/phases/<int:number>")
@web.login_required
def mark_phase(slug: str, number: int) -> ResponseReturnValue:
    """Marks the rest of a phase as done or known, with undo."""
    path = _path(slug)
    state = request.form.get("state", "")
    entries = services.mark_phase(
        web.db(), user_id=web.me().id, path=path, number=number, state=state, today=web.today(), now=web.now(),
        also=other_paths(slug),
    )  # fmt: skip
    said = saying.marked(state, len(entries)) if entries else gettext("Nothing in this phase was open.")
    finished = saying.finished(_overview(path), number) if entries else ""
    address = url_for("progress.undo_phase", slug=slug, number=number)
    saying.say(f"{said} {finished}".strip(), address, entries, finished=bool(finished))
    return web.see_other(url_for("progress.plan"))


@blueprint.post("/plan/<slug>/phases/<int:number>/undo")
@web.login_required
def undo_phase(slug: str, number: int) -> ResponseReturnValue:
    """Takes the marking of a phase back, but for what was changed since."""
    path = _path(slug)
    taken = undoing.undo(
        web.db(), user_id=web.me().id, path=path, entries=_entries("entry"), today=web.today(), now=web.now()
    )
    flash(gettext("%(count)s taken back.", count=taken) if taken else str(NOTHING_TO_UNDO), "ok")
    return web.see_other(url_for("progress.plan"))


def _timeline(overview: Overview) -> Timeline:
    return timeline(overview, zoom=request.args.get("zoom", ""))


def _picture(overview: Overview) -> ResponseReturnValue:
    """The timeline alone, when htmx asks for another part of it."""
    page = "plan" if request.endpoint == "progress.plan" else "dashboard"
    return web.page("progress/_zoomed.html", overview=overview, timeline=_timeline(overview), page_name=page)


def _overview(path: Path) -> Overview:
    return overview_of(my_path(path.slug))


def _path(slug: str) -> Path:
    return my_path(slug).path


def path_and_milestone(slug: str, key: str) -> tuple[Path, Milestone]:
    """A milestone of a path that somebody is on; raises NotFound."""
    path = _path(slug)
    return path, services.milestone_in(path, key)


def _reminder(*, finished: bool) -> dict[str, Any]:
    # Nothing comes while nothing is left to do on any path.
    user = web.me()
    standings = [mine.standing for mine in paths_in_header()]
    coming = reminders.outlook(web.db(), user, now=web.now(), standings=standings)
    note = "" if user.email_confirmed_at else gettext("Confirm your address first: until then no mail is sent.")
    something = any(overview_of(mine).next_items for mine in paths_in_header()) if finished else True
    next_reminder = words.slot(coming.slot, reminders.zone_of(user.timezone)) if coming.slot and something else ""
    return {"reminders": coming, "next_reminder": next_reminder, "reminder_note": note}


def milestone_page(
    path: Path,
    found: Milestone,
    *,
    status: int = 200,
    form: TickForm | None = None,
    note: str | None = None,
    note_seen: str = "",
    **faults: Any,
) -> ResponseReturnValue:
    """One milestone. ``note`` is one that is typed but not kept, ``note_seen`` the mark of what its form was made from;
    ``faults`` are what the forms have to say.
    """
    overview = _overview(path)
    session, mine = web.db(), web.me().id
    item = overview.item(found.key)
    if item is None:  # retired, and never done by this learner
        raise NotFound
    typed = queries.note_on(session, user_id=mine, path=path, milestone=found) if note is None else note
    return web.page(
        "progress/milestone.html",
        status,
        overview=overview,
        item=item,
        form=form or TickForm(formdata=None),
        note=typed,
        note_seen=mark_of(typed) if note is None else note_seen,
        note_html=rendered(typed[:MAX_NOTE]),
        links=links_on(session, user_id=mine, path=path, milestone=found),
        optional=is_optional(found, overview.starting_point, overview.goal),
        history=queries.history(session, user_id=mine, path=path, milestone=found),
        page_name="milestone",
        **faults,
    )


def _refused(path: Path, found: Milestone, form: TickForm) -> ResponseReturnValue:
    """The page with the fault beside its field; where only a row was to be changed, the fault alone."""
    if web.wants_piece():
        raise InvalidInput(" ".join(str(one) for field in form for one in field.errors))
    return milestone_page(path, found, status=422, form=form)


def _changed(path: Path, found: Milestone, entries: list[int], said: str) -> ResponseReturnValue:
    """After a tick or an undo: the changed row for htmx, else the page it came from with undo in a message."""
    back = web.safe_next(request.form.get("next"), url_for("progress.milestone", slug=path.slug, key=found.key))
    overview = _overview(path)
    finished = saying.finished_by(overview, found) if entries else ""
    if finished:
        said = f"{said} {finished}"
    if not web.wants_piece():
        saying.say(
            said, url_for("progress.undo", slug=path.slug, key=found.key), entries, back, finished=bool(finished)
        )
        return web.see_other(back)
    shown = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query).get("zoom", [""])[0]
    return web.page(
        "progress/_ticked.html",
        overview=overview,
        timeline=timeline(overview, zoom=shown),
        item=overview.item(found.key),
        undo_entry=entries[0] if entries else None,
        said=said,
        finished=bool(finished),
        page_name="plan" if back == url_for("progress.plan") else "dashboard",
    )


def _entries(name: str) -> list[int]:
    """Log entries to take back; anything that is no number of ours is left out."""
    given = request.form.getlist(name)[:200]
    return [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 19]
