"""The database and the code always fit, or say in a sentence why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from config import SHIPPED
from tracker import models  # noqa: F401  # makes every table known to the metadata
from tracker.db import Base, make_engine
from tracker.migrate import SchemaError, current_revision, migrate, revisions


def test_an_empty_database_becomes_the_newest(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    assert current_revision(engine) is None
    assert migrate(engine) is True
    assert current_revision(engine) == revisions()[-1]
    assert migrate(engine) is False
    engine.dispose()


def test_the_revisions_make_the_tables_of_the_models(fresh_database: str) -> None:
    engine = make_engine(fresh_database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_every_revision_can_be_taken_back(fresh_database: str) -> None:
    """For whoever develops one; an installation goes back by its backup."""
    engine = make_engine(fresh_database)
    config = Config()
    config.set_main_option("script_location", str(SHIPPED / "migrations"))
    config.attributes["engine"] = engine
    command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert migrate(engine) is True
    engine.dispose()


def test_a_newer_schema_is_refused_in_a_sentence(fresh_database: str) -> None:
    engine = make_engine(fresh_database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="made by a newer version"):
        migrate(engine)
    assert current_revision(engine) == "9999"
    engine.dispose()


def test_a_backup_put_over_newer_tables_is_refused_in_a_sentence(fresh_database: str) -> None:
    engine = make_engine(fresh_database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0008'"))
    with pytest.raises(SchemaError, match=r"has schema 0008, but there is more in it .* an empty database"):
        migrate(engine)
    assert current_revision(engine) == "0008"
    engine.dispose()


def test_sqlite_is_durable_and_checks_foreign_keys(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.connect() as connection:
        said = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
        assert said == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()
