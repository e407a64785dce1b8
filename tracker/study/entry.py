"""One line into a study session: "45m pandas yesterday". Pure; what was understood is shown before it is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.days import check_day
from tracker.errors import InvalidInput
from tracker.language import gettext, lazy_gettext

DAY = dt.timedelta(days=1)
LONGEST = 24 * 60
BAD_LENGTH = lazy_gettext("A session has from 1 minute to 24 hours.")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SMALL_WORDS = frozenset("a an and at for from in of on the to with".split())

_HOURS = r"(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:hours?|hrs?|h)"
_MINUTES = r"(?P<minutes>\d{1,4})\s*(?:minutes?|mins?|m)\b"
DURATIONS = (
    re.compile(rf"\b{_HOURS}\s*(?P<minutes>\d{{1,2}})?\s*(?:minutes?|mins?|m)?\b", re.IGNORECASE),
    re.compile(r"\b(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)\b"),
    re.compile(rf"\b{_MINUTES}", re.IGNORECASE),
)
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
AGO = re.compile(r"\b(\d{1,3})\s+days?\s+ago\b", re.IGNORECASE)
NAMED_DAY = re.compile(r"\b(?:last\s+)?(" + "|".join(f"{w}|{w[:3]}" for w in WEEKDAYS) + r")\b", re.IGNORECASE)
DAY_MONTH = re.compile(r"\b(\d{1,2})\.?\s+(" + "|".join(MONTHS) + r")[a-z]*\b", re.IGNORECASE)
LEADING = re.compile(r"^(?:(?:of|on|for|with)\s+)+", re.IGNORECASE)
"""“2 hours of reading” is about reading."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says."""

    minutes: int
    on: dt.date
    milestone: str | None
    note: str


def understand(line: str, *, today: dt.date, milestones: Iterable[tuple[str, str]]) -> Entry:
    """The session that a line means; ``milestones`` are key and title. Raises InvalidInput with a sentence."""
    text = " ".join(line.split())
    minutes, text = _duration(text)
    on, text = _day(text, today)
    if not 1 <= minutes <= LONGEST:
        raise InvalidInput(str(BAD_LENGTH), "entry")
    check_day(on, today, "entry")
    words = LEADING.sub("", text.strip(" ,;:-–"))
    key = _milestone(words, milestones)
    return Entry(minutes, on, key, "" if key and _named(words) else words)


def _duration(text: str) -> tuple[int, str]:
    for pattern in DURATIONS:
        found = pattern.search(text)
        if found:
            parts = found.groupdict()
            hours = float((parts.get("hours") or "0").replace(",", "."))
            minutes = round(hours * 60) + int(parts.get("minutes") or 0)
            return minutes, (text[: found.start()] + " " + text[found.end() :]).strip()
    raise InvalidInput(gettext("Say how long, as in “45m pandas yesterday” or “1h30 on Monday”."), "entry")


def _day(text: str, today: dt.date) -> tuple[dt.date, str]:
    for pattern, read in ((ISO, _iso), (AGO, _ago), (DAY_MONTH, _day_month), (NAMED_DAY, _weekday)):
        found = pattern.search(text)
        if found:
            rest = text[: found.start()] + " " + text[found.end() :]
            return read(found, today), re.sub(r"\s+on\s*$|^\s*on\s+", " ", " ".join(rest.split()))
    for word, back in (("yesterday", 1), ("today", 0), ("tomorrow", -1)):
        found = re.search(rf"\b{word}\b", text, re.IGNORECASE)
        if found:
            return today - back * DAY, " ".join((text[: found.start()] + " " + text[found.end() :]).split())
    return today, text


def _iso(found: re.Match[str], _today: dt.date) -> dt.date:
    return _date(int(found[1]), int(found[2]), int(found[3]))


def _ago(found: re.Match[str], today: dt.date) -> dt.date:
    return today - int(found[1]) * DAY


def _day_month(found: re.Match[str], today: dt.date) -> dt.date:
    month = MONTHS.index(found[2].lower()) + 1
    day = _date(today.year, month, int(found[1]))
    return day if day <= today else _date(today.year - 1, month, int(found[1]))


def _weekday(found: re.Match[str], today: dt.date) -> dt.date:
    """The last one before today: nobody writes "Monday" on a Monday and means today."""
    wanted = next(n for n, name in enumerate(WEEKDAYS) if name.startswith(found[1].lower()[:3]))
    return today - ((today.weekday() - wanted - 1) % 7 + 1) * DAY


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as fault:
        raise InvalidInput(gettext("There is no %(date)s.", date=f"{day}.{month}.{year}"), "entry") from fault


def _named(words: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9+#]+", words.lower()) if word not in SMALL_WORDS]


def _milestone(words: str, milestones: Iterable[tuple[str, str]]) -> str | None:
    """The milestone whose title or key has all the words; the shortest title where several do."""
    wanted = _named(words)
    if not wanted:
        return None
    fitting = [
        (len(title), key)
        for key, title in milestones
        if all(any(own.startswith(word) for own in _named(f"{title} {key.replace('-', ' ')}")) for word in wanted)
    ]
    return min(fitting)[1] if fitting else None
