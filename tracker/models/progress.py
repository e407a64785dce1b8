"""What somebody did. Rows name path and milestone key, so editing a path file can never erase anyone's work."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class MilestoneState(Base):
    """The present state of one milestone; no row means ``todo`` (or what the plan credits)."""

    __tablename__ = "milestone_state"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(64), primary_key=True)
    milestone: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    """todo, doing, done, known or skipped"""
    done_on: Mapped[dt.date | None]
    """The learner's local date; only while ``done``."""
    changed_at: Mapped[dt.datetime]
    door: Mapped[str] = mapped_column(String(8))
    content_version: Mapped[str] = mapped_column(String(64))


class ProgressLog(Base):
    """Every change of state, appended, never edited."""

    __tablename__ = "progress_log"
    __table_args__ = (Index("ix_progress_log_owner", "user_id", "path", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(64))
    milestone: Mapped[str] = mapped_column(String(64))
    from_state: Mapped[str] = mapped_column(String(8))
    to_state: Mapped[str] = mapped_column(String(8))
    done_on: Mapped[dt.date | None]
    from_done_on: Mapped[dt.date | None]
    at: Mapped[dt.datetime]
    local_on: Mapped[dt.date]
    """The learner's own date at that time: a later change of zone never moves it."""
    door: Mapped[str] = mapped_column(String(8))
    """page, api, mail or import"""
    content_version: Mapped[str] = mapped_column(String(64))


class CriterionMet(Base):
    """A done-when criterion that the learner says is met."""

    __tablename__ = "criterion_met"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(64), primary_key=True)
    milestone: Mapped[str] = mapped_column(String(64), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(64), primary_key=True)
    met_on: Mapped[dt.date]


class MilestoneNote(Base):
    """A learner's private note on a milestone."""

    __tablename__ = "milestone_note"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(64), primary_key=True)
    milestone: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[dt.datetime]


class MilestoneLink(Base):
    """A link that a learner keeps with a milestone."""

    __tablename__ = "milestone_link"
    __table_args__ = (Index("ix_milestone_link_owner", "user_id", "path", "milestone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(64))
    milestone: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(String(2048))
    title: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[dt.datetime]
