"""`tracker backup` and `tracker restore`: a consistent copy of the embedded database in use, and the way back to it."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tracker.migrate import revisions


class BackupError(Exception):
    """Nothing was copied or put back; the text says why."""


def backup(database_url: str, target: Path) -> int:
    """Copies the database to ``target`` and returns its size in bytes. Never overwrites; leaves nothing half-done."""
    live = _embedded(database_url)
    if target.exists():
        raise BackupError(f"{target} exists already and is not overwritten.")
    half = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _copy(live, half)
        os.link(half, target)  # unlike a rename it fails if somebody made the file meanwhile
    except (OSError, sqlite3.Error) as fault:
        raise BackupError(f"{target} could not be written: {fault}") from fault
    finally:
        half.unlink(missing_ok=True)
    return target.stat().st_size


def _embedded(database_url: str) -> Path:
    if not database_url.startswith("sqlite:///"):
        raise BackupError("This command is for the embedded database. For PostgreSQL use pg_dump (see the README).")
    return Path(database_url.removeprefix("sqlite:///"))


def restore(database_url: str, source: Path, *, now: dt.datetime) -> Path | None:
    """Puts a copy of `backup` in the database's place, whole or not at all; answers where what was there is kept.

    SQLite itself writes it, in one transaction: a file copied over the old one would be spoilt by the log (-wal) that
    a killed server leaves beside it.
    """
    live = _embedded(database_url)
    _check(source)
    kept = live.with_name(f"{live.name}.replaced-{now:%Y%m%dT%H%M%S}") if live.exists() else None
    try:
        if kept:
            backup(database_url, kept)
        live.touch(mode=0o600)
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(live)) as database:
            copy.backup(database)
    except (BackupError, OSError, sqlite3.Error) as fault:
        raise BackupError(
            f"{source} was not put back: {fault} If {live} itself cannot be read, move it away with its -wal and -shm "
            "and try again."
        ) from fault
    return kept


def _check(source: Path) -> None:
    """It is a sound database of Waymark, and of no newer one."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0]
            (version,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as fault:
        raise BackupError(f"{source} cannot be read as a backup: {fault}") from fault
    if sound != "ok":
        raise BackupError(f"{source} is not sound: {sound}")
    if version not in revisions():
        raise BackupError(
            f"{source} was made by a newer version of Waymark (schema {version}). Install that one first."
        )


def _copy(source: Path, half: Path) -> None:
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
