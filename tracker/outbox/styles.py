"""The styles of a mail, written into its tags: many mail programs read no style sheet.

What the library makes of a tag is remembered. It reads the sheet and the page anew for every mail, which took longer
than to write all its sentences; and there are some thirty different tags. So a rule may look at one element alone, and
a template writes the class of a tag first, then a style of its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import css_inline

_TAG = re.compile(r'<([a-z][a-z0-9]*)(?: class="[^"]*")?(?: style="[^"]*")?')


def styler(sheet: str) -> Callable[[str], str]:
    """Writes the rules of this sheet into the tags of a page."""
    library = css_inline.CSSInliner(load_remote_stylesheets=False)

    @functools.lru_cache(maxsize=1024)
    def styled(tag: str, name: str) -> str:
        page = library.inline(f"<style>{sheet}</style>{tag}></{name}>")
        found = re.search(rf"<{name}\b[^>]*", page)
        return found.group() if found else tag

    return lambda html: _TAG.sub(lambda found: styled(found[0], found[1]), html)
