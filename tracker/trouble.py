"""When a form cannot be taken now: the database is busy, its disk is full, the log-in has ended meanwhile.

Each is a page that says so and keeps what was typed, never a bare 500 and never a lost note.
"""

from __future__ import annotations

import errno
import logging

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as BaseResponse

from tracker import web
from tracker.error_pages import error_page
from tracker.language import gettext, lazy_gettext

log = logging.getLogger(__name__)
NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "53100")
"""A disk without room in the words of both databases; the second one where SQLite cannot even begin to read."""
_RELOAD = lazy_gettext("This page was open for too long. Reload it and try again.")
SOON, LATER = 5, 60
"""Seconds after which it is worth trying again."""


def init_app(app: Flask) -> None:
    """Registers the pages."""
    app.register_error_handler(OperationalError, _database_trouble)
    app.register_error_handler(OSError, _disk_trouble)
    app.register_error_handler(CSRFError, _too_late)
    web.login.unauthorized_handler(_nobody)


def _database_trouble(fault: OperationalError) -> BaseResponse:
    log.error("database: %s", fault.orig)
    name = getattr(fault.orig, "sqlite_errorname", None) or getattr(fault.orig, "sqlstate", None)
    if name in NO_ROOM:
        return _storage_full(_kept())
    kept = _kept()
    said = gettext("The database is busy at this moment, so nothing was saved.")
    return _wait(503, f"{said} {_what_to_do(kept)}", kept, SOON)


def _disk_trouble(fault: OSError) -> BaseResponse:
    """A file beside the database, such as one that is being uploaded, found no room; anything else is our fault."""
    if fault.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise fault
    log.error("disk: %s", fault)
    return _storage_full([])


def _storage_full(kept: list[tuple[str, str]]) -> BaseResponse:
    said = gettext("The server's storage is full, so nothing was saved; what you saved before is safe.")
    if request.method == "POST" and request.path.startswith("/login"):
        said = gettext(
            "The server's storage is full. A log-in has to be written down, so nobody can log in for the moment; "
            "what you saved before is safe, and where you are logged in already you can go on reading."
        )
    todo = gettext("Tell whoever runs this site: it goes on by itself as soon as there is room.")
    return _wait(507, f"{said} {todo} {_what_to_do(kept)}", kept, LATER)


def _too_late(_fault: CSRFError) -> BaseResponse:
    """A form whose token belongs to a session that has ended, or to nobody."""
    if web.wants_piece():
        return web.ask_to_log_in() if web.logged_in() is None else error_page(403, _RELOAD)
    if kept := _kept_of_ours():
        return _logged_out(kept) if web.logged_in() is None else _once_more(kept)
    return error_page(403, gettext("This page was open for too long. Go back, reload it, and send the form again."))


def _nobody() -> BaseResponse:
    """Whoever is not logged in is asked to; a form that was typed before stays on the page meanwhile."""
    kept = [] if web.wants_piece() else _kept_of_ours()
    return _logged_out(kept) if kept else web.ask_to_log_in()


def _once_more(kept: list[tuple[str, str]]) -> Response:
    said = gettext("This page was open for too long. What you sent is kept here: look at it and send it again.")
    return error_page(403, said, kept=kept)


def _logged_out(kept: list[tuple[str, str]]) -> Response:
    said = gettext("You are not logged in any more, so nothing was saved. What you sent is kept on this page.")
    todo = gettext("Log in in another tab, come back here, and send it again.")
    return error_page(403, f"{said} {todo}", kept=kept, log_in=True)


def _kept_of_ours() -> list[tuple[str, str]]:
    """What a page of ours sent; nothing where another site may have, since a page of ours must not send that again."""
    return _kept() if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "same-origin" else []


def _what_to_do(kept: list[tuple[str, str]]) -> str:
    if web.wants_piece():
        return gettext("Wait a little and try again.")
    if any("password" in name for name, _ in kept):
        return gettext("What you sent is kept on this page, but for the password: wait a little and send it again.")
    if kept:
        return gettext("What you sent is kept on this page: wait a little and send it again.")
    if request.method == "POST":
        return gettext("Wait a little, go back and send it again.")
    return gettext("Wait a little and reload the page.")


def _wait(status: int, said: str, kept: list[tuple[str, str]], seconds: int) -> BaseResponse:
    answer = error_page(status, said, kept=kept)
    answer.headers["Cache-Control"] = "no-store"
    return web.wait_a_little(answer, seconds)


def _kept() -> list[tuple[str, str]]:
    """What a form sent, but for files, which a page cannot hold; a password belongs into no page and is asked anew."""
    if request.files or any("credential" in name for name in request.form):
        return []
    return [
        (name, "" if "password" in name else value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token"
    ]
