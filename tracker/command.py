"""What every command begins with: settings, and a database that is created and migrated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

import config
from tracker import db as database
from tracker.migrate import migrate


def prepared(**changes: str) -> config.Settings:
    """The settings, with the database created and migrated."""
    settings = config.load({**os.environ, **changes})
    for name in settings.unknown:
        click.echo(f"{name} is not a setting of Waymark; is it spelt right?", err=True)
    engine = _usable(settings.database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return settings


def _usable(url: str) -> Engine:
    """An engine that has found its database. Raises SettingError: the address holds a password and is not repeated."""
    try:
        engine = database.make_engine(url)
        engine.connect().close()
    except DBAPIError as fault:
        raise config.SettingError(f"TRACKER_DATABASE_URL: the database cannot be used: {in_short(fault)}") from fault
    except (ArgumentError, ValueError) as fault:
        said = "TRACKER_DATABASE_URL: must look like postgresql+psycopg://user:password@host/database."
        raise config.SettingError(said) from fault
    return engine


def in_short(fault: DBAPIError) -> str:
    """What the database says, in its first line."""
    return str(fault.orig).strip().splitlines()[0]


@contextmanager
def open_session(settings: config.Settings) -> Iterator[Session]:
    """A session for one command."""
    engine = database.make_engine(settings.database_url)
    try:
        with database.make_sessions(engine)() as session:
            yield session
    finally:
        engine.dispose()
