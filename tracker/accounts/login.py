"""Flask-Login over server-side sessions: the cookie holds a random id and nothing else about the account."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, cast

from flask import Flask, Response, after_this_request, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from config import Settings
from tracker import signing, web
from tracker.accounts import passwords, sessions
from tracker.accounts.queries import has_factor, live_session
from tracker.accounts.visit import Visit, new_name
from tracker.errors import NotFound
from tracker.models import User, UserSession

SEEN_EVERY = dt.timedelta(hours=1)
ADMIN_SEEN_EVERY = dt.timedelta(minutes=5)
"""Writing down each request would make every page view a write."""
DEVICE, DEVICE_SECONDS, MOST_ACCOUNTS = "device", 365 * 24 * 3600, 5
ADMIN = "/admin"


class LoggedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A browser that is logged in, with its account."""

    def __init__(self, sid: str, user: User, row: UserSession | None = None) -> None:
        self.sid = sid
        self.user = user
        self.row = row

    def get_id(self) -> str:
        """What goes into the cookie."""
        return self.sid


def init_app(app: Flask, settings: Settings) -> None:
    """The guard before the administrators' pages, and what would make the first wrong password slower than others."""
    app.before_request(_guard_admin)
    passwords.verify(None, "", settings)
    passwords.common()


@web.login.user_loader  # type: ignore[untyped-decorator]  # as above
def load(sid: str) -> LoggedIn | None:
    """The log-in of this cookie; None once it has ended, here or elsewhere."""
    session, now = web.db(), web.now()
    found = live_session(session, sid, now=now)
    if found is None:
        return None
    row, user = found
    if now - row.last_seen_at > (ADMIN_SEEN_EVERY if user.is_admin else SEEN_EVERY):
        sessions.touch(session, sid=sid, now=now)
    return LoggedIn(sid, user, row)


def this_session() -> UserSession:
    """The row of the present log-in; only behind ``@login_required``."""
    return cast(UserSession, current_user.row)


def visit() -> Visit:
    """Who asks, for limits and the security log."""
    return Visit(
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
        request_id=web.request_id(),
        known_to=_known_accounts(),
    )


def log_in(user: User, *, second_factor: bool = False) -> None:
    """Starts a session in this browser. The old cookie's contents go, and the CSRF token with them."""
    seen = visit()
    sid = sessions.start(web.db(), user_id=user.id, second_factor=second_factor, visit=seen, now=web.now())
    carry_on(user, sid)
    remember_device(user, seen)


def carry_on(user: User, sid: str) -> None:
    """Puts the id of a session into a cookie that holds nothing of before."""
    cookie.clear()
    cookie.permanent = True
    login_user(LoggedIn(sid, user))


def log_out() -> None:
    """Ends the session on the server and forgets it here."""
    if current_user.is_authenticated:
        sessions.end(web.db(), sid=current_user.sid, user_id=web.me().id, visit=visit(), now=web.now())
    logout_user()
    cookie.clear()


def browser() -> str:
    """A random word of this browser and log-in, to which what it is asked is bound."""
    if "browser" not in cookie:
        cookie["browser"] = secrets.token_urlsafe(16)
    return str(cookie["browser"])


def _guard_admin() -> ResponseReturnValue | None:
    """Everything under /admin is for administrators with a second factor; to others it does not exist."""
    if request.path != ADMIN and not request.path.startswith(f"{ADMIN}/"):
        return None
    if not current_user.is_authenticated or not web.me().is_admin:
        raise NotFound
    if not has_factor(web.db(), web.me().id) or not this_session().second_factor:
        return web.see_other(url_for("security.settings", needed="1"))
    return None


def _device_cookie(settings: Settings) -> str:
    return "__Host-waymark-device" if settings.https else "waymark-device"


def _known_accounts() -> dict[int, str]:
    settings = web.app_parts().settings
    try:
        pairs: Any = signing.unsign_timed(
            settings.keys, DEVICE, request.cookies.get(_device_cookie(settings), ""), max_age=DEVICE_SECONDS
        )
        return {int(user_id): str(word) for user_id, word in pairs}
    except (signing.BadToken, TypeError, ValueError):
        return {}


def remember_device(user: User, seen: Visit) -> None:
    """So that the next log-in from here is none of a stranger; it opens nothing by itself."""
    settings = web.app_parts().settings
    name = seen.name_at(user) or new_name(user)
    pairs = [*(pair for pair in seen.known_to.items() if pair[0] != user.id), (user.id, name)]
    value = signing.sign_timed(settings.keys, DEVICE, pairs[-MOST_ACCOUNTS:])

    @after_this_request
    def put(answer: Response) -> Response:
        answer.set_cookie(
            _device_cookie(settings),
            value,
            max_age=DEVICE_SECONDS,
            secure=settings.https,
            httponly=True,
            samesite="Lax",
        )
        return answer
