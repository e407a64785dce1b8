"""A learner's own text as a path, and what it adds up to: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.catalog.loader import CatalogError, Fault, load_text
from tracker.catalog.reading import BadText, decode
from tracker.catalog.schema import Path
from tracker.language import gettext
from tracker.planning import DAYS_A_MONTH

PREFIX = "own-"
SLUG = re.compile(r"own-[0-9a-f]{32}")


def own_path(text: str, slug: str, name: str = "your file") -> Path:
    """The path of this text at the address ``slug``, whatever slug the text has. Raises CatalogError with lines."""
    # a copy of a shipped file has its career guide; that belongs to the site and not to somebody's path
    return load_text(text, name).changed(slug=slug, guide=None)


def text_of(content: bytes, name: str) -> str:
    """An uploaded file as text. Raises CatalogError where it is too large or not UTF-8."""
    try:
        text = decode(content)
    except BadText as fault:
        raise CatalogError([Fault(name, fault.line, fault.message)]) from fault
    if not text.strip():
        raise CatalogError([Fault(name, 1, gettext("There is nothing in this file."))])
    return text.removeprefix("\ufeff")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a path adds up to for somebody who begins at its beginning."""

    hours: float
    milestones: int
    phases: int
    months: float
    hours_per_week: float


def totals(path: Path, hours_per_week: float) -> Totals:
    """Months at these hours a week."""
    months = path.hours / hours_per_week * 7 / DAYS_A_MONTH
    return Totals(path.hours, len(path.active), len(path.phases), months, hours_per_week)
