"""Pages: when the weekly mail comes, what became of the last ones, and the way out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, words
from tracker.accounts.queries import user_by_id
from tracker.error_pages import error_page
from tracker.errors import Conflict, NotFound
from tracker.language import gettext
from tracker.meanwhile import mark_of
from tracker.reminders import queries, services, snooze
from tracker.reminders.forms import ReminderForm
from tracker.reminders.tokens import DEAD_LINK, read_unsubscribe, stops

blueprint = Blueprint("reminders", __name__)


@blueprint.after_request
def _quiet(answer: Response) -> Response:
    """The address of the way out is a key: it goes into no Referer, no cache and no index."""
    if request.path.startswith("/unsubscribe/"):
        web.keep_quiet(answer)
    return answer


@blueprint.errorhandler(NotFound)
def _no_longer(_fault: NotFound) -> ResponseReturnValue:
    return error_page(404, gettext(DEAD_LINK))


@blueprint.route("/settings/reminders", methods=["GET", "POST"])
@web.login_required
def settings() -> ResponseReturnValue:
    """The day, the hour and the zone of the weekly mail."""
    if request.method != "POST":
        return _page()
    form = ReminderForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        services.save_preferences(
            web.db(),
            user_id=web.me().id,
            now=web.now(),
            seen=request.form.get("seen", ""),
            **form.wishes(),
        )
    except Conflict:
        return _page(form, status=409)
    flash(
        gettext("Saved: every %(slot)s.", slot=form.describe())
        if form.enabled.data
        else gettext("Saved: no weekly reminder."),
        "ok",
    )
    return web.see_other(url_for("reminders.settings"))


def _page(form: ReminderForm | None = None, status: int = 200) -> ResponseReturnValue:
    user, session, site = web.me(), web.db(), web.app_parts().settings
    timezone = queries.zone_of(user.timezone)
    outlook = queries.outlook(session, user, now=web.now())
    said = words.slot(outlook.slot, timezone) if outlook.slot else ""
    overdue = outlook.slot is not None and outlook.slot <= web.now()
    wishes = queries.wishes_of(session, user.id)
    present = {"enabled": wishes.enabled, "weekday": wishes.weekday, "hour": wishes.hour, "timezone": user.timezone}
    return web.page(
        "reminders/settings.html",
        status,
        form=form or ReminderForm(formdata=None, **present),
        seen=request.form.get("seen", "") if status == 422 else mark_of(*present.values()),
        meanwhile=status == 409,
        page_name="settings",
        confirmed=user.email_confirmed_at is not None,
        address=user.email,
        enabled=wishes.enabled,
        timezone=timezone,
        outlook=outlook,
        next_slot="" if overdue else said,
        waiting_since=said if overdue else "",
        spread=site.mail_spread,
        mail_dir=None if site.mail else site.mail_dir,
        mails=queries.last_mails(session, user.id),
    )


@blueprint.post("/settings/reminders/wake")
@web.login_required
def wake() -> ResponseReturnValue:
    """Takes a snooze back."""
    woken = snooze.wake(web.db(), user_id=web.me().id, now=web.now())
    flash(
        gettext("The mail of that week comes after all.") if woken else gettext("There was no snooze to take back."),
        "ok",
    )
    return web.see_other(url_for("reminders.settings"))


@blueprint.post("/settings/reminders/go-on")
@web.login_required
def go_on() -> ResponseReturnValue:
    """Weekly again, after the mail had stopped because nobody answered."""
    services.go_on(web.db(), user_id=web.me().id, now=web.now())
    flash(gettext("The weekly mail comes again."), "ok")
    return web.see_other(url_for("reminders.settings"))


@blueprint.post("/settings/reminders/address")
@web.login_required
def try_address_again() -> ResponseReturnValue:
    """Mail to the address is tried again although it was refused."""
    services.try_address_again(web.db(), user_id=web.me().id)
    flash(
        gettext(
            "The next reminder goes to %(email)s again. If it is refused once more, you will see it here.",
            email=web.me().email,
        ),
        "ok",
    )
    return web.see_other(web.safe_next(request.form.get("next"), url_for("reminders.settings")))


@blueprint.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """One button. Reading the page changes nothing: mail scanners open every link."""
    read_unsubscribe(web.app_parts().settings, token)
    return web.page("reminders/unsubscribe.html", done=False)


@blueprint.post("/unsubscribe/<token>")
@web.csrf.exempt  # type: ignore[untyped-decorator]  # RFC 8058: mail programs post without cookies; the token is signed
def unsubscribe_now(token: str) -> ResponseReturnValue:
    """Stops the weekly mail; the same again is the same as once. No redirect, no cookie."""
    user_id, mark = read_unsubscribe(web.app_parts().settings, token)
    user = user_by_id(web.db(), user_id)
    if user is not None and stops(mark, user):  # for an account that is gone there is nothing to do
        services.unsubscribe(web.db(), user_id=user_id)
    return web.page("reminders/unsubscribe.html", done=True)
