"""Pages: what keeps the account safe. Password, second factors, where it is logged in, what happened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from config import Settings
from tracker import web
from tracker.accounts import changes, events, factors, login, passkeys, queries, sessions
from tracker.accounts.factor_views import passkeys_work_here
from tracker.accounts.forms import CodeForm, NewPasswordForm, PasskeyForm
from tracker.accounts.proof import fresh_proof, holder
from tracker.accounts.visit import device_words
from tracker.errors import InvalidInput, TooMany
from tracker.language import gettext

blueprint = Blueprint("security", __name__, url_prefix="/settings/security")


@blueprint.get("")
@web.login_required
def settings() -> ResponseReturnValue:
    """All of it on one page."""
    return _page()


@blueprint.post("/password")
@fresh_proof
def change_password() -> ResponseReturnValue:
    """Sets another password and logs all other devices out."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _page(422, password_form=form)
    user = web.me()
    try:
        sid = changes.change_password(
            web.db(), sid=current_user.sid, password=form.password.data or "", settings=_site(), **_who()
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _page(422, password_form=form)
    login.carry_on(user, sid)
    login.remember_device(user, login.visit())
    flash(gettext("Your password is changed. All other devices were logged out."), "ok")
    return _back()


@blueprint.post("/sessions/end")
@web.login_required
def end_others() -> ResponseReturnValue:
    """Logs all other devices out."""
    sessions.end_others(web.db(), sid=current_user.sid, **_who())
    flash(gettext("All other devices were logged out."), "ok")
    return _back()


@blueprint.post("/sessions/<id_hash>/end")
@web.login_required
def end_session(id_hash: str) -> ResponseReturnValue:
    """Logs one device out."""
    sessions.end_one(web.db(), id_hash=id_hash, **_who())
    flash(gettext("That device was logged out."), "ok")
    return _back()


@blueprint.post("/app")
@fresh_proof
def begin_app() -> ResponseReturnValue:
    """Makes a secret for an authenticator app."""
    factors.begin_app(web.db(), user_id=web.me().id, settings=_site(), now=web.now())
    return web.see_other(url_for("security.set_up_app"))


@blueprint.get("/app")
@web.login_required
def set_up_app() -> ResponseReturnValue:
    """The secret as a picture and in letters, until its first code was right; never after."""
    return _app_page(CodeForm(formdata=None))


@blueprint.post("/app/confirm")
@fresh_proof
def confirm_app() -> ResponseReturnValue:
    """The first code puts the app in force."""
    form, user = CodeForm(), web.me()
    if not form.validate_on_submit():
        return _app_page(form, 422)
    try:
        sid = factors.confirm_app(web.db(), sid=current_user.sid, code=form.code.data or "", settings=_site(), **_who())
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _app_page(form, 422)
    except TooMany as limit:
        form.code.errors = [limit.message]
        return web.wait_a_little(_app_page(form, 429), limit.retry_after)
    login.carry_on(user, sid)
    flash(gettext("The authenticator app is set up. All other devices were logged out."), "ok")
    return _after_factor()


def _app_page(form: CodeForm, status: int = 200) -> BaseResponse:
    shown = factors.app_to_confirm(web.db(), user=web.me(), settings=_site())
    if shown is None:
        return _back()
    return web.page(
        "accounts/set_up_app.html", status, form=form, secret=shown[0], picture=shown[1], page_name="account"
    )


@blueprint.post("/app/remove")
@fresh_proof
def remove_app() -> ResponseReturnValue:
    """Asks for no more codes of the app."""
    if factors.remove_app(web.db(), **_who()):
        flash(gettext("The authenticator app is removed."), "ok")
    return _back()


@blueprint.post("/passkeys")
@fresh_proof
def add_passkey() -> ResponseReturnValue:
    """Keeps what the browser has made."""
    form, user = PasskeyForm(), web.me()
    if not form.validate_on_submit():
        return _page(422, passkey_form=form)
    try:
        sid = passkeys.add(
            web.db(),
            credential=form.credential.data or "",
            name=form.name.data or "",
            sid=current_user.sid,
            holder=holder(),
            settings=_site(),
            visit=login.visit(),
            now=web.now(),
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _page(422, passkey_form=form)
    login.carry_on(user, sid)
    flash(gettext("The passkey is added. All other devices were logged out."), "ok")
    return _after_factor()


@blueprint.post("/passkeys/<int:passkey_id>/remove")
@fresh_proof
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Takes a passkey off the account."""
    passkeys.remove(web.db(), passkey_id=passkey_id, **_who())
    flash(gettext("The passkey is removed."), "ok")
    return _back()


@blueprint.get("/recovery-codes")
@web.login_required
def recovery_codes() -> ResponseReturnValue:
    """What they are for, and a button that makes new ones."""
    found = queries.factors_of(web.db(), web.me().id)
    if not found:
        return _back()
    return web.page("accounts/recovery_codes.html", codes=None, left=found.recovery_codes, page_name="account")


@blueprint.post("/recovery-codes")
@fresh_proof
def make_codes() -> ResponseReturnValue:
    """Shown in this answer and never again: they are kept nowhere, so there is nowhere to redirect to."""
    codes = factors.make_codes(web.db(), **_who())
    return web.page("accounts/recovery_codes.html", codes=codes, left=len(codes), page_name="account")


def _after_factor() -> BaseResponse:
    """Whoever has a second factor needs a way past it: without codes, on to them."""
    codes = queries.factors_of(web.db(), web.me().id).recovery_codes
    return _back() if codes else web.see_other(url_for("security.recovery_codes"))


def _who() -> dict[str, Any]:
    return {"user_id": web.me().id, "visit": login.visit(), "now": web.now()}


def _site() -> Settings:
    return web.app_parts().settings


def _back() -> BaseResponse:
    return web.see_other(url_for("security.settings"))


def _page(
    status: int = 200, *, password_form: NewPasswordForm | None = None, passkey_form: PasskeyForm | None = None
) -> Response:
    session, user = web.db(), web.me()
    return web.page(
        "accounts/security.html",
        status,
        user=user,
        password_form=password_form or NewPasswordForm(formdata=None),
        passkey_form=passkey_form or PasskeyForm(formdata=None),
        factors=queries.factors_of(session, user.id),
        passkeys_here=passkeys_work_here(),
        passkeys_at=passkeys.origin_of_site(_site()),
        sessions=queries.sessions_of(session, user, now=web.now()),
        this=queries.hashed(current_user.sid),
        events=events.events_of(session, user.id, now=web.now()),
        words=events.WORDS,
        device_words=device_words,
        needed=user.is_admin and "needed" in request.args,
        page_name="account",
    )
