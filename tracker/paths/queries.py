"""Reading own paths. Who may not see one is told that there is none."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tracker.catalog.loader import CatalogError
from tracker.catalog.schema import Catalog, Path
from tracker.errors import NotFound
from tracker.models import Enrolment, OwnPath
from tracker.paths.reading import own_path

log = logging.getLogger(__name__)

REMEMBERED = 64
_read: OrderedDict[tuple[str, str], Path] = OrderedDict()
"""Own paths that were read lately, by slug and version: a version never changes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An own path as somebody may see it."""

    row: OwnPath
    path: Path | None
    """None before a first version is kept."""
    is_mine: bool


def kept(session: Session, versions: Mapping[str, str]) -> Mapping[str, Path]:
    """The own paths of these slugs at these versions; one query where any of them was not read lately."""
    missing = [slug for slug, version in versions.items() if version and (slug, version) not in _read]
    if missing:
        rows = session.execute(select(OwnPath.slug, OwnPath.version, OwnPath.text).where(OwnPath.slug.in_(missing)))
        for slug, version, text in rows:
            _remember(slug, version, text)
    return {slug: _read[slug, version] for slug, version in versions.items() if (slug, version) in _read}


def _remember(slug: str, version: str, text: str) -> None:
    try:
        _read[slug, version] = own_path(text, slug)
    except CatalogError:  # it was sound once: the rules have changed since
        log.exception("the own path %s cannot be read any more", slug)
    while len(_read) > REMEMBERED:
        _read.popitem(last=False)


def visible_path(session: Session, catalog: Catalog, user_id: int | None, slug: str) -> Path:
    """A shipped path, or an own one that this person may see; raises NotFound."""
    shipped = catalog.path(slug)
    if shipped is not None:
        return shipped
    path = shown(session, catalog, user_id, slug).path
    if path is None:
        raise NotFound
    return path


def shown(session: Session, catalog: Catalog, user_id: int | None, slug: str) -> Shown:
    """An own path that is theirs, is shared, or that they are or were on; raises NotFound for any other."""
    row = session.scalar(select(OwnPath).where(OwnPath.slug == slug))
    if row is None:
        raise NotFound
    is_mine = user_id is not None and row.owner_id == user_id
    if not (is_mine or (row.shared and row.text) or (user_id is not None and _knows(session, user_id, slug))):
        raise NotFound
    path = kept(session, {slug: row.version}).get(slug)
    return Shown(row, path.beside(catalog.paths.values()) if path else None, is_mine)


def _knows(session: Session, user_id: int, slug: str) -> bool:
    on_it = select(Enrolment.id).where(Enrolment.user_id == user_id, Enrolment.path == slug)
    return session.scalar(on_it.limit(1)) is not None


def own_for(session: Session, user_id: int, slug: str, *, lock: bool = False) -> OwnPath:
    """One that belongs to this person; raises NotFound for anybody else's."""
    found = select(OwnPath).where(OwnPath.slug == slug, OwnPath.owner_id == user_id)
    row = session.scalar(found.with_for_update() if lock else found)
    if row is None:
        raise NotFound
    return row


def own_paths(session: Session, catalog: Catalog, user_id: int) -> Sequence[Path]:
    """The own paths that this person wrote or is on, as they are now, in the order in which they were made."""
    on_it = select(Enrolment.path).where(Enrolment.user_id == user_id, Enrolment.left_at.is_(None))
    theirs = or_(OwnPath.owner_id == user_id, OwnPath.slug.in_(on_it))
    rows = session.execute(select(OwnPath.slug, OwnPath.version).where(theirs, OwnPath.text != "").order_by(OwnPath.id))
    versions = {row.slug: row.version for row in rows}
    found = kept(session, versions)
    return [found[slug].beside(catalog.paths.values()) for slug in versions if slug in found]


def owned_by(session: Session, user_id: int) -> Sequence[OwnPath]:
    """All that this person uploaded, the newest first."""
    return session.scalars(select(OwnPath).where(OwnPath.owner_id == user_id).order_by(OwnPath.id.desc())).all()


def learners_on(session: Session, slug: str) -> int:
    """How many are on this path now."""
    on_it = select(func.count()).select_from(Enrolment).where(Enrolment.path == slug, Enrolment.left_at.is_(None))
    return session.scalar(on_it) or 0
