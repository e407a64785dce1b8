"""Pages for whoever administers the site. For everybody else there is nothing here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.accounts.proof import fresh_proof
from tracker.admin import queries, services
from tracker.admin.forms import OutboxFilter
from tracker.errors import InvalidInput, NotFound
from tracker.reminders.health import health, settled
from tracker.reminders.queries import KINDS, zone_of

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.before_request
def _administrators_only() -> None:
    user = web.logged_in()
    if user is None or not user.is_admin:
        raise NotFound


@blueprint.app_context_processor
def _banner() -> dict[str, Any]:
    return {"sending_troubles": lambda: queries.troubles(web.app_parts().sessions, web.now())}


@blueprint.get("/outbox")
def outbox() -> ResponseReturnValue:
    """All mail, newest first, with what became of it; the processes that send it."""
    form = OutboxFilter(request.args, states=queries.STATES, kinds=KINDS.items())
    good = form.validate()
    session, now = web.db(), web.now()
    state, kind = (form.state.data or "", form.kind.data or "") if good else ("", "")
    return web.page(
        "admin/outbox.html",
        200 if good else 422,
        form=form,
        outbox=queries.outbox(session, state=state, kind=kind, before=_before(), now=now),
        health=health(session, now=now),
        settled=settled(session, now=now),
        first_page=_before() is None,
        now=now,
        timezone=zone_of(web.me().timezone),
        page_name="admin",
    )


def _before() -> int | None:
    """Where the page begins. A number that no mail can have means the first page."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 < number < 2**31 else None


@blueprint.post("/outbox/<int:number>/again")
@fresh_proof
def try_again(number: int) -> ResponseReturnValue:
    """One more try for a mail that was given up."""
    try:
        flash(services.try_again(web.db(), number=number, now=web.now()), "ok")
    except InvalidInput as fault:
        flash(fault.message, "warn")
    return web.see_other(web.safe_next(request.form.get("next"), url_for("admin.outbox")))
