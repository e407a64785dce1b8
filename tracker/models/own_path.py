"""Paths that learners wrote or copied: YAML text, read into the same value as a shipped path file."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class OwnPath(Base):
    """One such path. Its slug cannot be guessed, so that its address is the secret by which it is shared."""

    __tablename__ = "own_path"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    """Nobody any more where the account is gone but others still walk the path."""
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text, default="")
    """As it was uploaded; empty before the first version is kept."""
    version: Mapped[str] = mapped_column(String(64), default="")
    draft: Mapped[str | None] = mapped_column(Text)
    """An upload that was found sound and is looked at before it is kept."""
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether others may open its address. Who is on it already keeps it in any case."""
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
