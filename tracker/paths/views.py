"""Pages for paths of one's own: upload, preview, share, replace, delete; and every path as a file to start from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from tracker import web
from tracker.accounts import limits
from tracker.catalog.loader import CatalogError, Fault
from tracker.catalog.reading import MAX_BYTES
from tracker.error_pages import error_page
from tracker.errors import InvalidInput, NotFound, TooMany
from tracker.guide.mine import yours
from tracker.language import gettext
from tracker.meanwhile import mark_of
from tracker.paths import services
from tracker.paths.forms import UploadForm
from tracker.paths.queries import Shown, learners_on, own_for, owned_by, shown
from tracker.paths.reading import PREFIX, SLUG, own_path, text_of, totals
from tracker.progress.current import paths_in_header

blueprint = Blueprint("paths", __name__)

DEFAULT_HOURS = 10.0


@blueprint.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A file of 1 MB and what a form puts around it; set before anything reads the request."""
    request.max_content_length = request.max_form_memory_size = MAX_BYTES + 100_000


@blueprint.after_request
def _unlisted(answer: Response) -> Response:
    # an address that is shared by its secrecy belongs into no search engine
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_fault: RequestEntityTooLarge) -> ResponseReturnValue:
    return error_page(413, gettext("The file is larger than 1 MB. A path file of 100 milestones has about 200 KB."))


@blueprint.route("/paths/own", methods=["GET", "POST"])
@web.login_required
def mine() -> ResponseReturnValue:
    """One's own paths, and the form that uploads another."""
    return _page() if request.method != "POST" else _upload("")


def _upload(slug: str) -> ResponseReturnValue:
    form = UploadForm()
    file = request.files.get("file")
    name = (file.filename if file else None) or gettext("your text")
    try:
        limits.spend(web.db(), limits.PATH_FILE, str(web.me().id), settings=web.app_parts().settings, now=web.now())
        text = text_of(file.read(), name) if file else text_of((form.text.data or "").encode(errors="replace"), name)
        slug = services.upload(web.db(), user_id=web.me().id, text=text, name=name, now=web.now(), slug=slug)
    except CatalogError as error:
        return _page(422, faults=error.faults, typed=form.text.data or "", slug=slug)
    except InvalidInput as fault:
        return _page(422, faults=[Fault(name, 1, fault.message)], typed=form.text.data or "", slug=slug)
    except TooMany as limit:
        faults = [Fault(name, 1, gettext("Many files were read. %(message)s", message=limit.message))]
        return web.wait_a_little(_page(429, faults=faults, typed=form.text.data or "", slug=slug), limit.retry_after)
    return web.see_other(url_for("paths.preview", slug=slug))


def _page(status: int = 200, **more: Any) -> Response:
    rows = owned_by(web.db(), web.me().id)
    shipped = web.app_parts().catalog.paths.values()
    return web.page("paths/mine.html", status, rows=rows, shipped=shipped, page_name="paths", **more)


@blueprint.get("/paths/<slug>.yaml")
def download(slug: str) -> ResponseReturnValue:
    """The file of a path, to start one's own from."""
    if web.app_parts().catalog.path(slug) is not None:
        text = (web.app_parts().settings.paths_dir / f"{slug}.yaml").read_text()
    else:
        text = _shown(slug).row.text
        if not text:
            raise NotFound
    answer = Response(text, mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}.yaml"'
    return answer


@blueprint.get("/paths/own-<token>")
def show(token: str) -> ResponseReturnValue:
    """An own path: what is in it, and for its owner what can be done with it."""
    found = _shown(PREFIX + token)
    if found.path is None:
        return web.see_other(url_for("paths.preview", slug=found.row.slug))
    on_it = [one.path.slug for one in paths_in_header()] if web.logged_in() else []
    learners = learners_on(web.db(), found.row.slug) if found.is_mine else 0
    return web.page(
        "paths/show.html",
        path=found.path,
        row=found.row,
        is_mine=found.is_mine,
        address=web.absolute(_address(found.row.slug)),
        learners=learners,
        on_it=found.row.slug in on_it,
        totals=totals(found.path, _hours()),
        yours=yours([found.path])[found.path.slug],
        page_name="paths",
    )


@blueprint.route("/paths/<slug>/preview", methods=["GET", "POST"])
@web.login_required
def preview(slug: str) -> ResponseReturnValue:
    """What an upload adds up to, before it is kept or thrown away."""
    row = own_for(web.db(), web.me().id, slug)
    if row.draft is None:
        return web.see_other(url_for("paths.mine") if not row.text else _address(slug))
    if request.method != "POST":
        path = own_path(row.draft, slug)
        return web.page(
            "paths/preview.html",
            row=row,
            path=path,
            seen=mark_of(row.draft),
            totals=totals(path, _hours()),
            page_name="paths",
        )
    if request.form.get("answer") == "discard":
        services.discard(web.db(), user_id=web.me().id, slug=slug)
        flash(gettext("Thrown away."), "ok")
        return web.see_other(url_for("paths.mine"))
    try:
        services.keep(web.db(), user_id=web.me().id, slug=slug, seen=request.form.get("seen", ""), now=web.now())
    except CatalogError as error:
        return _page(422, faults=error.faults, slug=slug)
    new = gettext("Kept. Nobody but you sees it until you share it.")
    flash(gettext("The new version is kept.") if row.shared else new, "ok")
    return web.see_other(_address(slug))


@blueprint.post("/paths/<slug>/replace")
@web.login_required
def replace(slug: str) -> ResponseReturnValue:
    """A new version: those who are on the path are offered it."""
    own_for(web.db(), web.me().id, slug)
    return _upload(slug)


@blueprint.post("/paths/<slug>/share")
@web.login_required
def share(slug: str) -> ResponseReturnValue:
    """Lets others open its address, or not any more."""
    shared = request.form.get("shared") == "yes"
    services.share(web.db(), user_id=web.me().id, slug=slug, shared=shared)
    open_now = gettext("Whoever has the address can open it now.")
    flash(open_now if shared else gettext("Nobody new can open it any more."), "ok")
    return web.see_other(_address(slug))


@blueprint.post("/paths/<slug>/delete")
@web.login_required
def delete(slug: str) -> ResponseReturnValue:
    """Deletes it, if nobody is on it."""
    try:
        title = services.delete_path(web.db(), user_id=web.me().id, slug=slug)
    except InvalidInput as fault:
        flash(fault.message, "warn")
        return web.see_other(_address(slug))
    flash(gettext("%(path)s is deleted.", path=title), "ok")
    return web.see_other(url_for("paths.mine"))


def _shown(slug: str) -> Shown:
    user = web.logged_in()
    return shown(web.db(), web.app_parts().catalog, user.id if user else None, slug)


def _address(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise NotFound
    return url_for("paths.show", token=slug.removeprefix(PREFIX))


def _hours() -> float:
    """Hours a week in the address, else those of the present plan."""
    try:
        asked = float(request.args.get("hours_per_week", "").replace(",", "."))
    except ValueError:
        asked = 0.0
    if 1 <= asked <= 80:
        return asked
    user = web.logged_in()
    plans = [mine.standing.newest.hours_per_week for mine in paths_in_header() if mine.current] if user else []
    return plans[0] if plans else DEFAULT_HOURS
