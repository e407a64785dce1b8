"""Flask-Login over server-side sessions: the cookie holds a random id and nothing else about the account."""

from __future__ import annotations

import datetime as dt

from flask import request
from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user

from tracker import web
from tracker.accounts import services
from tracker.accounts.queries import live_session
from tracker.models import User

SEEN_EVERY = dt.timedelta(hours=1)
"""Writing down each request would make every page view a write."""


class LoggedIn(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A browser that is logged in, with its account."""

    def __init__(self, sid: str, user: User) -> None:
        self.sid = sid
        self.user = user

    def get_id(self) -> str:
        """What goes into the cookie."""
        return self.sid


@web.login.user_loader  # type: ignore[untyped-decorator]  # as above
def load(sid: str) -> LoggedIn | None:
    """The log-in of this cookie; None once it has ended, here or elsewhere."""
    session, now = web.db(), web.now()
    found = live_session(session, sid, now=now)
    if found is None:
        return None
    row, user = found
    if now - row.last_seen_at > SEEN_EVERY:
        services.touch_session(session, sid=sid, now=now)
    return LoggedIn(sid, user)


def log_in(user: User) -> None:
    """Starts a session in this browser. The old cookie's contents go, and the CSRF token with them."""
    sid = services.start_session(web.db(), user_id=user.id, user_agent=request.user_agent.string, now=web.now())
    cookie.clear()
    cookie.permanent = True
    login_user(LoggedIn(sid, user))


def log_out() -> None:
    """Ends the session on the server and forgets it here."""
    if current_user.is_authenticated:
        services.end_session(web.db(), sid=current_user.sid)
    logout_user()
    cookie.clear()
