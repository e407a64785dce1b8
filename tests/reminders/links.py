"""Following a link of a mail, as a person without a log-in does."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Settings
from tracker.models import ReminderPreference, User
from tracker.reminders.tokens import Act, links_of

WEEK = "2027-W09"
"""That of the mail: the week of NOW."""
ABOUT: dict[Act, tuple[str, ...]] = {
    "done": ("ml-engineer", "numpy"),
    "snooze": (WEEK,),
    "pause": (WEEK, "2"),
    "slot": (),
    "weekly": (),
}


def link(settings: Settings, user: User, act: Act, *about: str) -> str:
    """The address without its host; about what ABOUT says unless told otherwise."""
    return urlsplit(links_of(settings, user)(act, *(about or ABOUT[act]))).path


def said(answer: TestResponse) -> str:
    """What a person reads, on one line."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r"\s+([,.:])", r"\1", " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split()))


def preference(session: Session, user: User) -> ReminderPreference:
    """As it is in the database."""
    return session.get_one(ReminderPreference, user.id, populate_existing=True)
