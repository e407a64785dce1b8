"""A learner's Markdown as HTML: parsed without raw HTML, then held to an allowlist. The text is kept as typed."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_SCHEMES = ("http", "https", "mailto")
_TAGS = "p br hr em strong s code pre blockquote ul ol li a h3 h4 h5 h6 table thead tbody tr th td"
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes=set(_SCHEMES),
    link_rel="nofollow noopener ugc",
)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    # What is no address of these stays text: also a relative one, which would lead somewhere on this site.
    parser.validateLink = lambda url: url.lower().startswith(tuple(f"{scheme}:" for scheme in _SCHEMES))  # type: ignore[method-assign]
    return parser.enable(["table", "strikethrough"]).disable("image")


_PARSER = _parser()


def rendered(text: str) -> Markup:
    """Safe HTML. Headings begin below those of the page; pictures stay text, since a note asks no other host."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(_CLEANER.clean(html))  # noqa: S704  # cleaned just now
