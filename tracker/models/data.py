"""Files on their way in."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class ImportDraft(Base):
    """An uploaded export that waits for its owner's yes; one a learner, forgotten after a day."""

    __tablename__ = "import_draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
