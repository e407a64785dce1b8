"""All mail, weekly reminders included: what is to be sent and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class OutboxMail(Base):
    """One mail: queued → claimed → sending → sent; or dead, skipped, unknown, each with a reason a person can read.

    Bodies are not stored: a mail is rendered from live data when it is sent. ``(user_id, kind, period)`` is unique;
    account mail has no period (NULL), so only reminders are held to one a week.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "period"),
        Index(
            "ix_outbox_mail_queued",
            "priority",
            "available_at",
            "id",
            "attempts",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_mail_leased",
            "lease_until",
            sqlite_where=text("state IN ('claimed', 'sending')"),
            postgresql_where=text("state IN ('claimed', 'sending')"),
        ),
        # The last three are for whoever watches: how much was sent, what was not, and the few mails of other kinds.
        Index(
            "ix_outbox_mail_sent",
            "sent_at",
            sqlite_where=text("state = 'sent'"),
            postgresql_where=text("state = 'sent'"),
        ),
        Index(
            "ix_outbox_mail_unsent",
            "state",
            "id",
            sqlite_where=text("state IN ('dead', 'skipped', 'unknown')"),
            postgresql_where=text("state IN ('dead', 'skipped', 'unknown')"),
        ),
        Index(
            "ix_outbox_mail_kind",
            "kind",
            "id",
            sqlite_where=text("kind <> 'weekly'"),
            postgresql_where=text("kind <> 'weekly'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    """weekly, confirm-email, address-taken, reset-password, password-changed …"""
    period: Mapped[str | None] = mapped_column(String(16))
    """For reminders the ISO week of the slot's local date, such as 2027-W03."""
    priority: Mapped[int] = mapped_column(default=0)
    """0 is urgent (somebody waits for it), 1 is a reminder."""
    recipient: Mapped[str] = mapped_column(String(254))
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the template needs beyond live data; never a secret: links are signed when the mail is rendered."""
    rev: Mapped[int] = mapped_column(default=0)
    """The reminder preference's ``rev`` that this was made for."""
    due_at: Mapped[dt.datetime]
    available_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(8), default="queued")
    reason: Mapped[str] = mapped_column(String(200), default="")
    lease_until: Mapped[dt.datetime | None]
    lease_token: Mapped[str] = mapped_column(String(32), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)
    """How often a connection ended between the last byte and the server's answer."""
    last_phase: Mapped[str] = mapped_column(String(16), default="")
    last_code: Mapped[int | None]
    last_text: Mapped[str] = mapped_column(String(200), default="")
    message_id: Mapped[str] = mapped_column(String(200), default="")
    date_header: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]


class Suppression(Base):
    """An address that the mail system says does not exist, or that complained."""

    __tablename__ = "suppression"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[dt.datetime]


class Sender(Base):
    """A reminder process and its heartbeat."""

    __tablename__ = "sender"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[dt.datetime]
    beat_at: Mapped[dt.datetime]
    last_pass_at: Mapped[dt.datetime | None]
    sent: Mapped[int] = mapped_column(default=0)
    retried: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    """Dead or unknown. These three count from its start."""
    paused: Mapped[str] = mapped_column(String(200), default="")
    """Why it does not send at the moment; empty while it does."""
    alarm: Mapped[bool] = mapped_column(default=False)
    """The pause is because one mail after the other was refused, by our own fault."""


class MailAlarm(Base):
    """The one row that all senders of all processes share: are their mails refused by a fault of our own?"""

    __tablename__ = "mail_alarm"

    id: Mapped[int] = mapped_column(primary_key=True)
    recent: Mapped[str] = mapped_column(String(20), default="")
    """The last outcomes as of the last such refusal: ``x`` was one, ``.`` a mail that the server took."""
    pauses: Mapped[int] = mapped_column(default=0)
    """How often it rang in a row; each pause is twice as long."""
    paused_until: Mapped[dt.datetime | None]
    rung_at: Mapped[dt.datetime | None]
    refused_at: Mapped[dt.datetime | None]
    """The last such refusal: what was taken before it is in ``recent`` already."""
    reason: Mapped[str] = mapped_column(String(200), default="")
