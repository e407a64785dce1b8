"""Pages: sign up, log in and out, confirm the address, a new password, the account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import web
from tracker.accounts import login, services, tokens
from tracker.accounts.forms import ForgotForm, LogInForm, NewPasswordForm, SignUpForm
from tracker.errors import InvalidInput
from tracker.signing import BadToken

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/signup", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    """A new account is logged in at once and goes on to where it was heading."""
    onward = web.safe_next(request.values.get("next"), url_for("guide.picker"))
    if current_user.is_authenticated:
        return web.see_other(onward)
    form = SignUpForm(next=onward) if request.method == "POST" else SignUpForm(formdata=None, next=onward)
    if not form.validate_on_submit():
        return web.page("accounts/sign_up.html", _status(), form=form)
    try:
        user = services.sign_up(
            web.db(),
            email=form.email.data or "",
            password=form.password.data or "",
            timezone=form.timezone.data or "",
            settings=web.app_parts().settings,
            now=web.now(),
        )
    except InvalidInput as fault:
        _put_beside(form, fault)
        return web.page("accounts/sign_up.html", 422, form=form)
    if user is None:
        flash(f"We have sent a mail to {form.email.data}: it says how to go on.", "ok")
        return web.see_other(url_for("accounts.log_in", next=onward))
    login.log_in(user)
    flash(f"Welcome. A mail is on its way to {user.email}: confirm the address when it is there.", "ok")
    return web.see_other(onward)


@blueprint.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Address and password."""
    onward = web.safe_next(request.values.get("next"), url_for("progress.dashboard"))
    if current_user.is_authenticated:
        return web.see_other(onward)
    form = LogInForm(next=onward) if request.method == "POST" else LogInForm(formdata=None, next=onward)
    if not form.validate_on_submit():
        return web.page("accounts/log_in.html", _status(), form=form)
    user = services.log_in(
        web.db(),
        email=form.email.data or "",
        password=form.password.data or "",
        settings=web.app_parts().settings,
        now=web.now(),
    )
    if user is None:
        form.password.errors = ["Address and password do not fit together."]
        return web.page("accounts/log_in.html", 422, form=form)
    login.log_in(user)
    return web.see_other(onward)


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """Ends this log-in, on the server too."""
    login.log_out()
    return web.see_other(url_for("guide.landing"))


@blueprint.route("/verify-email/<token>", methods=["GET", "POST"])
def verify_email(token: str) -> ResponseReturnValue:
    """One button: reading the page confirms nothing, because mail scanners open every link."""
    settings = web.app_parts().settings
    try:
        if request.method != "POST":
            tokens.read_confirm(settings, token)
            return _secret(web.page("accounts/verify_email.html", done=False))
        user = services.confirm_email(web.db(), token=token, settings=settings, now=web.now())
    except BadToken:
        return _secret(web.page("accounts/bad_link.html", 404, purpose="confirm"))
    return _secret(web.page("accounts/verify_email.html", done=True, address=user.email))


@blueprint.route("/forgot-password", methods=["GET", "POST"])
def forgot_password() -> ResponseReturnValue:
    """Answers the same whether or not the address has an account."""
    form = ForgotForm()
    if not form.validate_on_submit():
        return web.page("accounts/forgot_password.html", _status(), form=form)
    try:
        services.request_reset(web.db(), email=form.email.data or "", now=web.now())
    except InvalidInput as fault:
        _put_beside(form, fault)
        return web.page("accounts/forgot_password.html", 422, form=form)
    flash(f"If {form.email.data} has an account, a mail with a link is on its way. It works for an hour.", "ok")
    return web.see_other(url_for("accounts.log_in"))


@blueprint.route("/reset-password/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> ResponseReturnValue:
    """A new password; it logs nobody in."""
    settings, form = web.app_parts().settings, NewPasswordForm()
    try:
        if not form.validate_on_submit():
            services.account_to_reset(web.db(), token=token, settings=settings)
            return _secret(web.page("accounts/reset_password.html", _status(), form=form))
        services.reset_password(
            web.db(), token=token, password=form.password.data or "", settings=settings, now=web.now()
        )
    except BadToken:
        return _secret(web.page("accounts/bad_link.html", 404, purpose="reset"))
    except InvalidInput as fault:
        _put_beside(form, fault)
        return _secret(web.page("accounts/reset_password.html", 422, form=form))
    login.log_out()
    flash("Your password is changed, and every device was logged out. Log in with the new one.", "ok")
    return web.see_other(url_for("accounts.log_in"))


@blueprint.get("/settings/account")
@web.login_required
def account_settings() -> ResponseReturnValue:
    """Address and time zone."""
    return web.page("accounts/settings.html", user=web.me(), page_name="account")


@blueprint.post("/settings/account/confirmation")
@web.login_required
def send_confirmation() -> ResponseReturnValue:
    """Another mail to confirm the address."""
    if services.send_confirmation_again(web.db(), user_id=web.me().id, now=web.now()):
        flash(f"A mail is on its way to {web.me().email}.", "ok")
    else:
        flash("The address is confirmed already, or enough mails were sent for today. Look into the spam folder.", "ok")
    return web.see_other(web.safe_next(request.form.get("next"), url_for("accounts.account_settings")))


def _status() -> int:
    return 422 if request.method == "POST" else 200


def _put_beside(form: Any, fault: InvalidInput) -> None:
    form[fault.field].errors = [fault.message]


def _secret(answer: Response) -> Response:
    """A page whose address holds a token: it must be in no cache and in no Referer."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
