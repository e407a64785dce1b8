"""Pages behind the links of account mail: confirm an address, change it, set a new password.

Reading uses nothing up, because mail scanners open every link: it only takes the token out of the address bar and into
the cookie, and shows a button. A POST to the link itself does the same as the button.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.accounts import changes, login, services
from tracker.accounts.forms import ForgotForm, NewPasswordForm
from tracker.errors import InvalidInput, TooMany
from tracker.language import gettext
from tracker.signing import BadToken

blueprint = Blueprint("links", __name__)


@blueprint.route("/verify-email/<token>", methods=["GET", "POST"])
@blueprint.route("/verify-email", methods=["GET", "POST"], defaults={"token": ""})
def verify_email(token: str) -> ResponseReturnValue:
    """One button that confirms."""
    session, settings = web.db(), web.app_parts().settings
    found = token or _kept("verify-email")
    try:
        if request.method != "POST":
            services.account_to_confirm(session, token=found, settings=settings)
            return _out_of_sight("verify-email", token) or web.keep_quiet(
                web.page("accounts/verify_email.html", done=False)
            )
        user = services.confirm_email(session, token=found, settings=settings, visit=login.visit(), now=web.now())
    except BadToken:
        return _bad_link("confirm")
    return web.keep_quiet(web.page("accounts/verify_email.html", done=True, address=user.email))


@blueprint.route("/change-email/<token>", methods=["GET", "POST"])
@blueprint.route("/change-email", methods=["GET", "POST"], defaults={"token": ""})
def change_email(token: str) -> ResponseReturnValue:
    """One button that gives the account its new address."""
    session, settings = web.db(), web.app_parts().settings
    found = token or _kept("change-email")
    try:
        if request.method != "POST":
            address = changes.new_address(session, token=found, settings=settings)
            return _out_of_sight("change-email", token) or web.keep_quiet(
                web.page("accounts/change_email.html", done=False, address=address)
            )
        user = changes.change_address(session, token=found, settings=settings, visit=login.visit(), now=web.now())
    except BadToken:
        return _bad_link("change")
    return web.keep_quiet(web.page("accounts/change_email.html", done=True, address=user.email))


@blueprint.route("/forgot-password", methods=["GET", "POST"])
def forgot_password() -> ResponseReturnValue:
    """Answers the same whether or not the address has an account."""
    form = ForgotForm()
    if not form.validate_on_submit():
        return web.page("accounts/forgot_password.html", web.form_status(), form=form)
    try:
        services.request_reset(
            web.db(),
            email=form.email.data or "",
            settings=web.app_parts().settings,
            visit=login.visit(),
            now=web.now(),
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return web.page("accounts/forgot_password.html", 422, form=form)
    except TooMany as limit:
        form.email.errors = [
            gettext("Enough links were asked for. Look into the spam folder, too. %(message)s", message=limit.message)
        ]
        return web.wait_a_little(web.page("accounts/forgot_password.html", 429, form=form), limit.retry_after)
    flash(
        gettext(
            "If %(address)s has an account, a mail with a link is on its way. It works for an hour.",
            address=form.email.data,
        ),
        "ok",
    )
    return web.see_other(url_for("accounts.log_in"))


@blueprint.route("/reset-password/<token>", methods=["GET", "POST"])
@blueprint.route("/reset-password", methods=["GET", "POST"], defaults={"token": ""})
def reset_password(token: str) -> ResponseReturnValue:
    """A new password; it logs nobody in, and a second factor is asked for as ever."""
    session, settings, form = web.db(), web.app_parts().settings, NewPasswordForm()
    found = token or _kept("reset-password")
    try:
        if not form.validate_on_submit():
            services.account_to_reset(session, token=found, settings=settings)
            away = _out_of_sight("reset-password", token) if request.method != "POST" else None
            return away or web.keep_quiet(web.page("accounts/reset_password.html", web.form_status(), form=form))
        services.reset_password(
            session,
            token=found,
            password=form.password.data or "",
            settings=settings,
            visit=login.visit(),
            now=web.now(),
        )
    except BadToken:
        return _bad_link("reset")
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return web.keep_quiet(web.page("accounts/reset_password.html", 422, form=form))
    login.log_out()
    flash(gettext("Your password is changed, and every device was logged out. Log in with the new one."), "ok")
    return web.see_other(url_for("accounts.log_in"))


def _out_of_sight(page: str, token: str) -> Response | None:
    """From the link itself to the same page without the token, which goes into the cookie; else None."""
    if not token:
        return None
    cookie["link"] = {page: token}
    return web.keep_quiet(Response(status=303, headers={"Location": url_for(f"links.{page.replace('-', '_')}")}))


def _kept(page: str) -> str:
    return str(cookie.get("link", {}).get(page, ""))


def _bad_link(purpose: str) -> Response:
    cookie.pop("link", None)
    return web.keep_quiet(web.page("accounts/bad_link.html", 404, purpose=purpose))
