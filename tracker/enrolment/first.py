"""The first run: three short steps from sign-up to the plan. All that was chosen travels in the addresses of the steps,
so that going back loses nothing, and the last form is the one that enrols.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Response, request, url_for

from tracker import web, words
from tracker.catalog.schema import Path
from tracker.enrolment.asking import as_fields
from tracker.enrolment.drafting import Choices, Draft
from tracker.reminders import queries as reminders
from tracker.reminders import services
from tracker.reminders.forms import ReminderForm

SLOT = ("enabled", "weekday", "hour", "timezone")
"""The fields of the third step."""
CHOICES = ("starting_point", "goal", "hours_per_week", "start_on", "target_on", "known")
"""Those of the second."""


def in_first_run() -> bool:
    """Whether this page is asked for as one of the three steps."""
    return "first" in request.values


def carried_along(*names: str) -> Sequence[tuple[str, str]]:
    """What other steps asked and this one does not, as it stands in the address or in the form."""
    return [(name, value) for name in names for value in request.values.getlist(name)]


def after_sign_up(onward: str) -> str:
    """Where a new account goes on: past the steps that a link to a plan, kept through sign-up, has answered already."""
    parts = urlsplit(onward)
    found = re.fullmatch(r"/paths/([^/]+)/enrol", parts.path)
    if found is None:
        return onward
    given = parse_qs(parts.query, keep_blank_values=True)
    fields: dict[str, Any] = {name: given[name] for name in CHOICES if name in given}
    step = "first.mail" if "starting_point" in fields else "enrolment.enrol"
    return url_for(step, slug=found[1], first=1, **fields)


def slot_form() -> ReminderForm | None:
    """When the mail is to come, as the third step says it; None where a form asks nothing about it."""
    return ReminderForm() if "weekday" in request.form else None


def keep_slot(form: ReminderForm) -> None:
    """Sets when the weekly mail comes."""
    services.save_preferences(web.db(), user_id=web.me().id, now=web.now(), **form.wishes())


def mail_page(
    path: Path, choices: Choices, draft: Draft, *, form: ReminderForm | None = None, status: int = 200
) -> Response:
    """The third step: the plan that comes of the choices, and when its mail comes."""
    user = web.me()
    wishes = reminders.wishes_of(web.db(), user.id)
    usual = ReminderForm(formdata=None, enabled=True, weekday=wishes.weekday, hour=wishes.hour, timezone=user.timezone)
    if form is None and "weekday" in request.args:  # somebody comes back to it
        form = ReminderForm(formdata=request.args, meta={"csrf": False})
    return web.page(
        "enrolment/first_mail.html",
        status,
        path=path,
        form=form or usual,
        usual=usual.describe(),
        fields=as_fields(path, choices),
        preview=draft,
        finish=words.day(draft.plan.finish_on),
        confirmed=user.email_confirmed_at is not None,
    )
