"""Flask glue: the session on ``g``, log-in, CSRF tokens, pages and redirects. Knows no domain."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import LoginManager, current_user
from flask_login import login_required as _login_required
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from config import Settings
from tracker import clock
from tracker.catalog.schema import Catalog
from tracker.db import SessionFactory
from tracker.errors import InvalidInput

if TYPE_CHECKING:
    from tracker.models import User

log = logging.getLogger(__name__)
csrf = CSRFProtect()
login = LoginManager()
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class App:
    """What the views need beside the request; made once by create_app."""

    settings: Settings
    catalog: Catalog
    engine: Engine
    sessions: SessionFactory


def app_parts() -> App:
    """The parts of the running app."""
    return cast(App, current_app.extensions["tracker"])


def db() -> Session:
    """This request's session, opened on first use and closed at the end of the request."""
    if "db" not in g:
        g.db = app_parts().sessions()
    return cast(Session, g.db)


def local_day(instant: dt.datetime) -> dt.date:
    """The day of an instant where the logged-in person lives."""
    return clock.local_date(instant, me().timezone)


def login_required(view: View) -> View:
    """For whom is logged in; others are asked to log in first. Flask-Login's own, with the types that it lacks."""
    return cast(View, _login_required(view))


def now() -> dt.datetime:
    """One instant for the whole request, so that a page cannot contradict itself."""
    if "now" not in g:
        g.now = clock.now_utc()
    return cast(dt.datetime, g.now)


def request_id() -> str:
    """A random name of this request, by which its lines in the logs are found."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return cast(str, g.request_id)


def me() -> User:
    """The account that is logged in; only behind ``@login_required``."""
    return cast("User", current_user.user)


def today() -> dt.date:
    """The present day where the logged-in person lives."""
    return clock.local_date(now(), me().timezone)


def visitor_day() -> dt.date:
    """Of whoever is logged in; else that of UTC, which is near enough for a plan that nobody keeps yet."""
    return today() if logged_in() else now().date()


def absolute(address: str) -> str:
    """An address of this site in full, as others may keep it: by TRACKER_BASE_URL, whatever a Host header says."""
    return app_parts().settings.base_url + address


def logged_in() -> User | None:
    """Who is logged in, for the frame of every page; nobody when the database cannot say."""
    try:
        return me() if current_user.is_authenticated else None
    except SQLAlchemyError:
        return None


def wants_piece() -> bool:
    """True when htmx asks: answer the changed piece instead of a redirect to a page."""
    return request.headers.get("HX-Request") == "true"


def see_other(address: str) -> BaseResponse:
    """The answer to a POST that worked: 303 to a page of ours."""
    return redirect(address, code=303)


def safe_next(address: str | None, fallback: str) -> str:
    """``address`` if it is a path of this site, else ``fallback``: never a way to somebody else's page."""
    if not address or not address.startswith("/") or any(ord(c) < 33 or c == "\\" for c in address):
        return fallback
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc and not address.startswith("//") else fallback


def flash_with_undo(text: str, address: str, **more: Any) -> None:
    """A message for the next page whose button takes back what was done: a form that is sent to ``address``.

    ``more`` is what else ui.toast knows: ``fields`` and log ``entries`` that go along, ``next``, ``finished``.
    """
    flash({"text": text, "undo": address, **more}, "undo")  # type: ignore[arg-type]  # Flask takes whatever JSON holds


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """A rendered page with its status (422 for a form that came back)."""
    return make_response(render_template(template, **{"came_back": status == 422} | context), status)


def init_app(app: Flask, parts: App) -> None:
    """Hooks everything of this module into the app."""
    app.extensions["tracker"] = parts
    https = parts.settings.https
    app.config.update(
        SECRET_KEY=parts.settings.secret_key,
        # The prefix makes browsers insist on Secure, Path=/ and no Domain; it needs https.
        SESSION_COOKIE_NAME="__Host-waymark" if https else "waymark",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=dt.timedelta(days=30),
        SESSION_REFRESH_EACH_REQUEST=False,
        SECRET_KEY_FALLBACKS=list(parts.settings.secret_key_fallbacks),
        WTF_CSRF_SECRET_KEY=list(parts.settings.keys),
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for days; the token dies with the session
        WTF_CSRF_SSL_STRICT=False,  # clients without Referer are decided by the token alone
        SEND_FILE_MAX_AGE_DEFAULT=dt.timedelta(days=365),  # assets carry their content's hash in their address
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=500,
    )
    csrf.init_app(app)
    login.init_app(app)
    app.teardown_appcontext(_close_session)
    app.jinja_env.globals.update(
        absolute=absolute,
        asset=_assets(app),
        logged_in=logged_in,
        messages=lambda: get_flashed_messages(with_categories=True),
    )


def _assets(app: Flask) -> Callable[[str], str]:
    """Addresses of static files that change with their content, so that a browser may keep them for a year."""
    hashes: dict[str, str] = {}

    def asset(filename: str) -> str:
        if filename not in hashes or app.debug:
            content = Path(str(app.static_folder), filename).read_bytes()
            hashes[filename] = hashlib.sha256(content).hexdigest()[:10]
        return url_for("static", filename=filename, v=hashes[filename])

    return asset


def keep_quiet(answer: Response) -> Response:
    """For a page whose address is a key: it goes into no Referer, no cache and no index."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def form_status() -> int:
    """422 for a form that comes back, 200 for one that is shown for the first time."""
    return 422 if request.method == "POST" else 200


def put_beside(form: Any, fault: InvalidInput) -> None:
    """Puts the sentence of a service beside the field that it is about."""
    form[fault.field].errors = [fault.message]


def wait_a_little(answer: BaseResponse, seconds: int) -> BaseResponse:
    """The answer, with the time after which it is worth trying again."""
    answer.headers["Retry-After"] = str(seconds)
    return answer


def ask_to_log_in() -> BaseResponse:
    """To the log-in page and back again; htmx is told to go there, or it would swap that page into a row."""
    here = urlsplit(request.referrer or "").path if wants_piece() else request.full_path.rstrip("?")
    if request.method == "POST" and not wants_piece():
        here = ""
    address = url_for("accounts.log_in", next=safe_next(here, "") or None)
    if wants_piece():
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def _close_session(_fault: BaseException | None) -> None:
    session = g.pop("db", None)
    if session is not None:
        session.close()
