"""When somebody wants their weekly mail."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class ReminderPreference(Base):
    """One row a learner. ``next_due_at`` is the whole schedule: there is never a job per user."""

    __tablename__ = "reminder_preference"
    __table_args__ = (
        Index(
            "ix_reminder_preference_due",
            "next_due_at",
            "user_id",
            sqlite_where=text("enabled AND next_due_at IS NOT NULL"),
            postgresql_where=text("enabled AND next_due_at IS NOT NULL"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=True)
    weekday: Mapped[int] = mapped_column(default=0)
    """Monday is 0."""
    hour: Mapped[int] = mapped_column(default=9)
    next_due_at: Mapped[dt.datetime | None]
    rev: Mapped[int] = mapped_column(default=0)
    """Grows with every change: a mail composed for older wishes is not sent."""
    last_sent_at: Mapped[dt.datetime | None]
    unanswered: Mapped[int] = mapped_column(default=0)
    """Weekly mails sent since the last sign of life: by this the mail goes monthly, asks, and stops (planning.fading).

    Stopped is: so many that none is to come, and no ``next_due_at``.
    """
    tzdata_version: Mapped[str] = mapped_column(String(16), default="")
