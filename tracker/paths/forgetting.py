"""What becomes of own paths when their owner's account goes: a step that never commits."""

from __future__ import annotations

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from tracker.models import Enrolment, OwnPath


def forget_paths(session: Session, user_id: int) -> None:
    """Deletes the paths of this account that nobody else is on; the others stay, without an owner."""
    others = exists().where(Enrolment.path == OwnPath.slug, Enrolment.user_id != user_id)
    session.execute(delete(OwnPath).where(OwnPath.owner_id == user_id, ~others))
