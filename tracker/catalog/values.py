"""The small values that path files are made of, each with its own check and one sentence for what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

_V = TypeVar("_V")

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _checked_key(value: str) -> str:
    if len(value) > 60 or not _KEY.fullmatch(value):
        raise ValueError(f"The key {value!r} should be small letters and digits joined by single hyphens.")
    return value


def _checked_url(value: str) -> str:
    wrong = ValueError(f"The address {value!r} should begin with https:// or http:// and name a host.")
    if re.search(r"[\s\x00-\x1f\x7f]", value):
        raise wrong
    try:
        parts = urlsplit(value)
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    return value


def _checked_not_empty(values: tuple[_V, ...]) -> tuple[_V, ...]:
    if not values:
        raise ValueError("There should be at least one entry here.")
    return values


def _checked_text(value: str) -> str:
    """What would break a page, a mail's head or the database: controls, halves of characters, turns of direction."""
    strange = next((letter for letter in value if letter not in "\n\t" and _is_strange(letter)), None)
    if strange is not None:
        raise ValueError(f"There is an invisible character here (U+{ord(strange):04X}); type the text anew.")
    return value


def _checked_line(value: str) -> str:
    if any(letter in value for letter in "\n\t"):
        raise ValueError("This should be one line.")
    if all(unicodedata.category(letter)[0] in "MZC" for letter in value):
        raise ValueError("There is nothing to read here.")
    return _checked_text(value)


def _is_strange(letter: str) -> bool:
    # a joiner (U+200D) holds families of emoji together, so not everything of the category Cf
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or letter in _TURNS


_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
Key = Annotated[str, AfterValidator(_checked_key)]
Url = Annotated[str, AfterValidator(_checked_url)]
Line = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_checked_line)]
Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_checked_text)]

# After the entries: an entry with a fault should not also be reported as missing.
Some = Annotated[tuple[_V, ...], AfterValidator(_checked_not_empty)]
# A plain dict inside a frozen model could still be written to, for every learner at once.
FrozenMap = Annotated[Mapping[str, _V], AfterValidator(MappingProxyType), PlainSerializer(dict)]
KeyedMap = Annotated[Mapping[Key, _V], AfterValidator(MappingProxyType), PlainSerializer(dict)]


class Value(BaseModel):
    """A part of a path file: validated when made, never changed, nothing in it but its fields."""

    # strict: a YAML `yes`, 12 or 1.5 where text belongs is a slip of the author's, not something to convert
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)
