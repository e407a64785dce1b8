"""Milestones that learners add to their own plan: added, changed, dropped and brought back, each a revision."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from tracker.catalog.schema import MAX_HOURS, OWN, Path
from tracker.enrolment import reasons, ways
from tracker.enrolment.paths import with_own
from tracker.enrolment.revisions import Who, change
from tracker.enrolment.ways import Revised
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext, gettext_noop
from tracker.models import Enrolment
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

MAX_OWN = 50
MAX_TITLE = 80
MAX_LINES, MAX_LINE = 20, 300
LEAST_HOURS = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a learner says of a milestone of their own."""

    title: str
    hours: float
    phase: int
    done_when: tuple[str, ...] = ()


def add_own(session: Session, who: Who, wanted: Wanted) -> str:
    """Puts one more milestone into the plan; answers its key. Raises InvalidInput with the field's name."""
    wanted = _checked(who.path, wanted)
    key = OWN + secrets.token_hex(4)
    entry = {"key": key, "dropped": False} | _body(wanted, ())

    def added(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if sum(not each["dropped"] for each in own) >= MAX_OWN:
            raise InvalidInput(gettext("A plan holds %(most)s milestones of your own.", most=MAX_OWN), "title")
        return [*own, entry]

    same = replace(wanted, done_when=())
    _write(session, who, key, reasons.ADDED % {"what": wanted.title}, added, lambda view: _is_there(view, who, same))
    return key


def change_own(session: Session, who: Who, key: str, wanted: Wanted) -> None:
    """Another title, other hours, another phase, other lines; criteria that stay keep what was met."""
    wanted = _checked(who.path, wanted)

    def changed(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each | _body(wanted, each["done_when"]) if each["key"] == key else each for each in own]

    _write(session, who, key, reasons.CHANGED % {"what": wanted.title}, changed)


def drop_own(session: Session, who: Who, key: str) -> None:
    """Takes one out of the plan; with ``restore_own`` it is as it was. One that is done stays."""

    def dropped(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each | {"dropped": True} if each["key"] == key else each for each in own]

    _write(session, who, key, gettext_noop("Dropped one of your own"), dropped, lambda view: _is_dropped(view, key))


def restore_own(session: Session, who: Who, key: str) -> None:
    """Takes the dropping back."""

    def restored(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each | {"dropped": False} if each["key"] == key else each for each in own]

    _write(
        session,
        who,
        key,
        gettext_noop("Took one of your own up again"),
        restored,
        lambda view: not _is_dropped(view, key),
    )


def _write(
    session: Session,
    who: Who,
    key: str,
    reason: str,
    edit: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
    there: Callable[[Overview], bool] = lambda _: False,
) -> None:
    def make(view: Overview, enrolment: Enrolment) -> Revised:
        session.refresh(enrolment)
        enrolment.own = edit(enrolment.own)
        if all(each["key"] != key for each in enrolment.own):
            raise NotFound
        path = with_own(who.path, enrolment.own)
        session.flush()
        return ways.with_own(overview(session, user_id=who.user_id, path=path, today=who.today), key)

    change(session, who, reason[:200], make, there)


def _is_there(view: Overview, who: Who, wanted: Wanted) -> bool:
    """The same form sent twice adds one."""
    last = view.path.milestones[-1]
    same = (last.title, last.hours, last.phase) == (wanted.title, wanted.hours, wanted.phase)
    return view.revision == who.seen + 1 and last.is_own and not last.retired and same


def _is_dropped(view: Overview, key: str) -> bool:
    milestone = view.path.milestone(key)
    return milestone is not None and milestone.retired


def _body(wanted: Wanted, before: Sequence[Sequence[str]]) -> dict[str, Any]:
    """As it is kept. A line that was there keeps its key, for what is met names it."""
    keys = {text: key for key, text in before}
    number = max((int(key[1:]) for key, _ in before), default=0)
    lines = []
    for text in wanted.done_when:
        if text not in keys:
            number += 1
        lines.append([keys.get(text, f"c{number}"), text])
    return {"title": wanted.title, "hours": wanted.hours, "phase": wanted.phase, "done_when": lines}


def _checked(path: Path, wanted: Wanted) -> Wanted:
    title = " ".join(wanted.title.split())
    lines = tuple(dict.fromkeys(line for raw in wanted.done_when if (line := " ".join(raw.split()))))
    for text, field in ((title, "title"), *((line, "done_when") for line in lines)):
        if any(unicodedata.category(letter)[0] == "C" for letter in text):
            raise InvalidInput(gettext("This holds an invisible character; type it anew."), field)
    if not any(unicodedata.category(letter)[0] not in "MZ" for letter in title):
        raise InvalidInput(gettext("Give it a title."), "title")
    if len(title) > MAX_TITLE:
        said = gettext(
            "A title has at most %(most)s characters; this one has %(count)s.", most=MAX_TITLE, count=len(title)
        )
        raise InvalidInput(said, "title")
    if not LEAST_HOURS <= wanted.hours <= MAX_HOURS:
        said = gettext("Hours are a number from %(least)s to %(most)s.", least=LEAST_HOURS, most=MAX_HOURS)
        raise InvalidInput(said, "hours")
    if path.phase(wanted.phase) is None:
        raise InvalidInput(gettext("Choose one of the phases."), "phase")
    if len(lines) > MAX_LINES or any(len(line) > MAX_LINE for line in lines):
        said = gettext("At most %(lines)s lines of %(characters)s characters.", lines=MAX_LINES, characters=MAX_LINE)
        raise InvalidInput(said, "done_when")
    return replace(wanted, title=title, done_when=lines)
