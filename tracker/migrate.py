"""Brings the database to the schema of this code, or says in a sentence why it cannot."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from config import SHIPPED

VERSIONS = SHIPPED / "migrations" / "versions"


class SchemaError(Exception):
    """The database's schema and this code do not fit; the text says what to do."""


def revisions() -> list[str]:
    """All revision ids in order: they are the numbers that the files' names begin with."""
    return sorted(file.name.split("_")[0] for file in VERSIONS.glob("[0-9]*_*.py"))


def current_revision(engine: Engine) -> str | None:
    """The revision of this database; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine) -> bool:
    """Upgrades to the newest revision; False if there was nothing to do. Safe when several processes start at once.

    Raises SchemaError for a database that newer code has made, and for one into which a backup was put without emptying
    it first.
    """
    known, current = revisions(), current_revision(engine)
    if current == known[-1]:
        return False
    if current is not None and current not in known:
        raise SchemaError(
            f"The database has schema {current}, but this version of Waymark only knows up to {known[-1]}: "
            "it was made by a newer version. Install that version again, or restore a backup."
        )
    # Imported here because it costs a quarter of a second and is needed only when there is something to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SHIPPED / "migrations"))
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, "head")
    except DatabaseError as fault:
        if "already exists" not in str(fault.orig):
            raise
        raise SchemaError(
            f"The database says that it has schema {current or 'none'}, but there is more in it "
            f"({str(fault.orig).strip().splitlines()[0]}). Restore the backup into an empty database."
        ) from fault
    return True
