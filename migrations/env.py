"""Alembic's entry: one transaction for the whole upgrade, one process at a time, on both databases."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import text

import config as settings_module
from tracker import models  # noqa: F401  # makes every table known to the metadata
from tracker.db import UTC, Base, make_engine

ADVISORY_LOCK = 7_206_541


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Writes our own type as plain SQLAlchemy, so that revisions do not depend on later code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTC) else False


def run() -> None:
    """Runs the revisions on the engine that was handed over, or on the one of the environment."""
    engine = context.config.attributes.get("engine") or make_engine(settings_module.load().database_url)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if not sqlite:
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # whoever migrates first may take long
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            compare_type=True,
            render_item=render_item,
            # SQLite's DDL is transactional once BEGIN is ours: an interrupted upgrade leaves nothing behind.
            transactional_ddl=True,
        )
        context.run_migrations()


run()
