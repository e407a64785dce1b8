"""What keeps accounts safe: second factors, counted tries, and the log of what happened to an account."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class Passkey(Base):
    """A public key whose private half never leaves somebody's phone, computer or stick."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    """base64url, without padding, of at most 1,023 bytes."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]


class Authenticator(Base):
    """An app that shows a new code every thirty seconds (TOTP, RFC 6238); at most one an account."""

    __tablename__ = "authenticator"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(255))
    """Encrypted under the site's key: a copy of the database alone makes no codes."""
    created_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    """Until the first code was right, nobody is asked for one."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The half minute of the last code that was taken: it and all before it are used up."""


class RecoveryCode(Base):
    """A way past the second factor, once. 120 random bits, so that a plain SHA-256 of it may be kept (ASVS 6.5.2)."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[dt.datetime | None]


class TryCount(Base):
    """How often something was tried in one window of time. In the database: a restart does not begin anew."""

    __tablename__ = "try_count"

    bucket: Mapped[str] = mapped_column(String(80), primary_key=True)
    """What is counted, and a keyed hash of whose: no address is readable here."""
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The window's number since 1970."""
    tries: Mapped[int]
    ends_at: Mapped[dt.datetime] = mapped_column(index=True)


class SecurityEvent(Base):
    """One line of the security log. Never a secret, never what somebody typed."""

    __tablename__ = "security_event"
    __table_args__ = (Index("ix_security_event_owner", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    """Nobody where the typed address has no account; nobody, too, once the account was deleted."""
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[dt.datetime] = mapped_column(index=True)
    network: Mapped[str] = mapped_column(String(45), default="")
    """The network address, cut short: 203.0.113.0/24, 2001:db8:1::/48."""
    device: Mapped[str] = mapped_column(String(60), default="")
    """In words, such as Firefox on Linux."""
    request_id: Mapped[str] = mapped_column(String(32), default="")
