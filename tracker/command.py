"""What every command begins with: settings, and a database that is created and migrated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

import config
from tracker import db as database
from tracker.migrate import migrate


def prepared(**changes: str) -> config.Settings:
    """The settings, with the database created and migrated."""
    settings = config.load({**os.environ, **changes})
    for name in settings.unknown:
        click.echo(f"{name} is not a setting of Waymark; is it spelt right?", err=True)
    engine = database.make_engine(settings.database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return settings


@contextmanager
def open_session(settings: config.Settings) -> Iterator[Session]:
    """A session for one command."""
    engine = database.make_engine(settings.database_url)
    try:
        with database.make_sessions(engine)() as session:
            yield session
    finally:
        engine.dispose()
