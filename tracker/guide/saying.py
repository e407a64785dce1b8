"""How trades, pay and addresses read on the guide's pages. Pure functions, offered to templates as filters."""

from __future__ import annotations

from urllib.parse import urlsplit

from tracker import words

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF "}


def trade(title: str) -> str:
    """ML engineer for ML Engineer: as it reads within a sentence"""
    return " ".join(word if word.isupper() else word.lower() for word in title.split())


def a(title: str) -> str:
    """an ML engineer, a data scientist: by how it is said, where an acronym is spelled letter by letter"""
    name = trade(title)
    letters = "AEFHILMNORSX" if name.split()[0].isupper() else "aeiou"
    return f"{'an' if name[0] in letters else 'a'} {name}"


def money(amount: int, currency: str) -> str:
    """$120,000"""
    return f"{SYMBOLS[currency]}{words.number(amount)}"


def host(address: str) -> str:
    """www.kaggle.com for https://www.kaggle.com/learn/python"""
    return urlsplit(address).netloc


FILTERS = (trade, a, money, host)
