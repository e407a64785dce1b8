"""What a piece of work asks the database, and by which way the answer is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

Asked = tuple[str, Any]
"""A statement and its parameters."""


@contextmanager
def asked(connection: Connection) -> Iterator[list[Asked]]:
    """Fills the list with every statement but those that only frame a transaction."""
    statements: list[Asked] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)


def ways(connection: Connection, statement: Asked) -> list[str]:
    """The lines of SQLite's plan for a statement."""
    return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])]
