"""A learner's private note on a milestone."""

from __future__ import annotations

import datetime as dt
import unicodedata

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.catalog.schema import Path
from tracker.db import transaction
from tracker.enrolment.queries import enrolment_for
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.meanwhile import check_mark
from tracker.models import MilestoneNote, User
from tracker.progress.overview import MAX_NOTE
from tracker.progress.queries import note_on
from tracker.progress.services import milestone_in


def write_note(
    session: Session, *, user_id: int, path: Path, key: str, body: str, now: dt.datetime, seen: str = ""
) -> None:
    """Keeps the private note as it was typed; an empty one is deleted. Raises InvalidInput when it cannot be kept.

    ``seen``: the mark of the note that the form showed. Raises Conflict where another text has taken its place since.
    """
    milestone = milestone_in(path, key)
    body = _checked(body.replace("\r\n", "\n"))
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)  # two that arrive together come one after the other
        enrolment_for(session, user_id, path.slug)
        present = note_on(session, user_id=user_id, path=path, milestone=milestone)
        if present != body:
            check_mark(seen, present)
        old = (MilestoneNote.user_id == user_id, MilestoneNote.path == path.slug)
        session.execute(delete(MilestoneNote).where(*old, MilestoneNote.milestone.in_(milestone.formerly)))
        note = session.get(MilestoneNote, (user_id, path.slug, milestone.key))
        if note is None and body:
            session.add(
                MilestoneNote(user_id=user_id, path=path.slug, milestone=milestone.key, body=body, updated_at=now)
            )
        elif note is not None and body:
            note.body, note.updated_at = body, now
        elif note is not None:
            session.delete(note)


def _checked(body: str) -> str:
    """Empty where there is nothing to see in it."""
    if len(body) > MAX_NOTE:
        raise InvalidInput(
            gettext(
                "A note holds at most %(most)s characters; this one has %(count)s.", most=MAX_NOTE, count=len(body)
            ),
            "body",
        )
    if "\x00" in body:
        raise InvalidInput(gettext("A note cannot hold a NUL character."), "body")
    if any(unicodedata.category(letter) == "Cs" for letter in body):
        raise InvalidInput(gettext("A note cannot hold half of a character."), "body")
    return body if any(unicodedata.category(letter)[0] not in "CZ" for letter in body) else ""
