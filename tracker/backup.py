"""`tracker backup`: a consistent copy of the embedded database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


class BackupError(Exception):
    """The copy was not made; the text says why."""


def backup(database_url: str, target: Path) -> int:
    """Copies the database to ``target`` and returns its size in bytes. Never overwrites; leaves nothing half-done."""
    if not database_url.startswith("sqlite:///"):
        raise BackupError("This command copies the embedded database. For PostgreSQL use pg_dump (see the README).")
    if target.exists():
        raise BackupError(f"{target} exists already and is not overwritten.")
    half = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _copy(database_url.removeprefix("sqlite:///"), half)
        os.link(half, target)  # unlike a rename it fails if somebody made the file meanwhile
    except (OSError, sqlite3.Error) as fault:
        raise BackupError(f"{target} could not be written: {fault}") from fault
    finally:
        half.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(source: str, half: Path) -> None:
    os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # it holds password hashes: ours alone
    with sqlite3.connect(source) as live, sqlite3.connect(half) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without its -wal beside it
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    live.close()
    copy.close()
    if found != "ok":
        raise BackupError(f"The copy is not sound: {found}")
    with half.open("rb+") as written:
        os.fsync(written.fileno())
