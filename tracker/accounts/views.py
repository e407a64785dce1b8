"""Pages: sign up, log in and out, the account."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker import language, web, words
from tracker.accounts import changes, entry, login, reader, services
from tracker.accounts.factor_views import begin_second_step, passkeys_work_here
from tracker.accounts.forms import LocaleForm, LogInForm, NewAddressForm, SignUpForm
from tracker.accounts.proof import fresh_proof
from tracker.accounts.queries import has_factor
from tracker.enrolment.first import after_sign_up
from tracker.errors import InvalidInput, TooMany
from tracker.language import gettext

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/signup", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    """A new account is logged in at once and goes on to where it was heading."""
    onward = web.safe_next(request.values.get("next"), url_for("first.path"))
    if current_user.is_authenticated:
        return web.see_other(onward)
    form = SignUpForm(next=onward) if request.method == "POST" else SignUpForm(formdata=None, next=onward)
    if not form.validate_on_submit():
        return web.page("accounts/sign_up.html", web.form_status(), form=form)
    try:
        user = services.sign_up(
            web.db(),
            email=form.email.data or "",
            password=form.password.data or "",
            timezone=form.timezone.data or "",
            locale=reader.fitting_browser(),
            settings=web.app_parts().settings,
            visit=login.visit(),
            now=web.now(),
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return web.page("accounts/sign_up.html", 422, form=form)
    except TooMany as limit:
        form.email.errors = [gettext("Many accounts were made from your network. %(message)s", message=limit.message)]
        return web.wait_a_little(web.page("accounts/sign_up.html", 429, form=form), limit.retry_after)
    if user is None:
        flash(gettext("We have sent a mail to %(address)s: it says how to go on.", address=form.email.data), "ok")
        return web.see_other(url_for("accounts.log_in", next=onward))
    login.log_in(user)
    flash(
        gettext("Welcome. A mail is on its way to %(email)s: confirm the address when it is there.", email=user.email),
        "ok",
    )
    return web.see_other(after_sign_up(onward))


@blueprint.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Address and password, and on to the second factor where the account has one."""
    onward = web.safe_next(request.values.get("next"), url_for("progress.dashboard"))
    if current_user.is_authenticated:
        return web.see_other(onward)
    form = LogInForm(next=onward) if request.method == "POST" else LogInForm(formdata=None, next=onward)
    if not form.validate_on_submit():
        return _log_in_page(form, web.form_status())
    try:
        user = entry.with_password(
            web.db(),
            email=form.email.data or "",
            password=form.password.data or "",
            settings=web.app_parts().settings,
            visit=login.visit(),
            now=web.now(),
        )
    except TooMany as limit:
        form.password.errors = [limit.message]
        return web.wait_a_little(_log_in_page(form, 429), limit.retry_after)
    if user is None:
        form.password.errors = [gettext("Address and password do not fit together.")]
        return _log_in_page(form, 422)
    if has_factor(web.db(), user.id):
        begin_second_step(user, onward)
        return web.see_other(url_for("factors.second_factor"))
    login.log_in(user)
    return web.see_other(onward)


def _log_in_page(form: LogInForm, status: int) -> Response:
    return web.page("accounts/log_in.html", status, form=form, passkeys_here=passkeys_work_here())


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """Ends this log-in, on the server too."""
    login.log_out()
    return web.see_other(url_for("guide.landing"))


@blueprint.get("/settings/account")
@web.login_required
def account_settings() -> ResponseReturnValue:
    """Address and time zone."""
    return _account_page(NewAddressForm(formdata=None))


@blueprint.post("/settings/account")
@fresh_proof
def change_address() -> ResponseReturnValue:
    """Asks for another address; it changes once the link that is mailed there was used."""
    form = NewAddressForm()
    if not form.validate_on_submit():
        return _account_page(form, 422)
    try:
        address = changes.ask_for_new_address(
            web.db(),
            user_id=web.me().id,
            email=form.email.data or "",
            settings=web.app_parts().settings,
            visit=login.visit(),
            now=web.now(),
        )
    except InvalidInput as fault:
        web.put_beside(form, fault)
        return _account_page(form, 422)
    except TooMany as limit:
        form.email.errors = [limit.message]
        return web.wait_a_little(_account_page(form, 429), limit.retry_after)
    flash(
        gettext(
            "A mail with a link is on its way to %(address)s. Your address changes once you have used it.",
            address=address,
        ),
        "ok",
    )
    return web.see_other(url_for("accounts.account_settings"))


@blueprint.post("/settings/account/locale")
@web.login_required
def change_locale() -> ResponseReturnValue:
    """How dates, times and numbers are written."""
    form = LocaleForm()
    if not form.validate_on_submit():
        return _account_page(NewAddressForm(formdata=None), 422, form)
    services.choose_locale(web.db(), user_id=web.me().id, locale=form.locale.data)
    with language.speaking(form.locale.data):
        flash(gettext("Saved: today is %(day)s.", day=words.day(web.today())), "ok")
    return web.see_other(url_for("accounts.account_settings"))


def _account_page(form: NewAddressForm, status: int = 200, wording: LocaleForm | None = None) -> Response:
    return web.page(
        "accounts/settings.html",
        status,
        user=web.me(),
        form=form,
        wording=wording or LocaleForm(formdata=None, locale=web.me().locale),
        page_name="account",
    )


@blueprint.post("/settings/account/confirmation")
@web.login_required
def send_confirmation() -> ResponseReturnValue:
    """Another mail to confirm the address."""
    if services.send_confirmation_again(
        web.db(), user_id=web.me().id, settings=web.app_parts().settings, now=web.now()
    ):
        flash(gettext("A mail is on its way to %(email)s.", email=web.me().email), "ok")
    else:
        flash(
            gettext(
                "The address is confirmed already, or enough mails were sent for today. Look into the spam folder."
            ),
            "ok",
        )
    return web.see_other(web.safe_next(request.form.get("next"), url_for("accounts.account_settings")))
