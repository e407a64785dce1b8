"""Bringing an export in: kept as a draft until the learner has seen what is in it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker import clock, locales
from tracker.accounts.addresses import sound_zone
from tracker.accounts.events import record
from tracker.accounts.visit import Visit
from tracker.catalog.loader import CatalogError
from tracker.catalog.schema import Catalog
from tracker.data.export import rows_of
from tracker.data.reading import Row, Upload, refuse
from tracker.data.tables import Owned, carried
from tracker.db import transaction
from tracker.enrolment.paths import learned_path
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.models import (
    Enrolment,
    ImportDraft,
    MilestoneLink,
    OwnPath,
    User,
)
from tracker.paths.reading import SLUG, own_path
from tracker.progress.queries import overview
from tracker.weblinks import checked_link

Counts = Mapping[str, int]
DRAFT_FOR = dt.timedelta(days=1)


@dataclass(frozen=True)
class Imported:
    """How many records came in, and how many were here already, by kind."""

    added: Counts
    known: Counts

    @property
    def total(self) -> int:
        """All that came in."""
        return sum(self.added.values())


@dataclass(frozen=True)
class Draft:
    """A file that waits for a yes, and what trying it out has shown."""

    text: str
    preview: Imported


def keep_draft(session: Session, *, user_id: int, text: str, preview: Imported, now: dt.datetime) -> None:
    """Keeps an uploaded file until the learner has seen what is in it.

    What is in it goes before it, in a line of its own: working it out anew for each look at the page would keep
    everybody else from writing for seconds.
    """
    first = json.dumps([preview.added, preview.known])
    with transaction(session):
        session.merge(ImportDraft(user_id=user_id, body=f"{first}\n{text}", created_at=now))


def drop_draft(session: Session, *, user_id: int) -> None:
    """Forgets it."""
    with transaction(session):
        session.execute(delete(ImportDraft).where(ImportDraft.user_id == user_id))


def forget_drafts(session: Session, *, now: dt.datetime) -> None:
    """Uploads that nobody said yes to within a day."""
    with transaction(session):
        session.execute(delete(ImportDraft).where(ImportDraft.created_at < now - DRAFT_FOR))


def draft_of(session: Session, user_id: int) -> Draft | None:
    """The file that waits for a yes."""
    body = session.scalar(select(ImportDraft.body).where(ImportDraft.user_id == user_id))
    if body is None:
        return None
    try:
        first, text = body.split("\n", 1)
        return Draft(text, Imported(*json.loads(first)))
    except (ValueError, TypeError):  # kept by an older version, which wrote the file alone
        return None


def bring_in(
    session: Session, *, user_id: int, upload: Upload, catalog: Catalog, now: dt.datetime, try_only: bool = False,
    visit: Visit | None = None,
) -> Imported:  # fmt: skip
    """Adds what is not here yet; what is here stays as it is. All or nothing: raises InvalidInput and changes nothing.

    ``try_only`` does all of it and takes it back: for the preview. The same file again adds nothing.
    """
    try:
        with transaction(session):
            step = session.begin_nested()
            user = session.get_one(User, user_id, with_for_update=True)
            for name, value in upload.account.items():
                _set_of_account(user, name, value)
            done = _Import(session, user_id).run(upload)
            session.flush()
            _check(session, user, catalog, now)
            if try_only:
                step.rollback()
            else:
                session.execute(delete(ImportDraft).where(ImportDraft.user_id == user_id))
                record(session, "data-imported", user_id=user_id, now=now, visit=visit)
    except IntegrityError as fault:
        raise InvalidInput(
            gettext("The file contradicts itself: two records say different things of one."), "file"
        ) from fault
    return done


def _set_of_account(user: User, name: str, value: Any) -> None:
    if name == "timezone":
        user.timezone = sound_zone(value)
    elif name == "locale" and value in locales.offered():  # the other server may speak more languages
        user.locale = value
    elif name == "current_path" and user.current_path is None:
        user.current_path = value


class _Import:
    """Row after row, parents first; ids are the database's own, so that a file can name nobody else's."""

    def __init__(self, session: Session, user_id: int) -> None:
        self.session, self.user_id = session, user_id
        self.new_ids: dict[str, dict[Any, int]] = {}
        self.added: dict[str, int] = {}
        self.known: dict[str, int] = {}

    def run(self, upload: Upload) -> Imported:
        for each in carried():
            self._table(each, upload.records.get(each.name, ()))
        return Imported(self.added, self.known)

    def _table(self, each: Owned, rows: Sequence[Row]) -> None:
        mine = self.session.execute(rows_of(each, self.user_id)).mappings().all()
        here = _Here(each, [*mine, *self._of_others(each, rows)])
        fresh, skipped = [], 0
        for row in rows:
            made = self._adopted(each, row)
            if made is None or here.knows(made):
                skipped += 1
            else:
                fresh.append((row, made))
        if each.referenced:
            ids = self.new_ids.setdefault(each.name, {})
            for row, made in fresh:
                done = self.session.execute(insert(each.table).values(**made).returning(each.table.columns["id"]))
                ids[row["id"]] = done.scalar_one()
        elif fresh:
            self.session.execute(insert(each.table), [made for _, made in fresh])
        self.added[each.name], self.known[each.name] = len(fresh), skipped

    def _of_others(self, each: Owned, rows: Sequence[Row]) -> Sequence[Mapping[Any, Any]]:
        """What only one row on this server may have, as the address of a path that others still walk: it is here."""
        names = [key[0] for key in each.unique if len(key) == 1 and key[0] != each.link.name]
        taken = [each.table.columns[name].in_([row[name] for row in rows]) for name in names]
        return self.session.execute(select(each.table).where(or_(*taken))).mappings().all() if taken and rows else ()

    def _adopted(self, each: Owned, row: Row) -> dict[str, Any] | None:
        """The row as this learner's own; None for one whose parent was here before and keeps its own children."""
        made = {name: value for name, value in row.items() if not (each.referenced and name == "id")}
        if each.parent is None:
            return made | {each.link.name: self.user_id}
        parent = self.new_ids.get(each.parent.name, {}).get(row[each.link.name])
        return None if parent is None else made | {each.link.name: parent}


