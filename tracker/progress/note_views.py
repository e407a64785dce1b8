"""Forms on a milestone's page for what only its learner sees: the note, and links of their own."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.errors import Conflict, InvalidInput
from tracker.language import gettext
from tracker.meanwhile import mark_of
from tracker.progress import links as own_links
from tracker.progress import notes, queries
from tracker.progress.markdown import rendered
from tracker.progress.views import blueprint, milestone_page, path_and_milestone


@blueprint.post("/milestones/<slug>/<key>/note")
@web.login_required
def note(slug: str, key: str) -> ResponseReturnValue:
    """Keeps the private note."""
    path, found = path_and_milestone(slug, key)
    body, seen = request.form.get("body", ""), request.form.get("seen", "")
    try:
        notes.write_note(web.db(), user_id=web.me().id, path=path, key=key, body=body, seen=seen, now=web.now())
    except InvalidInput as fault:
        return milestone_page(path, found, status=422, note=body, note_seen=seen, note_fault=fault.message)
    except Conflict:
        saved = queries.note_on(web.db(), user_id=web.me().id, path=path, milestone=found)
        said = gettext(
            "The note was changed meanwhile, perhaps by you on another device. It stands above as it is now."
        )
        todo = gettext("What you typed is kept here: save again to put it in the place of the other.")
        now: dict[str, Any] = {"note_saved": rendered(saved), "note_fault": f"{said} {todo}"}
        return milestone_page(path, found, status=409, note=body, note_seen=mark_of(saved), **now)
    flash(gettext("Note saved."), "ok")
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


@blueprint.post("/milestones/<slug>/<key>/note/preview")
@web.login_required
def preview(slug: str, key: str) -> ResponseReturnValue:
    """How the note would look; keeps nothing."""
    path, found = path_and_milestone(slug, key)
    seen = request.form.get("seen", "")
    return milestone_page(path, found, note=request.form.get("body", ""), note_seen=seen, previewed=True)


@blueprint.post("/milestones/<slug>/<key>/links")
@web.login_required
def add_link(slug: str, key: str) -> ResponseReturnValue:
    """One more link of one's own."""
    path, found = path_and_milestone(slug, key)
    url, title = _given()
    try:
        own_links.add_link(web.db(), user_id=web.me().id, path=path, key=key, url=url, title=title, now=web.now())
    except InvalidInput as fault:
        return milestone_page(path, found, status=422, link_fault=fault, link_typed=(url, title))
    flash(gettext("Link saved."), "ok")
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


@blueprint.route("/milestones/<slug>/<key>/links/<int:number>", methods=["GET", "POST"])
@web.login_required
def change_link(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Corrects a link."""
    path, found = path_and_milestone(slug, key)
    row = own_links.link_for(web.db(), user_id=web.me().id, path=path, number=number)
    shown: dict[str, Any] = {"link_number": number, "link_seen": mark_of(row.url, row.title)}
    if request.method != "POST":
        return milestone_page(path, found, link_typed=(row.url, row.title), **shown)
    (url, title), seen = _given(), request.form.get("seen", "")
    try:
        own_links.change_link(web.db(), user_id=web.me().id, path=path, number=number, url=url, title=title, seen=seen)
    except InvalidInput as fault:
        shown["link_seen"] = seen
        return milestone_page(path, found, status=422, link_fault=fault, link_typed=(url, title), **shown)
    except Conflict:
        said = gettext("The link was changed meanwhile, perhaps by you on another device; the list above has it.")
        meanwhile = InvalidInput(f"{said} {gettext('Save again to put yours in its place.')}", "url")
        return milestone_page(path, found, status=409, link_fault=meanwhile, link_typed=(url, title), **shown)
    flash(gettext("Link corrected."), "ok")
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


@blueprint.post("/milestones/<slug>/<key>/links/<int:number>/delete")
@web.login_required
def delete_link(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Deletes a link, with undo."""
    path, found = path_and_milestone(slug, key)
    gone = own_links.delete_link(web.db(), user_id=web.me().id, path=path, number=number)
    web.flash_with_undo(
        gettext("Deleted: %(what)s", what=gone.text),
        url_for("progress.add_link", slug=slug, key=found.key),
        fields={"url": gone.url, "title": gone.title},
    )
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


def _given() -> tuple[str, str]:
    return request.form.get("url", ""), request.form.get("title", "")
