"""Every sentence that somebody reads goes through gettext, so that other languages can follow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "admin", "data", "enrolment", "errors", "guide", "paths", "progress", "reminders", "study")
"""Those whose sentences all do."""
TEMPLATES = [file for room in ROOMS for file in sorted((ROOT / "templates" / room).rglob("*.html"))]
CODE = [ROOT / "tracker" / "fields.py", *(f for room in ROOMS for f in sorted((ROOT / "tracker" / room).rglob("*.py")))]
SAYS = re.compile(r"flash|InvalidInput|InputRequired|NumberRange|Length|[A-Z]\w+Field")
"""Calls whose texts are read by people."""
NO_WORDS = {"quiet small", "quiet full", "nofollow ugc", "second copy", "is done", "Europe/Berlin"}
"""Classes, states and the like."""
NOT_SAID = {"whitespace", "data", "comment"} | {
    f"{part}_{end}" for part in ("variable", "block", "raw", "comment") for end in ("begin", "end")
}
WORD = re.compile(r"[^\W\d_]{2,}")


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def plain(template: str) -> Iterator[str]:
    """What a template says by itself: text between tags, what is read aloud, and sentences in expressions."""
    inside, page = False, ""
    expression: list[str] = []
    template = re.sub(r"{% block (?:width|robots) %}.*?{% endblock %}|https?://", "", template)
    for _, kind, value in Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(template):
        if kind == "data" and not inside:
            page += value
        elif kind in ("variable_end", "block_end"):
            words = [value for value in expression if value not in ("-", "+")]
            inside = (inside or "trans" in words[:1]) and "endtrans" not in words[:1]
            if not inside:
                yield from _sentences(words)
            expression, page = [], page + "¤"
        elif kind not in NOT_SAID:
            expression.append(value)
    for read in re.findall(r'(?:aria-label|title|placeholder|alt|content)="([^"]*)"', page):
        yield from WORD.findall(read)
    yield from WORD.findall(re.sub(r"<[^>]*>|&\w+;", " ", page))


def _sentences(words: list[str]) -> Iterator[str]:
    for two_before, before, word in zip(["", "", *words], ["", *words], words, strict=False):
        text = word.strip("\"' ")
        if text in NO_WORDS or "%(num)s" in text:  # the latter is what ngettext is for
            continue
        if word[0] in "\"'" and (two_before, before) != ("_", "(") and re.match(r"[A-Z][a-z]|.*[a-z] \w", text):
            yield text


def spoken(node: ast.Call) -> Iterator[str]:
    """Texts right in a call that people read; what is in gettext is the argument of another call."""
    for part in (*node.args, *(k.value for k in node.keywords if k.arg in ("message", "label"))):
        texts = [part.value] if isinstance(part, ast.Constant) else []
        if isinstance(part, ast.JoinedStr):
            texts = [piece.value for piece in part.values if isinstance(piece, ast.Constant)]
        yield from (text for text in texts if isinstance(text, str) and re.search(r"[A-Z]\w|\w \w", text))


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_a_template_says_nothing_past_gettext(file: Path) -> None:
    assert not list(plain(file.read_text()))


@pytest.mark.parametrize("file", CODE, ids=name)
def test_code_says_nothing_past_gettext(file: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    assert not [text for call in calls if SAYS.fullmatch(ast.unparse(call.func)) for text in spoken(call)]


@pytest.mark.parametrize(
    "template",
    [
        "<p>Plan</p>",
        '<b title="Plan">{{ x }}</b>',
        '<b aria-label="Delete {{ x }}"></b>',
        "{% trans %}a{% endtrans %} b again",
        '{{ ui.field(form.on, "Both days are paused.") }}',
        '{{ ui.button("Save") }}',
        '{{ ", can wait" if share.later }}',
    ],
)
def test_what_is_said_past_gettext_is_found(template: str) -> None:
    assert list(plain(template))


@pytest.mark.parametrize(
    "template",
    [
        '<p class="sub">{% trans day=x | day %}until {{ day }} <b>now</b>{% endtrans %} · 3%</p>',
        '{{ ui.field(form.on, _("Both days are paused."), type="date") }}',
        '<input placeholder="{% trans %}Search{% endtrans %}">',
    ],
)
def test_what_goes_through_it_is_not(template: str) -> None:
    assert not list(plain(template))
