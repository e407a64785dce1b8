"""Two devices, one thing: what a form was made from comes back with it, so that none overwrites the other unseen.

Plans do it by the number of their revision; for smaller things a mark of what was shown is enough. And one form, sent
twice: a key of its own tells it from another one that says the same.
"""

from __future__ import annotations

import hashlib
import secrets

from tracker.errors import Conflict


def mark_of(*shown: object) -> str:
    """A short mark of what a page showed, for a hidden field of its form."""
    return hashlib.sha256(repr(shown).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def check_mark(seen: str, *present: object) -> None:
    """Raises Conflict where ``seen``, the mark that a form brought back, is of something else than what is there now.

    A form without a mark, as scripts send it, is taken as it is.
    """
    if seen and seen != mark_of(*present):
        raise Conflict


def new_key() -> str:
    """What one view of a form is called in a hidden field: the same form sent again is known by it."""
    return secrets.token_urlsafe(9)
