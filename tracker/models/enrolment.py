"""Who is on which path, by which plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class Enrolment(Base):
    """One learner on one path. The path itself lives in the catalogue; the row names it."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("user_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(64), index=True)
    starting_point: Mapped[str] = mapped_column(String(64))
    goal: Mapped[str | None] = mapped_column(String(64))
    start_on: Mapped[dt.date]
    target_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None]
    """Who leaves a path keeps all that was done on it, and may come back."""
    stayed_at: Mapped[str | None] = mapped_column(String(64))
    """The content version that was offered and declined; it is not offered again."""
    own: Mapped[list[Any]] = mapped_column(default=list)
    """Milestones that the learner added: key, title, hours, phase, done_when (key and text each), dropped."""


class PlanRevision(Base):
    """A plan as it was made: never edited. The newest in force is the plan; the first one stays visible.

    ``milestones`` holds, in the order of the plan, ``[key, hours, starts_on, due_on]`` (dates as ISO text);
    ``known`` the keys credited as known, ``half`` those at half hours, ``later`` ``[key, hours]`` of what can wait.
    """

    __tablename__ = "plan_revision"
    __table_args__ = (UniqueConstraint("enrolment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    in_force_from: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
    start_on: Mapped[dt.date]
    finish_on: Mapped[dt.date]
    hours_per_week: Mapped[float]
    content_version: Mapped[str] = mapped_column(String(64))
    milestones: Mapped[list[Any]]
    known: Mapped[list[Any]]
    half: Mapped[list[Any]]
    later: Mapped[list[Any]]
    since: Mapped[dt.date | None]
    """The revision's own day: from it on ``hours_per_week`` holds. None for a plan that holds from its start."""
    earned_before: Mapped[float] = mapped_column(default=0.0)
    """Hours that were earned when it was made: its line begins there."""
    carried: Mapped[list[Any]] = mapped_column(default=list)
    """``[key, hours, done_on]`` of parts that were done of a milestone when it was merged from several."""


class PathOutline(Base):
    """How a version of a path looked when somebody made a plan from it: by key, title, phase and hours."""

    __tablename__ = "path_outline"

    path: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    steps: Mapped[dict[str, Any]]


class Pause(Base):
    """Days on which the plan expects nothing; the first and the last day are both paused."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]


class Celebration(Base):
    """A phase that was finished, or with phase 0 the whole path: each is celebrated once, ticked again or not."""

    __tablename__ = "celebration"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    phase: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
