"""One value of an import, checked against the column that it is for."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any, NoReturn

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, String

from tracker.db import UTC
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.progress.overview import STATES

Value = Any
MAX_TEXT = 64 * 1024
MAX_INTEGER = 2**31 - 1
YEARS = range(1970, 2200)


WORDS = {
    "state": frozenset(STATES),
    "from_state": frozenset(STATES),
    "to_state": frozenset(STATES),
    "door": frozenset({"page", "api", "mail", "import"}),
}
RANGES = {
    "weekday": (0, 6),
    "hour": (0, 23),
    "minutes": (1, 1440),
    "hours_per_week": (0.5, 168),
    "number": (1, 100_000),
}
"""What the columns of these names may hold: pages rely on it."""


def value_of(column: Column[Any], given: Any, where: str, *, from_text: bool = False) -> Value:
    """The value as the database takes it; ``from_text`` for CSV, where everything is text. Raises InvalidInput."""
    if given is None:
        return _missing(column, where, from_text)
    made = _typed(column, given, where, from_text)
    if column.name in WORDS and made not in WORDS[column.name]:
        _refuse(
            where,
            gettext("“%(made)s” is not one of %(words)s", made=made[:40], words=", ".join(sorted(WORDS[column.name]))),
        )
    low, high = RANGES.get(column.name, (-math.inf, math.inf))
    if isinstance(made, int | float) and not low <= made <= high:
        _refuse(where, gettext("should be from %(low)s to %(high)s", low=f"{low:g}", high=f"{high:g}"))
    return made


def _typed(column: Column[Any], given: Any, where: str, from_text: bool) -> Value:
    kind = column.type
    if from_text and not isinstance(kind, String | Date | UTC):
        given = _parsed(given, where)
    if isinstance(kind, Boolean):
        return given if isinstance(given, bool) else _refuse(where, gettext("should be true or false"))
    if isinstance(kind, Integer):
        return _integer(given, where)
    if isinstance(kind, Float):
        return _number(given, where)
    if isinstance(kind, JSON):
        return given if isinstance(given, list | dict) else _refuse(where, gettext("should be a list or an object"))
    if not isinstance(given, str):
        _refuse(where, gettext("should be text"))
    if isinstance(kind, UTC):
        return _instant(given, where)
    if isinstance(kind, Date):
        return _day(given, where)
    return _text(given, getattr(kind, "length", None) or MAX_TEXT, where)


def _refuse(where: str, what: str) -> NoReturn:
    raise InvalidInput(gettext("%(where)s: %(what)s.", where=where[:1].upper() + where[1:], what=what), "file")


def _missing(column: Column[Any], where: str, from_text: bool) -> Value:
    if column.nullable:
        return None
    if from_text and isinstance(column.type, String):  # CSV cannot tell an empty text from none
        return ""
    return _refuse(where, gettext("is missing"))


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(
            text, parse_constant=lambda name: _refuse(where, gettext("%(name)s is not a number", name=name))
        )
    except (ValueError, RecursionError):
        return _refuse(where, gettext("“%(text)s” cannot be read", text=text[:40]))


def _integer(given: Any, where: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        _refuse(where, gettext("should be a whole number"))
    if not 0 <= given <= MAX_INTEGER:
        _refuse(where, gettext("should be from %(low)s to %(high)s", low=0, high=MAX_INTEGER))
    return given


def _number(given: Any, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or abs(given) > MAX_INTEGER:
        _refuse(where, gettext("should be a number of sensible size"))
    return float(given) if math.isfinite(given) else _refuse(where, gettext("should be a number"))


def _instant(given: str, where: str) -> dt.datetime:
    try:
        made = dt.datetime.fromisoformat(given)
    except ValueError:
        _refuse(where, gettext("“%(given)s” should be a time such as 2027-03-01T09:00:00Z", given=given[:40]))
    if made.tzinfo is None or made.year not in YEARS:
        _refuse(where, gettext("“%(given)s” should be a time with its zone, of our days", given=given[:40]))
    return made.astimezone(dt.UTC)


def _day(given: str, where: str) -> dt.date:
    try:
        made = dt.date.fromisoformat(given)
    except ValueError:
        _refuse(where, gettext("“%(given)s” should be a date such as 2027-03-01", given=given[:40]))
    return (
        made
        if made.year in YEARS
        else _refuse(where, gettext("“%(given)s” is not a date of our days", given=given[:40]))
    )


def _text(given: str, longest: int, where: str) -> str:
    if len(given) > longest:
        _refuse(where, gettext("is longer than %(longest)s characters", longest=longest))
    try:
        given.encode()
    except UnicodeEncodeError:
        _refuse(where, gettext("holds half a character (a lone surrogate)"))
    return given if "\0" not in given else _refuse(where, gettext("holds a NUL character"))
