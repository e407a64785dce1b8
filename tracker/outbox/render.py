"""Mail bodies from templates, without Flask: ``templates/emails/<kind>.{subject.txt,txt,html}``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from config import SHIPPED, Settings
from tracker import language, words
from tracker.models import OutboxMail, User
from tracker.outbox.styles import styler

EMAILS = SHIPPED / "templates" / "emails"


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says. ``unsubscribe`` is the https address for List-Unsubscribe: reminders only."""

    subject: str
    text: str
    html: str
    unsubscribe: str = ""


class Skip(Exception):
    """The mail has no point any more; the text says why, to be read by the learner."""


Composer = Callable[[Session, OutboxMail, User, dt.datetime], Content]
"""Makes a mail from live data at the moment of sending; raises Skip."""
Composers = Mapping[str, Composer]
Addressed = tuple[OutboxMail, User]


@runtime_checkable
class BatchComposer(Protocol):
    """A composer that reads for a whole batch at once, so that a batch costs a fixed number of queries."""

    def __call__(self, session: Session, mail: OutboxMail, user: User, now: dt.datetime) -> Content:
        """One mail, read and written."""

    def read(self, session: Session, batch: Sequence[Addressed], now: dt.datetime) -> Sequence[Callable[[], Content]]:
        """Reads for all; each answer writes one mail, or raises Skip, and touches the database no more."""


class _Templates(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of the environment as they are: Jinja's own view of them is copied name by name for each mail."""
        return {**self.globals, **d} if d else self.globals


class Renderer:
    """The templates of one installation; made once, used by all senders."""

    def __init__(self, settings: Settings) -> None:
        self._env = _Templates(
            loader=FileSystemLoader(EMAILS),
            autoescape=select_autoescape(("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,  # else each mail asks the disk whether a template has changed
        )
        language.install(self._env)
        self._env.filters |= {function.__name__: function for function in words.FILTERS}
        self._env.globals |= {"site_name": settings.site_name, "base_url": settings.base_url}
        self._styled = styler((EMAILS / "_styles.css").read_text())

    def content(self, kind: str, *, unsubscribe: str = "", **context: Any) -> Content:
        """Subject (one line), text and HTML with its styles inlined; the dark-mode rules stay in the head."""
        context["unsubscribe"] = unsubscribe
        subject = " ".join(self._render(f"{kind}.subject.txt", context).split())
        html = self._styled(self._render(f"{kind}.html", context))
        return Content(subject, self._render(f"{kind}.txt", context), html, unsubscribe)

    def _render(self, template: str, context: dict[str, Any]) -> str:
        return self._env.get_template(template).render(context)
