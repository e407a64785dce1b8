"""How versions of paths looked that plans were made from: kept small, and only to say what a newer version changes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.catalog.changes import Outline, Step, outline
from tracker.catalog.schema import Path
from tracker.models import PathOutline


def note_outline(session: Session, path: Path) -> None:
    """Keeps the outline of this version, once; never commits. Two that note it together are no trouble."""
    if session.get(PathOutline, (path.slug, path.version)) is not None:
        return
    steps = {key: [step.title, step.phase, step.hours] for key, step in outline(path).items()}
    try:
        with session.begin_nested():
            session.add(PathOutline(path=path.slug, version=path.version, steps=steps))
    except IntegrityError:
        pass


def outline_of(session: Session, path: str, version: str) -> Outline:
    """How a version looked; empty where no plan was made from it since outlines are kept."""
    steps = session.scalar(select(PathOutline.steps).where(PathOutline.path == path, PathOutline.version == version))
    return {key: Step(title, phase, hours) for key, (title, phase, hours) in (steps or {}).items()}
