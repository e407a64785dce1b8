"""Who somebody is, and where they are logged in."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.language import DEFAULT


class User(Base):
    """An account. ``email`` is kept normalised (see accounts.services), so that one person has one account."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    """IANA name. A person's days are local dates in it, recorded as they happen."""
    locale: Mapped[str] = mapped_column(String(16), default=DEFAULT)
    """In which language and with which dates and numbers pages and mails speak to them, such as en_GB."""
    created_at: Mapped[dt.datetime]
    email_confirmed_at: Mapped[dt.datetime | None]
    """No reminder goes to an address that is not confirmed."""
    is_admin: Mapped[bool] = mapped_column(default=False)
    current_path: Mapped[str | None] = mapped_column(String(64))
    """The path that /dashboard and /plan show, where there are several."""
    timer_started_at: Mapped[dt.datetime | None]
    """When the study timer was started; it runs here, so that it survives a closed browser."""
    timer_milestone: Mapped[str | None] = mapped_column(String(64))
    last_login_at: Mapped[dt.datetime | None]
    devices_since: Mapped[dt.datetime | None]
    """Since another password: a browser that logged in before it is unknown again. None: since the account was made."""
    passkey_handle: Mapped[str | None] = mapped_column(String(43), unique=True, index=True)
    """By which passkeys know the account: random, so that it says nothing and is never another one's later."""


class UserSession(Base):
    """One browser that is logged in. The cookie holds a random id, the row only its SHA-256."""

    __tablename__ = "user_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    network: Mapped[str] = mapped_column(String(45), default="")
    """The network address, cut short, at log-in."""
    proved_at: Mapped[dt.datetime]
    """When the person last proved who they are: a sensitive change wants it within half an hour."""
    second_factor: Mapped[bool] = mapped_column(default=False)
    """Whether a second factor was shown in this log-in."""
