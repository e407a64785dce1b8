"""A fresh proof before a sensitive change: who finds an open browser cannot take the account over."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import web
from tracker.accounts import changes, login
from tracker.accounts.passkeys import Holder
from tracker.accounts.queries import factors_of
from tracker.errors import InvalidInput, TooMany
from tracker.language import gettext

View = TypeVar("View", bound=Callable[..., Any])
PASSWORD, CREDENTIAL = "proof_password", "proof_credential"


def fresh_proof(view: View) -> View:
    """For changes of what opens the account: asks for the password or a passkey where the last proof is too old.

    What was sent is kept in the page that asks, and goes on from there.
    """

    @wraps(view)
    def proved(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method in ("GET", "HEAD") or changes.is_proved(login.this_session(), web.now()):
            return cast(ResponseReturnValue, view(*args, **kwargs))
        if PASSWORD not in request.form and CREDENTIAL not in request.form:
            return _ask(403, "")
        try:
            if fault := _prove():
                return _ask(422, fault)
        except TooMany as limit:
            return web.wait_a_little(_ask(429, limit.message), limit.retry_after)
        return cast(ResponseReturnValue, view(*args, **kwargs))

    return cast(View, web.login_required(proved))


def holder() -> Holder:
    """This browser and account, to which challenges for passkeys are bound."""
    return Holder(login.browser(), web.me().id)


def proved_by_password(password: str) -> bool:
    """Whether it is the password of whoever is logged in; notes the proof. Raises TooMany: it cannot be guessed at."""
    return changes.prove(web.db(), password=password, **_about())


def refused_passkey(credential: str) -> str:
    """What is wrong with a passkey's answer; empty where it proves who is logged in, which is noted. Raises TooMany."""
    try:
        changes.prove_by_passkey(web.db(), credential=credential, holder=holder(), **_about())
    except InvalidInput as fault:
        return fault.message
    return ""


def _prove() -> str:
    """What is wrong with the proof that was sent; empty where it is good."""
    if request.form.get(CREDENTIAL):
        return refused_passkey(request.form[CREDENTIAL])
    return "" if proved_by_password(request.form.get(PASSWORD, "")) else gettext("That is not your password.")


def _about() -> dict[str, Any]:
    return {
        "user": web.me(),
        "sid": current_user.sid,
        "settings": web.app_parts().settings,
        "visit": login.visit(),
        "now": web.now(),
    }


def _ask(status: int, fault: str) -> Response:
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", PASSWORD, CREDENTIAL)
    ]
    passkeys = bool(factors_of(web.db(), web.me().id).passkeys)
    return web.page("accounts/prove.html", status, kept=kept, fault=fault, passkeys=passkeys)
