"""What a request must pass before a view sees it: our own host name, text that is text and, for changes, one of our own
pages as sender and a form as what is sent.

The form's token (Flask-WTF) is asked for after this, of every unsafe method; a request that names neither its origin
nor its kind (Sec-Fetch-Site), as scripts send them, is decided by the token alone.
"""

from __future__ import annotations

import logging
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, g, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from config import THIS_MACHINE, Settings
from tracker import web
from tracker.accounts.visit import Visit
from tracker.error_pages import error_page
from tracker.errors import NotFound
from tracker.language import gettext

log = logging.getLogger("tracker.security")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FROM_ELSEWHERE = frozenset(
    {
        "reminders.unsubscribe_now",
        "mail_acts.done",
        "mail_acts.snooze_a_week",
        "mail_acts.pause",
        "mail_acts.slot",
        "mail_acts.weekly",
    }
)
"""Endpoints to which mail programs post: no token of a form and no origin, but a signed address that can do one thing.

The same ones are marked ``@web.csrf.exempt``, which a test compares.
"""
FOR_MACHINES = frozenset({"health.healthz", "health.readyz", "health.metrics"})
"""Probes ask by whatever name or number the machine has."""
FORM = "application/x-www-form-urlencoded"
FORMS = frozenset({FORM, "multipart/form-data"})
WITH_FILE = frozenset({"data.page", "paths.mine", "paths.replace"})
"""Where a form has a file, in the field ``file``."""


class Number(IntegerConverter):
    """A whole number in an address. One that the database cannot hold is no address of anything."""

    def __init__(self, map: Map, fixed_digits: int = 0, max: int = 2**31 - 1) -> None:  # noqa: A002  # Werkzeug's names
        super().__init__(map, fixed_digits, max=max)


def init_app(app: Flask, settings: Settings) -> None:
    """Must be called before the forms' tokens are set up, because hooks run in the order of their coming."""
    if settings.proxies:
        # Only so many entries are believed as there are proxies of ours; what a client wrote stands before them.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    app.url_map.converters["int"] = Number
    app.before_request(_own_name)
    app.before_request(_own_pages)
    app.after_request(_tell_refusal)
    app.before_request(_text)


def _own_name() -> Response | None:
    if request.endpoint in FOR_MACHINES:
        return None
    settings = web.app_parts().settings
    if _host() in THIS_MACHINE | {settings.host}:
        return None
    # Plain text: a page would hold links, and those would go to the name that was made up.
    said = gettext("This site answers at %(address)s only.", address=settings.base_url)
    return Response(f"{said}\n", 400, content_type="text/plain; charset=utf-8")


def _host() -> str:
    try:
        return (urlsplit(f"//{request.host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _own_pages() -> Response | None:
    if request.method in SAFE_METHODS or request.endpoint in FROM_ELSEWHERE:
        return None
    kind, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    # Browsers say "null" on pages that send no referrer, ours with a mailed link among them.
    ours = {web.app_parts().settings.origin, f"{request.scheme}://{request.host}", "null", None}
    if kind in (None, "same-origin", "none") and (origin and origin.lower()) in ours:
        return None
    return error_page(403, gettext("This form was not sent by one of this site's own pages, so nothing was changed."))


def _tell_refusal(answer: Response) -> Response:
    """One line for whatever somebody may not do or see; what is nowhere at all tells nothing of anybody."""
    who = current_user.user.id if "_login_user" in g and current_user.is_authenticated else None
    hidden = answer.status_code == 404 and request.endpoint not in (None, "static")
    if answer.status_code == 403 or (hidden and (who or request.path.startswith("/admin"))):
        log.info(
            "refused status=%s method=%s endpoint=%s user=%s network=%s request=%s",
            answer.status_code, request.method, request.endpoint or "-", who or "-",
            Visit(address=request.remote_addr or "").network or "-", web.request_id(),
        )  # fmt: skip
    return answer


def _text() -> Response | None:
    """Werkzeug would put a question mark where bytes are no UTF-8, and nobody would see what was lost."""
    sends = request.endpoint and request.content_length and request.method not in SAFE_METHODS
    if sends and request.mimetype not in FORMS:
        return error_page(415, gettext("Only what a form sends is taken here. Nothing was changed."))
    try:
        request.environ["PATH_INFO"].encode("latin-1").decode()
        unquote_to_bytes(request.query_string).decode()
        if request.mimetype == FORM:  # before anything reads it as a form, which would leave nothing to look at
            unquote_to_bytes(request.get_data()).decode()
    except UnicodeError:
        said = gettext("This holds half a character, or bytes that are no text in UTF-8. Nothing was changed.")
        return error_page(400, said)
    if "\0" in request.environ["PATH_INFO"]:  # PostgreSQL would not even look for it
        raise NotFound
    if sends and request.files and (request.endpoint not in WITH_FILE or set(request.files) != {"file"}):
        # a form would take the file for the text of its field
        return error_page(415, gettext("No file is taken here. Nothing was changed."))
    return None
