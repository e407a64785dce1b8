"""Pages: taking one's data along, bringing it in, and leaving for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.accounts import limits, login
from tracker.accounts.proof import proved_by_password, refused_passkey
from tracker.accounts.queries import factors_of
from tracker.data import erasing, services
from tracker.data.export import Export, as_csv, as_json, export
from tracker.data.forms import EraseByPasskeyForm, EraseForm, ImportForm
from tracker.data.reading import MAX_BYTES, read
from tracker.errors import InvalidInput, TooMany
from tracker.language import gettext, gettext_noop

blueprint = Blueprint("data", __name__)

KINDS = {
    "enrolment": gettext_noop("paths"),
    "plan_revision": gettext_noop("plans"),
    "pause": gettext_noop("pauses"),
    "milestone_state": gettext_noop("milestones with a state"),
    "progress_log": gettext_noop("changes of state"),
    "criterion_met": gettext_noop("criteria met"),
    "milestone_note": gettext_noop("notes"),
    "study_session": gettext_noop("entries of study time"),
    "week_choice": gettext_noop("choices for a week"),
    "reminder_preference": gettext_noop("reminder settings"),
}
"""What the records are called on the page; others are shown by their own name."""
PREFIX = "passkey-"
BY_PASSKEY = f"{PREFIX}credential"


@blueprint.url_value_preprocessor
def _room_for_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """An export may be larger than any form; set before anything reads the request."""
    if endpoint == "data.page":
        request.max_content_length = MAX_BYTES + 100_000


@blueprint.route("/settings/data", methods=["GET", "POST"])
@web.login_required
def page() -> ResponseReturnValue:
    """Exports, an import with its preview, and the way to deletion. POST uploads a file, which changes nothing yet."""
    form = ImportForm(formdata=None) if request.method != "POST" else ImportForm()
    if request.method != "POST":
        return _page(form)
    if not form.validate_on_submit():
        return _page(form, 422)
    content = form.file.data.read()
    try:
        _spend(limits.IMPORT)
        preview = _try(content)
    except TooMany as limit:
        form.file.errors = [gettext("Many files were brought in. %(message)s", message=limit.message)]
        return web.wait_a_little(_page(form, 429), limit.retry_after)
    except InvalidInput as fault:
        form.file.errors = [fault.message]
        return _page(form, 422)
    text = content.decode("utf-8-sig")
    services.keep_draft(web.db(), user_id=web.me().id, text=text, preview=preview, now=web.now())
    return web.see_other(url_for("data.page"))


def _try(content: bytes, *, try_only: bool = True) -> services.Imported:
    return services.bring_in(
        web.db(),
        user_id=web.me().id,
        upload=read(content),
        catalog=web.app_parts().catalog,
        now=web.now(),
        try_only=try_only,
        visit=login.visit(),
    )


def _spend(limit: limits.Limit) -> None:
    limits.spend(web.db(), limit, str(web.me().id), settings=web.app_parts().settings, now=web.now())


def _page(form: ImportForm, status: int = 200) -> Response:
    draft = services.draft_of(web.db(), web.me().id)
    preview = draft.preview if draft else None
    return web.page("data/page.html", status, form=form, preview=preview, kinds=KINDS, page_name="data")


@blueprint.post("/settings/data/import")
@web.login_required
def bring_in() -> ResponseReturnValue:
    """Brings in the file that was uploaded and looked at."""
    draft = services.draft_of(web.db(), web.me().id)
    if draft is None:
        flash(gettext("There is no file to bring in. Choose it once more."), "warn")
        return web.see_other(url_for("data.page"))
    try:
        done = _try(draft.text.encode(), try_only=False)
    except InvalidInput as fault:  # what it was fit for has changed since
        services.drop_draft(web.db(), user_id=web.me().id)
        form = ImportForm(formdata=None)
        form.file.errors = [fault.message]
        return _page(form, 422)
    flash(gettext("%(total)s records came in. What was here already stayed as it was.", total=done.total), "ok")
    return web.see_other(url_for("data.page"))


@blueprint.post("/settings/data/import/forget")
@web.login_required
def forget() -> ResponseReturnValue:
    """Forgets the file that was uploaded."""
    services.drop_draft(web.db(), user_id=web.me().id)
    flash(gettext("The file is forgotten. Nothing was changed."), "ok")
    return web.see_other(url_for("data.page"))


@blueprint.get("/export.json")
@web.login_required
def json_file() -> ResponseReturnValue:
    """Everything that is kept about the learner; another server can read it."""
    return _file(as_json, "json", "application/json")


@blueprint.get("/export.csv")
@web.login_required
def csv_file() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    return _file(as_csv, "csv", "text/csv; charset=utf-8")


def _file(written: Callable[[Export], str], ending: str, kind: str) -> Response:
    _spend(limits.EXPORT)
    session, user_id = web.db(), web.me().id
    services.note_export(session, user_id=user_id, visit=login.visit(), now=web.now())
    made = export(session, user_id=user_id, now=web.now(), site=web.app_parts().settings.base_url)
    answer = Response(written(made), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="waymark-{web.today():%Y-%m-%d}.{ending}"'
    return answer


@blueprint.route("/settings/data/delete", methods=["GET", "POST"])
@web.login_required
def delete() -> ResponseReturnValue:
    """Deletes the account, after the address and a proof were given once more, however fresh the log-in is."""
    sent, by_passkey = request.method == "POST", BY_PASSKEY in request.form
    form = EraseForm() if sent and not by_passkey else EraseForm(formdata=None)
    passkey = EraseByPasskeyForm(prefix=PREFIX) if by_passkey else EraseByPasskeyForm(formdata=None, prefix=PREFIX)
    chosen = passkey if by_passkey else form
    try:
        meant = sent and chosen.validate_on_submit() and _meant(chosen)
    except TooMany as limit:
        _proof_of(chosen).errors = [limit.message]
        return web.wait_a_little(_delete_page(429, form, passkey), limit.retry_after)
    if not meant:
        return _delete_page(web.form_status(), form, passkey)
    user_id = web.me().id
    visit, now = login.visit(), web.now()
    login.log_out()
    erasing.erase(web.db(), user_id=user_id, visit=visit, now=now)
    flash(gettext("Your account and everything in it is deleted."), "ok")
    return web.see_other(url_for("guide.landing"))


def _delete_page(status: int, form: EraseForm, passkey: EraseByPasskeyForm) -> Response:
    has_passkeys = bool(factors_of(web.db(), web.me().id).passkeys)
    return web.page(
        "data/delete.html", status, form=form, passkey_form=passkey, has_passkeys=has_passkeys, page_name="data"
    )


def _proof_of(form: EraseForm | EraseByPasskeyForm) -> Any:
    return form.password if isinstance(form, EraseForm) else form.credential


def _meant(form: EraseForm | EraseByPasskeyForm) -> bool:
    user, proof = web.me(), _proof_of(form)
    if (form.email.data or "").strip().lower() != user.email:
        form.email.errors = [gettext("This is not the address of this account, %(email)s.", email=user.email)]
        return False
    if isinstance(form, EraseByPasskeyForm):
        fault = refused_passkey(proof.data or "")
    else:
        fault = "" if proved_by_password(proof.data or "") else gettext("This is not your password.")
    proof.errors = [fault] if fault else []
    return not fault


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept, why, and for how long."""
    answer = wire.public(web.page("data/privacy.html", mail_in_files=web.app_parts().settings.mail is None))
    answer.vary.add("Accept-Language")  # unlike the guide it is said in the reader's language
    return answer
