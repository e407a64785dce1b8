"""The language of what is said at this moment: a page follows who reads it, a mail whom it goes to. Knows no Flask.

Every sentence of the interface goes through `gettext` or its kin. Flask-Babel would look into Flask's context for each,
which the reminder process does not have, and takes 15 µs a sentence: a third of the time of a mail. Here it is 0.5.

    from tracker.language import gettext, lazy_gettext, ngettext
    flash(gettext("Saved: every %(slot)s.", slot=slot))
    email = StringField(lazy_gettext("Address"))          # said when it is shown, not when the form is defined
    ngettext("%(num)s milestone", "%(num)s milestones", count)

Templates have `_()`, `ngettext()` and `{% trans %}` without any import. A `%` that is no placeholder is written `%%`
where a sentence has placeholders, and always in `_()` of templates; `{% trans %}` sees to it by itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from babel.core import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations
from jinja2 import Environment

DEFAULT = "en_GB"
"""The language of the site itself: of pages that everybody gets alike, and of mail to nobody in particular."""
SOURCE = "en"
"""What the sentences in the code are written in; it needs no catalogue."""
CATALOGUES = Path(__file__).parent / "translations"

Chooser = Callable[[], str]
_chosen: ContextVar[str | Chooser] = ContextVar("locale", default=DEFAULT)


def locale() -> str:
    """The locale of this moment, such as en_GB: the language, and how dates and numbers are written."""
    chosen = _chosen.get()
    if isinstance(chosen, str):
        return chosen
    _chosen.set(DEFAULT)  # should choosing itself have something to say
    found = chosen()
    _chosen.set(found)
    return found


def choose(chooser: Chooser) -> Token[str | Chooser]:
    """From now on whatever ``chooser`` answers; it is asked once, and only if there is something to say."""
    return _chosen.set(chooser)


def forget(token: Token[str | Chooser]) -> None:
    """Takes `choose` back."""
    _chosen.reset(token)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Inside, everything is said in this locale."""
    token = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(token)


def gettext(message: str, **values: Any) -> str:
    """The sentence in the language of this moment, its ``%(name)s`` filled in."""
    said = catalogue(locale()).gettext(message)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The sentence for so many; ``%(num)s`` is the number."""
    return catalogue(locale()).ngettext(one, many, num) % {"num": num, **values}


def lazy_gettext(message: str, **values: Any) -> str:
    """For what is defined once and shown to many: labels, messages of validators. Becomes words when it is shown."""
    # It behaves like a str everywhere but for isinstance.
    return cast(str, LazyProxy(gettext, message, enable_cache=False, **values))


@functools.cache
def catalogue(name: str) -> NullTranslations:
    """The sentences of a locale: de_AT takes those of de. Without a catalogue they stay as they are in the code."""
    file = CATALOGUES / language_of(name) / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as text:
        read = read_po(text, locale=language_of(name))
    packed = BytesIO()
    write_mo(packed, read)
    packed.seek(0)
    return Translations(packed)


def language_of(name: str) -> str:
    """de for de_AT"""
    return name.partition("_")[0]


def tag() -> str:
    """The language of this moment as HTML names it: en-GB."""
    return locale().replace("_", "-")


def parsed(name: str) -> Locale:
    """Babel's own value of a locale."""
    return _parsed(name)


_parsed = functools.lru_cache(maxsize=64)(Locale.parse)


def install(env: Environment) -> None:
    """Gives the templates of an environment `_()`, `ngettext()` and `{% trans %}`."""
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True  # a sentence may be broken into lines; its line ends are no part of it
    env.globals["language_tag"] = tag
    cast(Any, env).install_gettext_callables(
        lambda message: catalogue(locale()).gettext(message),
        lambda one, many, num: catalogue(locale()).ngettext(one, many, num),
        newstyle=True,
    )
