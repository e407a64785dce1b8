"""What goes wrong, as a page in the site's own clothes that says so in a sentence."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from tracker import web
from tracker.errors import Busy, Conflict, InvalidInput, NoPath, NotAllowed, NotFound, TooMany
from tracker.language import gettext, lazy_gettext

log = logging.getLogger(__name__)

_NOTHING_HERE = lazy_gettext("There is nothing at this address, or it belongs to somebody else.")
_MANY = lazy_gettext("Many people are logging in at this moment. Nothing was changed; try again in a few seconds.")
_PLAIN: dict[type[Exception], tuple[int, str]] = {
    NotFound: (404, _NOTHING_HERE),
    NotAllowed: (403, lazy_gettext("You may not do this.")),
    Conflict: (
        409,
        lazy_gettext("This was changed meanwhile, perhaps by you on another device. Have a look and try again."),
    ),
}

_HTTP_WORDS = {
    400: lazy_gettext("The request could not be understood."),
    404: _NOTHING_HERE,
    405: lazy_gettext("This address cannot be used in that way."),
    413: lazy_gettext("That is too much at once: the limit is 1 MB."),
    429: lazy_gettext("That was too often. Wait a little and try again."),
    500: lazy_gettext("Something went wrong on our side. Nothing of what you did before is lost."),
}


def init_app(app: Flask) -> None:
    """Registers the pages."""
    for kind, (status, message) in _PLAIN.items():
        app.register_error_handler(kind, _answer(status, message))
    app.register_error_handler(NoPath, _to_the_paths)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(InvalidInput, lambda fault: error_page(422, fault.message))
    app.register_error_handler(
        TooMany, lambda fault: web.wait_a_little(error_page(429, fault.message), fault.retry_after)
    )
    app.register_error_handler(Busy, lambda _fault: web.wait_a_little(error_page(503, _MANY), 5))


def error_page(status: int, message: str, *, kept: Sequence[tuple[str, str]] = (), log_in: bool = False) -> Response:
    """A page that says what is wrong in a sentence; for htmx a message, since the page below it stays as it was.

    ``kept`` are the fields of a form that may be sent again from there, as it was or changed; ``log_in`` offers the way
    to do so first.
    """
    if web.wants_piece():
        answer = web.page("errors/_message.html", status, message=message)
        answer.headers.update(
            {"HX-Retarget": "#toasts", "HX-Reselect": ".toast", "HX-Reswap": "beforeend", "HX-Replace-Url": "false"}
        )
        return answer
    return web.page(
        "errors/error.html", status, status=status, message=message, kept=kept, log_in=log_in, came_back=False
    )


def _to_the_paths(fault: NoPath) -> BaseResponse:
    """Who is on no path yet is shown where one is picked; a form of theirs can be about nothing of their own."""
    if request.method != "POST":
        return web.see_other(url_for("progress.dashboard"))
    return error_page(404, _NOTHING_HERE)


def _answer(status: int, message: str) -> Any:
    return lambda _fault: error_page(status, message)


def _http_error(fault: HTTPException) -> BaseResponse:
    if fault.code is None or fault.code < 400:
        return fault.get_response()
    said = _HTTP_WORDS.get(fault.code, fault.name + ".")
    if fault.code == 500:  # by this number whoever runs the site finds the cause in the log, and nobody else learns it
        log.error("request %s failed: %s", web.request_id(), type(getattr(fault, "original_exception", fault)).__name__)
        said = gettext(
            "%(said)s If it happens again, tell whoever runs this site the number %(request_id)s.",
            said=said,
            request_id=web.request_id(),
        )
    answer = error_page(fault.code, said)
    for name, value in fault.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer
