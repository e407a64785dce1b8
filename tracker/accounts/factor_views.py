"""Pages and answers of the second step of a log-in, and what the browser is asked for a passkey."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import signing, web
from tracker.accounts import factors, login, passkeys
from tracker.accounts.forms import CodeForm, PasskeyForm
from tracker.accounts.passkeys import Holder, Purpose
from tracker.accounts.queries import factors_of, user_by_id
from tracker.errors import InvalidInput, NotFound, TooMany
from tracker.language import said
from tracker.models import User

blueprint = Blueprint("factors", __name__)

STEP = "second"
STEP_FOR = dt.timedelta(minutes=10)


def begin_second_step(user: User, onward: str) -> None:
    """Notes in the cookie that the password was right; nothing is open yet."""
    cookie.clear()
    cookie[STEP] = {"user": user.id, "at": int(web.now().timestamp()), "mark": _marks(user)[0], "next": onward}


def passkeys_work_here() -> bool:
    """Passkeys belong to a name: at http://127.0.0.1 a browser knows none, at http://localhost it does."""
    settings = web.app_parts().settings
    return (settings.https or settings.is_local) and urlsplit(f"//{request.host}").hostname == passkeys.name_of_site(
        settings
    )


@blueprint.route("/login/second-factor", methods=["GET", "POST"])
def second_factor() -> ResponseReturnValue:
    """A code of the app, a recovery code, or a passkey."""
    user = _waiting()
    if user is None:
        return web.see_other(url_for("accounts.log_in"))
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form, user, web.form_status())
    try:
        factors.check_code(
            web.db(),
            user_id=user.id,
            code=form.code.data or "",
            settings=web.app_parts().settings,
            visit=login.visit(),
            now=web.now(),
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _page(form, user, 422)
    except TooMany as limit:
        form.code.errors = [limit.message]
        return web.wait_a_little(_page(form, user, 429), limit.retry_after)
    return _enter(user, cookie[STEP]["next"])


@blueprint.post("/login/second-factor/passkey")
def passkey_as_second() -> ResponseReturnValue:
    """The answer of a passkey after the password."""
    user = _waiting()
    if user is None:
        return web.see_other(url_for("accounts.log_in"))
    form = PasskeyForm()
    try:
        _used(form, "factor", Holder(login.browser(), user.id))
    except InvalidInput as fault:
        code = CodeForm(formdata=None)
        code.code.errors = [fault.message]
        return _page(code, user, 422)
    return _enter(user, cookie[STEP]["next"])


@blueprint.post("/login/passkey")
def log_in_by_passkey() -> ResponseReturnValue:
    """A passkey alone: it asks for a finger, a face or a PIN, so it is two factors at once."""
    form = PasskeyForm()
    onward = web.safe_next(form.next.data, url_for("progress.dashboard"))
    try:
        user = _used(form, "log-in", Holder(login.browser()))
    except InvalidInput as fault:
        flash(fault.message, "warn")
        return web.see_other(url_for("accounts.log_in", next=onward))
    return _enter(user, onward)


@blueprint.post("/passkeys/options/<purpose>")
def options(purpose: str) -> ResponseReturnValue:
    """What passkeys.js hands to the browser. A challenge is good for five minutes, one use and this browser."""
    session, settings, now = web.db(), web.app_parts().settings, web.now()
    holder = Holder(login.browser(), _account_for(purpose))
    if purpose == "add":
        said = passkeys.options_to_add(session, user=web.me(), holder=holder, settings=settings, now=now)
    else:
        said = passkeys.options_to_use(
            session, purpose=cast(Purpose, purpose), holder=holder, settings=settings, now=now
        )
    return Response(said, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _account_for(purpose: str) -> int | None:
    """Whose passkey is asked for; raises NotFound where nobody's can be."""
    if purpose == "log-in":
        return None
    waiting = _waiting()
    if purpose == "factor" and waiting is not None:
        return waiting.id
    if purpose in ("add", "prove") and current_user.is_authenticated:
        return web.me().id
    raise NotFound


def _used(form: PasskeyForm, purpose: Purpose, holder: Holder) -> User:
    if not form.validate_on_submit():
        raise InvalidInput(" ".join(map(str, form.credential.errors)) or said(passkeys.REFUSED))
    return passkeys.use(
        web.db(),
        credential=form.credential.data or "",
        purpose=purpose,
        holder=holder,
        settings=web.app_parts().settings,
        visit=login.visit(),
        now=web.now(),
    )


def _waiting() -> User | None:
    """Who has given the right password in the last minutes and not yet a second factor."""
    step: dict[str, Any] = cookie.get(STEP) or {}
    user = user_by_id(web.db(), step["user"]) if step else None
    if user is None or step["mark"] not in _marks(user):  # deleted, or the password was changed meanwhile
        return None
    return user if web.now().timestamp() - step["at"] <= STEP_FOR.total_seconds() else None


def _marks(user: User) -> list[str]:
    return signing.fingerprints(web.app_parts().settings.keys, "second-step", f"{user.id}|{user.password_hash}")


def _enter(user: User, onward: str) -> ResponseReturnValue:
    login.log_in(user, second_factor=True)
    return web.see_other(onward)


def _page(form: CodeForm, user: User, status: int) -> Response:
    found = factors_of(web.db(), user.id)
    return web.page(
        "accounts/second_factor.html",
        status,
        form=form,
        factors=found,
        passkeys_here=bool(found.passkeys) and passkeys_work_here(),
    )
