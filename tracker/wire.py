"""How public pages and static files go over the wire: kept by caches for a while, checked by an ETag, gzipped.

Only what holds no secret is compressed: never the page of somebody who is logged in, whose length would tell an
attacker what it holds (BREACH). HTML is the same for everybody without a cookie, so that any cache may keep it.
"""

from __future__ import annotations

import functools
import gzip
import hashlib

from flask import Flask, Response, g, request, session
from flask_login import current_user

MAX_AGE = 300
"""Seconds for which a public page may be shown again without asking: it changes with the day and the path files."""

WORTH_IT = 600
"""Bytes below which an answer fits into one packet anyway."""

TOKEN = "csrf_token"  # noqa: S105  # where Flask-WTF keeps the token that it has made for a form of this answer
TEXT = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml", "text/plain", "application/xml"})


def init_app(app: Flask) -> None:
    """Static files are compressed; pages only where a blueprint asks for `public`."""
    app.after_request(_static)


def public(answer: Response) -> Response:
    """For pages without an account: cacheable and compressed for strangers, as ever for who is logged in."""
    if answer.status_code != 200 or request.method not in ("GET", "HEAD"):
        return answer
    answer.vary.update(("Cookie", "Accept-Encoding"))
    if _personal():
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer
    # somebody who has been on the sign-up page has a cookie: what they see now may not be what others are to see
    answer.headers["Cache-Control"] = "private, no-cache" if session else f"public, max-age={MAX_AGE}"
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:20], weak=True)
    _compressed(answer).make_conditional(request)
    return answer


def _personal() -> bool:
    """Whether the answer may hold something of this visitor's own: an account, a message, a form's token."""
    return session.modified or TOKEN in g or current_user.is_authenticated


def _static(answer: Response) -> Response:
    if request.endpoint != "static" or answer.status_code != 200:
        return answer
    answer.vary.add("Accept-Encoding")
    return _compressed(answer)


def _compressed(answer: Response) -> Response:
    if answer.mimetype not in TEXT or not request.accept_encodings["gzip"]:
        return answer
    answer.direct_passthrough = False
    body = answer.get_data()
    if len(body) < WORTH_IT:
        return answer
    answer.set_data(_gzipped(body))
    answer.headers["Content-Encoding"] = "gzip"
    etag, _ = answer.get_etag()
    if etag:  # a strong one would claim the same bytes with and without compression
        answer.set_etag(etag, weak=True)
    return answer


@functools.lru_cache(maxsize=64)
def _gzipped(body: bytes) -> bytes:
    """Remembered by content: static files are packed once, and pages once until they change."""
    return gzip.compress(body, 9, mtime=0)
