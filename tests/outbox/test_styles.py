"""Styles are written into the tags of a mail as the library itself would do it with the whole page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import css_inline
import pytest

from tracker.outbox.render import EMAILS
from tracker.outbox.styles import styler

SHEET = (EMAILS / "_styles.css").read_text()
PAGES = sorted(EMAILS.glob("*.html"))
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>7% done</title></head>
<body>
<div class="page"><h1>7% done, <span class="strong">ahead</span>, <span class="">late</span></h1>
<div class="bar"><div class="fill" style="width:7%"></div></div>
<p class="muted near">One &amp; two<br><a class="title" href="https://example.org/?a=1&amp;b=2">Three</a></p>
<ul><li>Four</li></ul></div>
</body></html>
"""


class Read(HTMLParser):
    """All elements with their styles, rule by rule, and all words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        rules = [re.sub(r"\s*:\s*", ": ", rule.strip()) for rule in (said.pop("style", None) or "").split(";")]
        self.found.append((tag, said, [rule for rule in rules if rule]))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


def test_a_page_is_what_the_library_makes_of_it() -> None:
    whole = PAGE.replace("</head>", f"<style>{SHEET}</style></head>")
    theirs = css_inline.CSSInliner(load_remote_stylesheets=False).inline(whole)
    assert Read(styler(SHEET)(PAGE)).found == Read(theirs).found


def test_each_rule_looks_at_one_element_alone() -> None:
    selectors = re.findall(r"(?m)^([^{}]+?)\s*\{", re.sub(r"/\*.*?\*/\n", "", SHEET))
    assert len(selectors) > 20
    assert [one for one in selectors if not re.fullmatch(r"\.?[a-z0-9-]+", one)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_template_writes_the_class_first_and_then_a_style(page: str) -> None:
    text = re.sub(r"{%.*?%}|{#.*?#}", "", EMAILS.joinpath(page).read_text())
    for tag in re.findall(r"<[a-z][^<>]*>", text):
        attributes = re.findall(r'\s([a-z-]+)="', tag)
        first = [name for name in ("class", "style") if name in attributes]
        assert attributes[: len(first)] == first, tag
