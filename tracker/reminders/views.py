"""Pages: when the weekly mail comes, what became of the last ones, and the way out."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web, words
from tracker.reminders import queries, services
from tracker.reminders.forms import ReminderForm
from tracker.reminders.tokens import read_unsubscribe

blueprint = Blueprint("reminders", __name__)


@blueprint.route("/settings/reminders", methods=["GET", "POST"])
@web.login_required
def settings() -> ResponseReturnValue:
    """The day, the hour and the zone of the weekly mail."""
    if request.method == "GET":
        wishes = queries.wishes_of(web.db(), web.me().id)
        return _page(
            ReminderForm(
                formdata=None,
                enabled=wishes.enabled,
                weekday=wishes.weekday,
                hour=wishes.hour,
                timezone=web.me().timezone,
            )
        )
    form = ReminderForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    services.save_preferences(
        web.db(),
        user_id=web.me().id,
        enabled=form.enabled.data,
        weekday=form.weekday.data,
        hour=form.hour.data,
        timezone=form.timezone.data,
        now=web.now(),
    )
    flash(f"Saved: every {form.describe()}." if form.enabled.data else "Saved: no weekly reminder.", "ok")
    return web.see_other(url_for("reminders.settings"))


def _page(form: ReminderForm, status: int = 200) -> ResponseReturnValue:
    user, session, site = web.me(), web.db(), web.app_parts().settings
    timezone = queries.zone_of(user.timezone)
    slot = queries.next_send(session, user.id)
    said = words.slot(slot, timezone) if slot else ""
    overdue = slot is not None and slot <= web.now()
    return web.page(
        "reminders/settings.html",
        status,
        form=form,
        page_name="settings",
        confirmed=user.email_confirmed_at is not None,
        address=user.email,
        enabled=queries.wishes_of(session, user.id).enabled,
        timezone=timezone,
        next_slot="" if overdue else said,
        waiting_since=said if overdue else "",
        spread=site.mail_spread,
        mail_dir=None if site.mail else site.mail_dir,
        refused=queries.refused_address(session, user.email),
        mails=queries.last_mails(session, user.id),
    )


@blueprint.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """One button. Reading the page changes nothing: mail scanners open every link."""
    read_unsubscribe(web.app_parts().settings, token)
    return web.page("reminders/unsubscribe.html", done=False)


@blueprint.post("/unsubscribe/<token>")
@web.csrf.exempt  # type: ignore[untyped-decorator]  # RFC 8058: mail programs post without cookies; the token is signed
def unsubscribe_now(token: str) -> ResponseReturnValue:
    """Stops the weekly mail; the same again is the same as once. No redirect, no cookie."""
    services.unsubscribe(web.db(), user_id=read_unsubscribe(web.app_parts().settings, token))
    return web.page("reminders/unsubscribe.html", done=True)
