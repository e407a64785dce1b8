"""How pages and static files go over the wire: public ones kept by caches for a while and checked by an ETag; gzipped.

The length of a compressed page tells what it holds to whoever can make a browser ask for it again and again with words
of their own in it (BREACH, breachattack.com). So a page of somebody is compressed only where the browser says that the
request comes from a page of ours or from its own address bar: other sites' requests get it plain.
Public HTML is the same for everybody without a cookie, so that any cache may keep it.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Callable

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user

MAX_AGE = 300
"""Seconds for which a public page may be shown again without asking: it changes with the day and the path files."""

OUR_OWN = frozenset({"same-origin", "none"})
"""Kinds of requests (Sec-Fetch-Site) that no page of another site can cause."""
QUICK, BEST = 5, 9
"""Levels of gzip: for a page that is sent once, and for what is remembered."""

WORTH_IT = 600
"""Bytes below which an answer fits into one packet anyway."""

TOKEN = "csrf_token"  # noqa: S105  # where Flask-WTF keeps the token that it has made for a form of this answer
TEXT = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml", "text/plain", "application/xml"})


def init_app(app: Flask) -> None:
    """Compresses static files and pages; where a blueprint asks for `public`, pages are kept by caches, too."""
    app.after_request(_static)
    app.after_request(_page_of_somebody)


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


def same_for_all() -> bool:
    """Whether all strangers get this page alike, whatever their browsers ask for: its room is `public` or none."""
    return request.blueprint is None or public in current_app.after_request_funcs.get(request.blueprint, ())


def _personal() -> bool:
    """Whether the answer may hold something of this visitor's own: an account, a message, a form's token."""
    return session.modified or TOKEN in g or current_user.is_authenticated


def _static(answer: Response) -> Response:
    if request.endpoint != "static" or answer.status_code != 200:
        return answer
    answer.vary.add("Accept-Encoding")
    return _compressed(answer)


def _page_of_somebody(answer: Response) -> Response:
    if answer.mimetype != "text/html" or request.endpoint == "static" or "Content-Encoding" in answer.headers:
        return answer
    answer.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if request.headers.get("Sec-Fetch-Site") not in OUR_OWN:
        return answer
    return _compressed(answer, lambda body: gzip.compress(body, QUICK))


def _compressed(answer: Response, pack: Callable[[bytes], bytes] | None = None) -> Response:
    if answer.mimetype not in TEXT or not request.accept_encodings["gzip"]:
        return answer
    answer.direct_passthrough = False
    body = answer.get_data()
    if len(body) < WORTH_IT:
        return answer
    answer.set_data((pack or _gzipped)(body))
    answer.headers["Content-Encoding"] = "gzip"
    etag, _ = answer.get_etag()
    if etag:  # a strong one would claim the same bytes with and without compression
        answer.set_etag(etag, weak=True)
    return answer


@functools.lru_cache(maxsize=64)
def _gzipped(body: bytes) -> bytes:
    """Remembered by content: static files are packed once, and pages once until they change."""
    return gzip.compress(body, BEST, mtime=0)
