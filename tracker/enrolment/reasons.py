"""Why a plan was made. A revision keeps it in English; it is said in the language of whoever looks at it."""

from __future__ import annotations

import datetime as dt
import re

from tracker import words
from tracker.language import gettext, gettext_noop

WAYS = {
    "move-finish": gettext_noop("Moved the finish"),
    "add-hours": gettext_noop("More hours a week"),
    "fewer-hours": gettext_noop("Fewer hours a week"),
    "drop-optional": gettext_noop("Left optional milestones for later"),
    "take-break": gettext_noop("Took a break"),
}
"""Of the ways to go on with a plan."""
ADDED = gettext_noop("Added your own: %(what)s")
CHANGED = gettext_noop("Changed your own: %(what)s")
CREDIT_BACK = gettext_noop("Took the credit of phase %(what)s back")
BY_MAIL = gettext_noop("Pause, by the mail of the week of %(what)s")
A_DAY = "%d %B %Y"
"""How BY_MAIL is kept, whoever asked for the pause: 1 March 2027."""


def of_mail(monday: dt.date) -> str:
    """The reason of a pause that was asked for in the mail of a week."""
    return BY_MAIL % {"what": f"{monday.day} {monday:%B %Y}"}


def said(reason: str) -> str:
    """The reason of a revision in words for its learner."""
    for sentence in (ADDED, CHANGED, CREDIT_BACK, BY_MAIL):
        before, after = sentence.split("%(what)s")
        found = re.fullmatch(f"{re.escape(before)}(.*){re.escape(after)}", reason, re.DOTALL)
        if found:
            return gettext(sentence, what=_day(found[1]) if sentence == BY_MAIL else found[1])
    return gettext(reason) if reason else ""


def _day(text: str) -> str:
    return words.day(dt.datetime.strptime(text, A_DAY).date())  # noqa: DTZ007  # a day and no instant
