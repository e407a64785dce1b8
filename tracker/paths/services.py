"""Uploading a path of one's own, looking at it before it is kept, sharing it, replacing it, deleting it."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from tracker.catalog.loader import CatalogError, Fault
from tracker.db import transaction
from tracker.errors import InvalidInput
from tracker.language import gettext, ngettext
from tracker.meanwhile import check_mark
from tracker.models import Enrolment, OwnPath, User
from tracker.paths.queries import learners_on, own_for
from tracker.paths.reading import PREFIX, own_path
from tracker.progress.orphans import orphans

MAX_PATHS = 20


def upload(session: Session, *, user_id: int, text: str, name: str, now: dt.datetime, slug: str = "") -> str:
    """Keeps a sound text as a draft to look at, of a new path or of a new version of ``slug``; answers the slug.

    The same text sent again, while it waits to be looked at, is the same path. Raises CatalogError with every fault
    and its line: also where a new version would take something from somebody who is on the path. InvalidInput where
    somebody has too many.
    """
    path = own_path(text, slug or new_slug(), name)
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)
        if slug:
            row = own_for(session, user_id, slug, lock=True)
            if lost := orphans(session, path):
                raise CatalogError(Fault(name, 1, sentence[:1].upper() + sentence[1:]) for sentence in lost)
            row.draft, row.updated_at = text, now
            return row.slug
        same = select(OwnPath.slug).where(OwnPath.owner_id == user_id, OwnPath.text == "", OwnPath.draft == text)
        if waiting := session.scalar(same.limit(1)):
            return waiting
        mine = select(func.count()).select_from(OwnPath).where(OwnPath.owner_id == user_id)
        if (session.scalar(mine) or 0) >= MAX_PATHS:
            raise InvalidInput(
                gettext("You have %(most)s paths of your own. Delete one first.", most=MAX_PATHS), "file"
            )
        row = OwnPath(slug=path.slug, owner_id=user_id, title=path.title, draft=text, created_at=now, updated_at=now)
        session.add(row)
        return path.slug


def new_slug() -> str:
    """An address that nobody guesses: 128 random bits."""
    return PREFIX + secrets.token_hex(16)


def keep(session: Session, *, user_id: int, slug: str, now: dt.datetime, seen: str = "") -> None:
    """Puts the draft to use; keeping twice is the same. Who is on the path is offered the new version.

    Raises CatalogError where somebody did something in between that the draft would take from them, Conflict where it
    is another draft than the one whose mark is ``seen``.
    """
    with transaction(session):
        row = own_for(session, user_id, slug, lock=True)
        if row.draft is None:
            return
        check_mark(seen, row.draft)
        path = own_path(row.draft, slug)
        if lost := orphans(session, path):
            raise CatalogError(Fault(gettext("your file"), 1, sentence) for sentence in lost)
        row.text, row.version, row.title, row.draft, row.updated_at = row.draft, path.version, path.title, None, now


def discard(session: Session, *, user_id: int, slug: str) -> None:
    """Throws the draft away, and the path with it where no version was kept yet."""
    with transaction(session):
        row = own_for(session, user_id, slug, lock=True)
        row.draft = None
        if not row.text:
            session.delete(row)


def share(session: Session, *, user_id: int, slug: str, shared: bool) -> None:
    """Lets others open its address, or not any more; who is on it keeps it."""
    with transaction(session):
        own_for(session, user_id, slug, lock=True).shared = shared


def delete_path(session: Session, *, user_id: int, slug: str) -> str:
    """Deletes it and answers its title. Raises InvalidInput while anybody is on it."""
    with transaction(session):
        row = own_for(session, user_id, slug, lock=True)
        count = learners_on(session, slug)
        if count:
            here = select(Enrolment.id).where(Enrolment.path == slug, Enrolment.user_id == user_id)
            own = session.scalar(here.where(Enrolment.left_at.is_(None))) is not None
            raise InvalidInput(_still_used(count, own=own))
        title = row.title
        session.delete(row)
        return title


def _still_used(count: int, *, own: bool) -> str:
    others = count - own
    if own and not others:
        return gettext("You are on this path. Leave it first, then you can delete it.")
    said = ngettext(
        "%(num)s learner is on this path, so it cannot be deleted.",
        "%(num)s learners are on this path, so it cannot be deleted.",
        others,
    )
    return f"{said} " + gettext("You can stop sharing it: nobody new comes, and those who are on it keep it.")


def drop_unowned(session: Session) -> int:
    """Deletes own paths of accounts that are gone, but for those that somebody still walks; answers how many."""
    used = exists().where(Enrolment.path == OwnPath.slug)
    with transaction(session):
        gone = session.scalars(delete(OwnPath).where(OwnPath.owner_id.is_(None), ~used).returning(OwnPath.id)).all()
    return len(gone)
