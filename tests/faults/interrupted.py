"""Upgrades that are killed with -9 at every statement: `python -m tests.faults.interrupted DATABASE_URL`.

From an empty database on, revision by revision: with rows in every table the upgrade to the next one is begun in a
process of its own, which is killed before its first statement, another one before its second …, the last one before the
commit. After each kill the database must be as it was. Then one may finish. The last revision is left unfinished, for
the next start of the real program. Prints a line for each revision: its number and how many were killed.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import traceback
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, Table, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from config import SHIPPED
from tracker import migrate
from tracker.db import make_engine

DESCRIBED = {
    "sqlite": "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name, concat_ws(' ', column_name, data_type, is_nullable, column_default) "
    "FROM information_schema.columns WHERE table_schema = 'public' "
    "UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
A_MOMENT = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)


def main() -> None:
    """See above."""
    url = sys.argv[1]
    engine, revisions = make_engine(url), migrate.revisions()
    for revision in revisions:
        fill(engine)
        before, kills, said = picture(engine), 0, ""
        while said != "commit":
            said = upgrade(url, revision, kills + 1)
            kills += 1
            after = picture(engine)
            assert after == before, f"{revision}, statement {kills}: {before} became {after}"
        print(revision, kills, flush=True)
        if revision != revisions[-1]:
            upgrade(url, revision)
            assert migrate.current_revision(engine) == revision
            kept = {name: rows for name, rows in picture(engine).items() if name in before}
            assert {name: rows for name, (_, rows) in kept.items()} == {
                name: rows for name, (_, rows) in before.items()
            }


def upgrade(url: str, revision: str, kill_at: int = 0) -> str:
    """In a process of its own; what it said before it was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            _upgrade(url, revision, kill_at, writing)
            code = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert ended == (-signal.SIGKILL if kill_at else 0), f"{revision}, statement {kill_at}: ended with {ended}"
    return said


def _upgrade(url: str, revision: str, kill_at: int, writing: int) -> None:
    engine, left = make_engine(url), kill_at

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(_connection: Any) -> None:
        os.write(writing, b"commit")
        os.kill(os.getpid(), signal.SIGKILL)

    if kill_at:
        event.listen(engine, "before_cursor_execute", count)
        event.listen(engine, "commit", commit)
    settings = Config()
    settings.set_main_option("script_location", str(SHIPPED / "migrations"))
    settings.attributes["engine"] = engine
    command.upgrade(settings, revision)


def picture(engine: Engine) -> dict[str, tuple[str, int]]:
    """Every table as it is described, and how many rows it has; raises where SQLite finds the file unsound."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        told = connection.execute(text(DESCRIBED[engine.dialect.name])).all()
        described: dict[str, list[str]] = {}
        for table, said in told:
            described.setdefault(table, []).append(said)
        rows = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in described}
        version = (
            connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in rows else ""
        )
    engine.dispose()  # nothing may be open when the next process is forked
    return {name: (f"{version}: {'; '.join(sorted(said))}", rows[name]) for name, said in described.items()}


def fill(engine: Engine) -> None:
    """A row for each table that has none, as far as its rules let made-up values in."""
    found = MetaData()
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        found.reflect(connection)
        for table in found.sorted_tables:
            if table.name == "alembic_version" or connection.scalar(select(func.count()).select_from(table)):
                continue
            try:
                with connection.begin_nested():
                    connection.execute(insert(table).values(made_up(table)))
            except IntegrityError:
                pass
    engine.dispose()


def made_up(table: Table) -> dict[str, Any]:
    """A value for each column."""
    values: dict[type, Any] = {
        int: 1, str: "1", bool: False, float: 1.0, bytes: b"1", dt.datetime: A_MOMENT, dt.date: A_MOMENT.date(),
        dict: [],
    }  # fmt: skip
    return {column.name: values.get(column.type.python_type) for column in table.columns}


if __name__ == "__main__":
    main()
