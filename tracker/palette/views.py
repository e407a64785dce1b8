"""Pages: the palette and the list of shortcuts. With scripts they open as a dialog over any page, else as pages."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from tracker import web
from tracker.language import gettext as _
from tracker.palette.commands import Place, commands
from tracker.progress.current import current_overview

blueprint = Blueprint("palette", __name__)

LONGEST = 200
"""Characters of a question; the rest of a longer one says nothing new."""


@blueprint.get("/palette")
@web.login_required
def palette() -> ResponseReturnValue:
    """What fits the question; ``from`` is the page to come back to after a tick."""
    question = " ".join(request.args.get("q", "").split())[:LONGEST]
    user, overview = web.me(), current_overview()
    lines = commands(
        question,
        overview=overview,
        places=_places(user.is_admin),
        catalog=web.app_parts().catalog,
        timing=user.timer_started_at is not None,
        today=web.today(),
    )
    template = "palette/_lines.html" if web.wants_piece() else "palette/palette.html"
    back = web.safe_next(request.args.get("from"), url_for("progress.dashboard"))
    return web.page(
        template,
        question=question,
        lines=lines,
        back=back,
        path_slug=overview.path.slug if overview else "",
        titles={item.key: item.milestone.title for item in overview.items} if overview else {},
        page_name="palette",
    )


@blueprint.get("/shortcuts")
@web.login_required
def shortcuts() -> ResponseReturnValue:
    """Which keys do what."""
    template = "palette/_shortcuts.html" if web.wants_piece() else "palette/shortcuts.html"
    return web.page(template, page_name="shortcuts")


def _places(is_admin: bool) -> list[Place]:
    """The pages worth going to, with other words for them."""
    places = [
        Place("progress.dashboard", _("Today"), _("dashboard home overview")),
        Place("progress.plan", _("Plan"), _("whole plan milestones phases")),
        Place("study.log", _("Study log"), _("time hours sessions timer")),
        Place("plans.settings", _("Hours and dates"), _("change plan week target settings")),
        Place("plans.pauses", _("Pauses"), _("holiday illness break")),
        Place("reminders.settings", _("Reminders"), _("mail weekly weekday time zone settings")),
        Place("accounts.account_settings", _("Account"), _("address password settings")),
        Place("security.settings", _("Log-in and security"), _("passkeys sessions second factor password")),
        Place("data.page", _("Your data"), _("export import delete download")),
        Place("guide.picker", _("Paths"), _("careers choose")),
        Place("compare.choose", _("Compare paths"), _("side by side")),
        Place("search.find", _("Search"), _("find")),
        Place("help.page", _("Help"), _("words meaning pace forecast known")),
        Place("palette.shortcuts", _("Keyboard shortcuts"), _("keys help")),
    ]
    return [*places, Place("admin.outbox", _("Outbox"), _("mail admin"))] if is_admin else places
