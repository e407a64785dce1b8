"""How dates, hours and amounts read on pages and in mail. Pure functions, offered to templates as filters."""

from __future__ import annotations

import datetime as dt
import functools
import re
import textwrap
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval

from tracker import language
from tracker.language import lazy_gettext

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

LOCALE = "en_GB"
WAYS = {
    "move-finish": ("Move the finish", "The same hours a week; the dates move to where you are."),
    "add-hours": ("Add hours", "The same finish, with more hours a week from now on."),
    "fewer-hours": ("Fewer hours", "The same finish, with less to do each week."),
    "drop-optional": ("Leave some for later", "What your path lets wait leaves the plan. You can take it in again."),
    "take-break": ("Take a break", "Time off from today, then on as before."),
}
"""What the ways to go on with a plan are called, and what each does."""
FAR_DAYS, VERY_FAR_DAYS = 365, 5 * 365
"""Beyond these a forecast names months, and years: anything finer would be a show of exactness."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# Babel looks its patterns up anew for every date; a batch of mails names the same few weeks again and again.
_remembered = functools.lru_cache(maxsize=4096)


@_remembered
def day(value: dt.date) -> str:
    """8 March 2027"""
    return format_date(value, "d MMMM y", locale=LOCALE)


@_remembered
def short_day(value: dt.date) -> str:
    """8 Mar"""
    return format_date(value, "d MMM", locale=LOCALE)


@_remembered
def date(value: dt.date) -> str:
    """8 Mar 2027, where there is little room"""
    return format_date(value, "d MMM y", locale=LOCALE)


@_remembered
def long_day(value: dt.date) -> str:
    """Monday 8 March"""
    return format_date(value, "EEEE d MMMM", locale=LOCALE)


@_remembered
def month(value: dt.date) -> str:
    """March 2027"""
    return format_date(value, "MMMM y", locale=LOCALE)


def span(first: dt.date, last: dt.date) -> str:
    """8–14 March 2027, 28 February – 3 March 2027; one day alone is that day"""
    return day(first) if first == last else format_interval(first, last, "yMMMMd", locale=LOCALE)


def part_of_month(value: dt.date) -> str:
    """early, mid or late March 2027: as exact as a forecast can honestly be."""
    part = "early" if value.day <= 10 else "mid" if value.day <= 20 else "late"
    return f"{part} {month(value)}"


def outlook(days: Sequence[dt.date], today: dt.date) -> list[str]:
    """The days of a forecast, all in one grain: the nearer the last of them, the finer.

    early August 2027 within a year, August 2028 within some years, 2034 after that.
    """
    away = (max(days) - today).days
    if away <= FAR_DAYS:
        return [part_of_month(day) for day in days]
    return [month(day) if away <= VERY_FAR_DAYS else str(day.year) for day in days]


def months(count: float) -> str:
    """8.7, and 35 where a tenth of a month says nothing any more"""
    return f"{count:.1f}".removesuffix(".0") if count < 24 else f"{count:.0f}"


def hours(value: float) -> str:
    """7.5 h, 12 h, 1,040 h"""
    return f"{value:,.1f}".removesuffix(".0") + " h"


def minutes(count: int) -> str:
    """45 min, 1 h 30 min, 2 h"""
    whole, rest = divmod(count, 60)
    return " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))


def days(count: int) -> str:
    """1 day, 11 days"""
    return f"{count} day" if count == 1 else f"{count} days"


def due(due_on: dt.date, today: dt.date) -> str:
    """due today, due 14 Aug, 2 days late"""
    if due_on < today:
        return f"{days((today - due_on).days)} late"
    if due_on == today:
        return "due today"
    return f"due {short_day(due_on) if (due_on - today).days < 300 else month(due_on)}"


def due_day(value: dt.date, today: dt.date) -> str:
    """14 Aug, with the year where it is another one"""
    return short_day(value) if value.year == today.year else date(value)


def slot(instant: dt.datetime, timezone: str) -> str:
    """Monday 8 March, 08:00, Berlin"""
    local = instant.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{long_day(local.date())}, {local:%H:%M}, {place(timezone)}"


def moment(instant: dt.datetime, timezone: str) -> str:
    """8 March 2027, 08:00"""
    local = instant.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{day(local.date())}, {local:%H:%M}"


def place(timezone: str) -> str:
    """Berlin for Europe/Berlin"""
    return timezone.rsplit("/", 1)[-1].replace("_", " ")


LINE = 72


def wrapped(text: str, indent: int = 0) -> str:
    """In lines of at most 72 characters, as mail in plain text is read; "8 h" and an address are never broken."""
    kept = _AMOUNT.sub("\u00a0", text)
    wide = _wrapper(" " * indent)
    return wide.fill(kept).replace("\u00a0", " ")


_AMOUNT = re.compile(r"(?<=\d) (?=h\b|min\b|weeks?\b|days?\b|months?\b)")


@functools.cache
def _wrapper(indent: str) -> textwrap.TextWrapper:
    return textwrap.TextWrapper(
        LINE - len(indent), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def way(kind: str) -> tuple[str, str]:
    """The name of a way to go on, and what it does."""
    return WAYS[kind]


KINDS = {
    "topic": lazy_gettext("topic"),
    "practice": lazy_gettext("practice"),
    "project": lazy_gettext("project"),
    "checkpoint": lazy_gettext("checkpoint"),
}


def kind(name: str) -> str:
    """What a kind of milestone is called."""
    return str(KINDS[name])


@functools.lru_cache(maxsize=512)
def best_locale(wanted: tuple[str, ...]) -> str:
    """The first of the languages that a browser asks for whose calendar is known, such as de_AT; else LOCALE."""
    for tag in wanted:
        try:
            return str(Locale.parse(tag, sep="-"))
        except (ValueError, UnknownLocaleError):
            continue
    return LOCALE


FILTERS = (
    day,
    span,
    short_day,
    long_day,
    month,
    part_of_month,
    outlook,
    months,
    date,
    hours,
    minutes,
    days,
    due,
    due_day,
    slot,
    moment,
    place,
    wrapped,
    way,
    kind,
)


def init_app(app: Flask, settings: Settings) -> None:
    """Offers the filters above, and the site's name, to every template."""
    language.install(app.jinja_env)
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["site_name"] = settings.site_name
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
