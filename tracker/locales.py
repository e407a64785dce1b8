"""Which languages there are, each with every country's way of writing dates and numbers, and which one fits a browser.

A way of writing dates alone, such as German dates in English sentences, is not offered: "8. März" among English words
reads like a mistake. English as it is written in Germany is: "8 March 2027" and 7,5 h.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from babel.core import Locale, UnknownLocaleError, get_global
from babel.localedata import locale_identifiers

from tracker.language import CATALOGUES, DEFAULT, SOURCE, language_of, parsed

COUNTRY = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?_[A-Z]{2}")
"""Not en_001, English of the world, nor en_US_POSIX, English of computers."""


@functools.cache
def languages() -> tuple[str, ...]:
    """The language of the code, and those that have a catalogue."""
    return (SOURCE, *sorted(file.parent.parent.name for file in CATALOGUES.glob("*/LC_MESSAGES/messages.po")))


@functools.cache
def offered() -> tuple[str, ...]:
    """Every locale that a learner may choose, by the name of its country."""
    found = (name for name in locale_identifiers() if COUNTRY.fullmatch(name) and language_of(name) in languages())
    return tuple(sorted((name for name in found if _is_written(parsed(name))), key=_by_country))


def _is_written(locale: Locale) -> bool:
    """Whether the language is written so there as a rule: no English in the Shavian alphabet."""
    return locale.script is None or language_of(str(locale)) != SOURCE


def _by_country(name: str) -> tuple[str, str]:
    return language_of(name), country(name)


def country(name: str) -> str:
    """United Kingdom for en_GB, in its own language."""
    locale = parsed(name)
    return str(locale.get_territory_name(locale) or locale.territory)


def language_name(name: str) -> str:
    """English for en_GB, in its own words."""
    language = parsed(language_of(name))
    return str(language.get_display_name(language)).capitalize()


def fitting(wanted: Sequence[str]) -> str:
    """What fits the languages that a browser asks for, best first: the first of them that there is, and their country.

    German first and English second is English as it is written in Germany: a day before its month, 24 hours.
    """
    known = [locale for locale in map(_read, wanted) if locale is not None]
    language = next((one.language for one in known if one.language in languages()), language_of(DEFAULT))
    country_of = next((one.territory for one in known if one.territory), None)
    if known and not country_of:
        country_of = _usual_country(known[0].language)
    if (found := f"{language}_{country_of}") in offered():
        return found
    return next((name for name in (DEFAULT, *offered()) if language_of(name) == language), DEFAULT)


def _read(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def _usual_country(language: str) -> str | None:
    if language == language_of(DEFAULT):
        return None
    return str(get_global("likely_subtags").get(language, "")).rpartition("_")[2] or None
