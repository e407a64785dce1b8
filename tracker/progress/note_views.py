"""Forms on a milestone's page for what only its learner sees: the note, and links of their own."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.progress import links as own_links
from tracker.progress import notes
from tracker.progress.views import blueprint, milestone_page, path_and_milestone

__all__ = ["blueprint"]


@blueprint.post("/milestones/<slug>/<key>/note")
@web.login_required
def note(slug: str, key: str) -> ResponseReturnValue:
    """Keeps the private note."""
    path, found = path_and_milestone(slug, key)
    body = request.form.get("body", "")
    try:
        notes.write_note(web.db(), user_id=web.me().id, path=path, key=key, body=body, now=web.now())
    except InvalidInput as fault:
        return milestone_page(path, found, status=422, note=body, note_fault=fault.message)
    flash(gettext("Note saved."), "ok")
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


@blueprint.post("/milestones/<slug>/<key>/note/preview")
@web.login_required
def preview(slug: str, key: str) -> ResponseReturnValue:
    """How the note would look; keeps nothing."""
    path, found = path_and_milestone(slug, key)
    return milestone_page(path, found, note=request.form.get("body", ""), previewed=True)


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
    if request.method == "GET":
        return milestone_page(path, found, link_number=number, link_typed=(row.url, row.title))
    url, title = _given()
    try:
        own_links.change_link(web.db(), user_id=web.me().id, path=path, number=number, url=url, title=title)
    except InvalidInput as fault:
        return milestone_page(path, found, status=422, link_number=number, link_fault=fault, link_typed=(url, title))
    flash(gettext("Link corrected."), "ok")
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


@blueprint.post("/milestones/<slug>/<key>/links/<int:number>/delete")
@web.login_required
def delete_link(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Deletes a link, with undo."""
    path, found = path_and_milestone(slug, key)
    gone = own_links.delete_link(web.db(), user_id=web.me().id, path=path, number=number)
    message: Any = {
        "text": gettext("Deleted: %(what)s", what=gone.text),
        "undo": url_for("progress.add_link", slug=slug, key=found.key),
        "fields": {"url": gone.url, "title": gone.title},
    }
    flash(message, "undo")
    return web.see_other(url_for("progress.milestone", slug=slug, key=found.key))


def _given() -> tuple[str, str]:
    return request.form.get("url", ""), request.form.get("title", "")
