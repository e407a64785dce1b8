"""How dates, hours and amounts read on pages and in mail. Pure functions, offered to templates as filters."""

from __future__ import annotations

import datetime as dt
import functools
import re
import textwrap
import zoneinfo
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ParamSpec

from babel.dates import format_date, format_interval, format_skeleton, format_time, get_day_names, get_timezone_location
from babel.numbers import format_decimal

from tracker import language
from tracker.language import gettext, gettext_noop, ngettext, said

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

P = ParamSpec("P")
WAYS = {
    "move-finish": (
        gettext_noop("Move the finish"),
        gettext_noop("The same hours a week; the dates move to where you are."),
    ),
    "add-hours": (gettext_noop("Add hours"), gettext_noop("The same finish, with more hours a week from now on.")),
    "fewer-hours": (gettext_noop("Fewer hours"), gettext_noop("The same finish, with less to do each week.")),
    "drop-optional": (
        gettext_noop("Leave some for later"),
        gettext_noop("What your path lets wait leaves the plan. You can take it in again."),
    ),
    "take-break": (gettext_noop("Take a break"), gettext_noop("Time off from today, then on as before.")),
}
"""What the ways to go on with a plan are called, and what each does."""
FAR_DAYS, VERY_FAR_DAYS = 365, 5 * 365
"""Beyond these a forecast names months, and years: anything finer would be a show of exactness."""


def _remembered(function: Callable[P, str]) -> Callable[P, str]:
    """Babel looks its patterns up anew for every date; a batch of mails names the same few weeks again and again."""

    @functools.lru_cache(maxsize=4096)
    def kept(_locale: str, /, *given: P.args, **named: P.kwargs) -> str:
        return function(*given, **named)

    @functools.wraps(function)
    def of_this_locale(*given: P.args, **named: P.kwargs) -> str:
        return kept(language.locale(), *given, **named)  # type: ignore[arg-type]  # days and numbers can be remembered

    return of_this_locale


@_remembered
def day(value: dt.date) -> str:
    """8 March 2027"""
    return format_date(value, "long", locale=language.locale())


@_remembered
def short_day(value: dt.date) -> str:
    """8 Mar"""
    return format_skeleton("MMMd", value, locale=language.locale())


@_remembered
def date(value: dt.date) -> str:
    """8 Mar 2027, where there is little room"""
    return format_date(value, "medium", locale=language.locale())


@_remembered
def long_day(value: dt.date) -> str:
    """Monday 8 March"""
    return format_date(value, _long_day_pattern(language.locale()), locale=language.locale())


@functools.cache
def _long_day_pattern(locale: str) -> str:
    """CLDR writes this one out for few locales; elsewhere it is the one with short names, these made long."""
    short = language.parsed(locale).datetime_skeletons["MMMEd"].pattern
    return re.sub(r"(?<![ML])([ML])\1{2}(?![ML])", r"\1\1\1\1", re.sub(r"([Ec])+", r"\1\1\1\1", short))


@_remembered
def month(value: dt.date) -> str:
    """March 2027"""
    return format_skeleton("yMMMM", value, locale=language.locale())


@_remembered
def clock_time(value: dt.time) -> str:
    """08:00"""
    return format_time(value, "short", locale=language.locale())


@_remembered
def weekday(number: int) -> str:
    """Monday for 0"""
    return str(get_day_names("wide", "stand-alone", locale=language.locale())[number])


@_remembered
def number(value: float) -> str:
    """1,040 or 7.5: a tenth only where there is one"""
    return format_decimal(round(value, 1), "#,##0.#", locale=language.locale())


@_remembered
def tenths(value: float) -> str:
    """8.0 or 8.7, where several stand below each other"""
    return format_decimal(round(value, 1), "#,##0.0", locale=language.locale())


@_remembered
def span(first: dt.date, last: dt.date) -> str:
    """8–14 March 2027, 28 February – 3 March 2027; one day alone is that day"""
    return day(first) if first == last else format_interval(first, last, "yMMMMd", locale=language.locale())


def part_of_month(value: dt.date) -> str:
    """early, mid or late March 2027: as exact as a forecast can honestly be."""
    if value.day <= 10:
        return gettext("early %(month)s", month=month(value))
    if value.day <= 20:
        return gettext("mid %(month)s", month=month(value))
    return gettext("late %(month)s", month=month(value))


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
    return number(count if count < 24 else round(count))


@_remembered
def hours(value: float) -> str:
    """7.5 h, 12 h, 1,040 h"""
    return gettext("%(number)s h", number=number(value))


@_remembered
def minutes(count: int) -> str:
    """45 min, 1 h 30 min, 2 h"""
    whole, rest = divmod(count, 60)
    if whole and rest:
        return gettext("%(hours)s h %(minutes)s min", hours=whole, minutes=rest)
    return hours(whole) if whole else gettext("%(minutes)s min", minutes=rest)


def days(count: int) -> str:
    """1 day, 11 days"""
    return ngettext("%(num)s day", "%(num)s days", count)


def due(due_on: dt.date, today: dt.date) -> str:
    """due today, due 14 Aug, 2 days late"""
    if due_on < today:
        return ngettext("%(num)s day late", "%(num)s days late", (today - due_on).days)
    if due_on == today:
        return gettext("due today")
    near = (due_on - today).days < 300
    return gettext("due %(day)s", day=short_day(due_on) if near else month(due_on))


def due_day(value: dt.date, today: dt.date) -> str:
    """14 Aug, with the year where it is another one"""
    return short_day(value) if value.year == today.year else date(value)


def slot(instant: dt.datetime, timezone: str) -> str:
    """Monday 8 March, 08:00, Berlin"""
    local = instant.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{long_day(local.date())}, {clock_time(local.time())}, {place(timezone)}"


def weekly_slot(number: int, hour: int, timezone: str) -> str:
    """Monday at 08:00, Berlin"""
    return gettext(
        "%(weekday)s at %(time)s, %(place)s",
        weekday=weekday(number), time=clock_time(dt.time(hour)), place=place(timezone),
    )  # fmt: skip


def weekly_time(number: int, hour: int) -> str:
    """Monday at 08:00"""
    return gettext("%(weekday)s at %(time)s", weekday=weekday(number), time=clock_time(dt.time(hour)))


def moment(instant: dt.datetime, timezone: str) -> str:
    """8 March 2027, 08:00"""
    local = instant.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{day(local.date())}, {clock_time(local.time())}"


@functools.cache
def place(timezone: str) -> str:
    """Berlin for Europe/Berlin, and Kolkata for Asia/Calcutta: browsers still send names that nobody uses any more"""
    found = get_timezone_location(timezone, locale="en", return_city=True)
    return found.rsplit("/", 1)[-1]


LINE = 72


@functools.lru_cache(maxsize=2048)  # titles and sentences that many mails share: most of one is not its reader's alone
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
    name, does = WAYS[kind]
    return said(name), said(does)


KINDS = {
    "topic": gettext_noop("topic"),
    "practice": gettext_noop("practice"),
    "project": gettext_noop("project"),
    "checkpoint": gettext_noop("checkpoint"),
}


def kind(name: str) -> str:
    """What a kind of milestone is called."""
    return said(KINDS[name])


FILTERS = (
    number,
    tenths,
    weekday,
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
