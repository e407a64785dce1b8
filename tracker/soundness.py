"""Whether SQLite's file is as SQLite wrote it: a disk that fails changes bytes without a word."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session


def damage(session: Session) -> str:
    """What is wrong with the database's file, in SQLite's words; empty where nothing is, and for PostgreSQL.

    Reads every page once, and keeps nobody waiting.
    """
    if session.get_bind().dialect.name != "sqlite":
        return ""
    try:
        found = str(session.scalar(text("PRAGMA quick_check(1)")))
    except DatabaseError as fault:
        return str(fault.orig)
    finally:
        session.rollback()
    return "" if found == "ok" else " ".join(found.split())
