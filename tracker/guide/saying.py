"""How trades, pay and addresses read on the guide's pages. Pure functions, offered to templates as filters."""

from __future__ import annotations

from urllib.parse import urlsplit

from tracker import language, words
from tracker.language import gettext

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF"}
"""The short ones everywhere, as the texts of the paths have them: which dollar it is, is said beside."""


def trade(title: str) -> str:
    """ML engineer for ML Engineer: as it reads within a sentence"""
    return " ".join(word if word.isupper() else word.lower() for word in title.split())


def a(title: str) -> str:
    """an ML engineer, a data scientist: by how it is said, where an acronym is spelled letter by letter"""
    name = trade(title)
    letters = "AEFHILMNORSX" if name.split()[0].isupper() else "aeiou"
    return f"{'an' if name[0] in letters else 'a'} {name}"


def money(amount: int, currency: str) -> str:
    """$120,000, and 120.000 $ where it is written so"""
    return _with_symbol(words.number(amount), currency)


def money_range(low: int, high: int, currency: str) -> str:
    """$120,000–140,000"""
    return _with_symbol(f"{words.number(low)}–{words.number(high)}", currency)


def thousands(amount: float, currency: str) -> str:
    """$60k, where there is little room"""
    return _with_symbol(gettext("%(number)sk", number=words.number(amount / 1000)), currency)


def _with_symbol(figure: str, currency: str) -> str:
    """Before or behind the figure, near or apart, by the learner's locale; letters never touch a digit."""
    pattern = language.parsed(language.locale()).currency_formats["standard"]
    before, after = pattern.prefix[0], pattern.suffix[0]
    symbol = SYMBOLS[currency]
    gap = "\u00a0" if symbol.isalpha() and before == "¤" else ""
    return f"{before}{gap}{figure}{after}".replace("¤", symbol)


def host(address: str) -> str:
    """www.kaggle.com for https://www.kaggle.com/learn/python"""
    return urlsplit(address).netloc


FILTERS = (trade, a, money, host)