class _Here:
    """What a learner has already in one table: a row is known by any of its unique keys, else by all that it says.

    Of rows that say the same (45 minutes twice on one day) as many are known as are here.
    """

    def __init__(self, each: Owned, rows: Sequence[Mapping[Any, Any]]) -> None:
        self._keys = tuple(each.unique)
        self._whole = tuple(column.name for column in each.table.columns if column.name != "id")
        self._taken = {mark for row in rows for mark in self._marks(row)}
        self._alike = Counter(_mark(row, self._whole) for row in rows)

    def _marks(self, row: Mapping[Any, Any]) -> Iterator[str]:
        return (_mark(row, key) for key in self._keys)

    def knows(self, row: Mapping[str, Any]) -> bool:
        """Whether it is here; a row of a file is asked about once."""
        if self._keys:
            known = any(mark in self._taken for mark in self._marks(row))
            self._taken.update(self._marks(row))
            return known
        mark = _mark(row, self._whole)
        self._alike[mark] -= 1
        return self._alike[mark] >= 0


def _mark(row: Mapping[Any, Any], key: tuple[str, ...]) -> str:
    return repr([(name, row[name]) for name in key])


def _check(session: Session, user: User, catalog: Catalog, now: dt.datetime) -> None:
    """What came in must make a page: a plan that cannot be read is refused here and not found out tomorrow."""
    today = clock.local_date(now, user.timezone)
    for url in session.scalars(select(MilestoneLink.url).where(MilestoneLink.user_id == user.id)):
        checked_link(url, "file")
    for row in session.scalars(select(OwnPath).where(OwnPath.owner_id == user.id)):
        _check_own_path(row)
    for enrolment in session.scalars(select(Enrolment).where(Enrolment.user_id == user.id)).all():
        slug, left_at = enrolment.path, enrolment.left_at
        enrolment.left_at = None  # a path that was left may be taken up again: its plan must be as good
        session.flush()
        try:
            path = learned_path(session, catalog, user.id, slug) or catalog.path(slug)
            if path is None:
                refuse(gettext("The path “%(slug)s” is not on this server.", slug=slug))
            overview(session, user_id=user.id, path=path, today=today)
        except InvalidInput:
            raise
        except Exception as fault:
            raise InvalidInput(
                gettext("The plan for “%(slug)s” in the file cannot be read: %(fault)s", slug=slug, fault=fault), "file"
            ) from fault
        enrolment.left_at = left_at


def _check_own_path(row: OwnPath) -> None:
    """As good as an upload: it must be sound, at an address as we give them, and the version that it says."""
    if not SLUG.fullmatch(row.slug):
        refuse(gettext("“%(slug)s” is no address of a path of one's own.", slug=row.slug))
    try:
        for text in (row.text, row.draft):
            path = own_path(text, row.slug, row.title) if text else None
            if path is not None and text == row.text and path.version != row.version:
                refuse(gettext("The path “%(title)s” in the file is not the version that it says.", title=row.title))
    except CatalogError as fault:
        raise InvalidInput(
            gettext(
                "The path “%(title)s” in the file cannot be used: %(faults)s", title=row.title, faults=fault.faults[0]
            ),
            "file",
        ) from fault


def note_export(session: Session, *, user_id: int, visit: Visit | None, now: dt.datetime) -> None:
    """Everything about somebody leaves in one file: the learner sees in the own log that it did."""
    with transaction(session):
        record(session, "data-exported", user_id=user_id, now=now, visit=visit)
