"""A learner's own links on a milestone."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.catalog.schema import Milestone, Path
from tracker.db import transaction
from tracker.enrolment.queries import enrolment_for
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext
from tracker.meanwhile import check_mark
from tracker.models import MilestoneLink, User
from tracker.progress.services import milestone_in
from tracker.weblinks import checked_link

MAX_LINKS = 20
MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Link:
    """One link as it is shown."""

    id: int
    url: str
    title: str

    @property
    def text(self) -> str:
        """What is clicked: the title, else the address without its beginning."""
        return self.title or self.url.split("://", 1)[1].removesuffix("/")


def links_on(session: Session, *, user_id: int, path: Path, milestone: Milestone) -> Sequence[Link]:
    """This learner's links on a milestone, also from when it was called otherwise, oldest first."""
    rows = session.scalars(
        select(MilestoneLink)
        .where(
            MilestoneLink.user_id == user_id,
            MilestoneLink.path == path.slug,
            MilestoneLink.milestone.in_(milestone.names),
        )
        .order_by(MilestoneLink.id)
    )
    return [Link(row.id, row.url, row.title) for row in rows]


def add_link(session: Session, *, user_id: int, path: Path, key: str, url: str, title: str, now: dt.datetime) -> None:
    """Keeps a link; the same address twice is one. Raises InvalidInput with the field's name."""
    milestone = milestone_in(path, key)
    url, title = checked_link(url), _checked_title(title)
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)  # two that arrive together are counted one by one
        enrolment_for(session, user_id, path.slug)
        mine = (
            MilestoneLink.user_id == user_id,
            MilestoneLink.path == path.slug,
            MilestoneLink.milestone.in_(milestone.names),
        )
        present = session.scalar(select(MilestoneLink).where(*mine, MilestoneLink.url == url))
        if present is not None:
            present.title = title or present.title
            return
        if (session.scalar(select(func.count()).select_from(MilestoneLink).where(*mine)) or 0) >= MAX_LINKS:
            raise InvalidInput(
                gettext("A milestone holds %(most)s links of yours. Delete one first.", most=MAX_LINKS), "url"
            )
        session.add(
            MilestoneLink(
                user_id=user_id, path=path.slug, milestone=milestone.key, url=url, title=title, created_at=now
            )
        )


def change_link(
    session: Session, *, user_id: int, path: Path, number: int, url: str, title: str, seen: str = ""
) -> None:
    """Corrects a link. Raises NotFound for a stranger's; Conflict where it is not the one ``seen`` any more."""
    url, title = checked_link(url), _checked_title(title)
    with transaction(session):
        session.get_one(User, user_id, with_for_update=True)
        row = link_for(session, user_id=user_id, path=path, number=number)
        if (row.url, row.title) != (url, title):
            check_mark(seen, row.url, row.title)
        row.url, row.title = url, title


def delete_link(session: Session, *, user_id: int, path: Path, number: int) -> Link:
    """Deletes a link and answers what it was, so that it can be brought back."""
    with transaction(session):
        row = link_for(session, user_id=user_id, path=path, number=number)
        gone = Link(row.id, row.url, row.title)
        session.delete(row)
        return gone


def link_for(session: Session, *, user_id: int, path: Path, number: int) -> MilestoneLink:
    """One link of this learner; raises NotFound."""
    row = session.scalar(
        select(MilestoneLink).where(
            MilestoneLink.id == number, MilestoneLink.user_id == user_id, MilestoneLink.path == path.slug
        )
    )
    if row is None:
        raise NotFound
    return row


def _checked_title(text: str) -> str:
    title = " ".join(text.split())
    if len(title) > MAX_TITLE:
        raise InvalidInput(
            gettext(
                "A title has at most %(most)s characters; this one has %(count)s.", most=MAX_TITLE, count=len(title)
            ),
            "title",
        )
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Cf", "Co", "Cn") for letter in title):
        raise InvalidInput(gettext("A title has no invisible characters."), "title")
    return title
