"""Time that was studied, and what somebody chose for a week."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class StudySession(Base):
    """Minutes on a local day, for a milestone or in general."""

    __tablename__ = "study_session"
    __table_args__ = (Index("ix_study_session_owner", "user_id", "path", "on_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(64))
    milestone: Mapped[str | None] = mapped_column(String(64))
    on_day: Mapped[dt.date]
    """The learner's own date: a later change of zone never moves it."""
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[dt.datetime]


class WeekChoice(Base):
    """A milestone that the learner wants to get on with in one ISO week."""

    __tablename__ = "week_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(64), primary_key=True)
    week: Mapped[str] = mapped_column(String(8), primary_key=True)
    """Such as 2027-W09"""
    milestone: Mapped[str] = mapped_column(String(64), primary_key=True)
