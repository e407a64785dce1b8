"""The days on which somebody may have done something: up to today, and not before anybody could have."""

from __future__ import annotations

import datetime as dt

from tracker.errors import InvalidInput
from tracker.language import gettext

EARLIEST = dt.date(1990, 1, 1)


def check_day(day: dt.date, today: dt.date, field: str) -> None:
    """Raises InvalidInput for a day on which nothing can have been done yet, or that is a slip."""
    if day > today:
        raise InvalidInput(gettext("That day is still to come: choose today or an earlier day."), field)
    if day < EARLIEST:
        raise InvalidInput(gettext("Choose a day from %(year)s on.", year=EARLIEST.year), field)
