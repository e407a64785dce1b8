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
from jinja2 import Environment, nodes, pass_context
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context
from markupsafe import Markup, escape

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


def gettext(message: str, /, **values: Any) -> str:
    """The sentence in the language of this moment, its ``%(name)s`` filled in."""
    said = catalogue(locale()).gettext(message)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """The sentence for so many; ``%(num)s`` is the number."""
    return catalogue(locale()).ngettext(one, many, num) % {"num": num, **values}


def lazy_gettext(message: str, /, **values: Any) -> str:
    """For what is defined once and shown to many: labels, messages of validators. Becomes words when it is shown."""
    # It behaves like a str everywhere but for isinstance.
    return cast(str, LazyProxy(gettext, message, enable_cache=False, **values))


def gettext_noop(message: str) -> str:
    """Marks a sentence for translators that is kept in English, and goes through `gettext` when it is shown."""
    return message


def said(message: str) -> str:
    """The words of such a sentence in the language of this moment; whatever else was kept stays as it is."""
    return catalogue(locale()).gettext(message) if message else ""


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
    env.add_extension(Sentences)
    env.policies["ext.i18n.trimmed"] = True  # a sentence may be broken into lines; its line ends are no part of it
    cast(Any, env).install_gettext_callables(gettext, ngettext, newstyle=True)
    # In place of Jinja's own, which take five times as long: a plan's page says two hundred sentences.
    env.globals |= {"_": _said, "gettext": _said, "ngettext": _so_many, "language_tag": tag}
    env.filters |= {"gettext": _said, "ngettext": _so_many, "said": said}


class Sentences(InternationalizationExtension):
    """`{% trans %}` as a filter. Jinja calls filters directly, and spends 3 µs on each call of a function."""

    def _make_node(self, *given: Any, **named: Any) -> nodes.Output:
        output = super()._make_node(*given, **named)
        call = cast(nodes.Call, output.nodes[0])
        name, (message, *others) = cast(nodes.Name, call.node).name, call.args
        return nodes.Output([nodes.Filter(message, name, others, call.kwargs, None, None)])


# A filter that is handed the context is never worked out when a template is compiled, in whatever language that is.
@pass_context
def _said(context: Context, message: str, /, **values: Any) -> str:
    if values:
        return _filled(context, catalogue(locale()).gettext(message), values)
    return _whole(locale(), message, context.eval_ctx.autoescape)


@pass_context
def _so_many(context: Context, one: str, many: str, count: int, /, **values: Any) -> str:
    return _filled(context, catalogue(locale()).ngettext(one, many, count), {"num": count} | values)


def _filled(context: Context, sentence: str, values: dict[str, Any]) -> str:
    if not context.eval_ctx.autoescape:
        return sentence % values
    return Markup(sentence % {name: escape(value) for name, value in values.items()})  # noqa: S704  # all is escaped


@functools.lru_cache(maxsize=8192)
def _whole(locale: str, message: str, marked: bool) -> str:
    """One without placeholders; as everywhere in templates, %% stands for %."""
    said = catalogue(locale).gettext(message) % {}
    return Markup(said) if marked else said  # noqa: S704  # sentences are ours and the translators'
