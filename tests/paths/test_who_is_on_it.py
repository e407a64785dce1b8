"""Who would lose something by a new version is asked of those on the path, however many learners there are."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.counting import asked, ways
from tests.kitchen import baker, made
from tracker.paths.queries import learners_on
from tracker.progress.orphans import orphans


def test_no_table_of_learners_is_read_from_end_to_end(session: Session, connection: Connection) -> None:
    with asked(connection) as statements:
        orphans(session, made("baker", baker()))
        learners_on(session, "baker")
    assert len(statements) == 11
    if connection.dialect.name == "sqlite":
        found = [way for statement in statements for way in ways(connection, statement)]
        assert [way for way in found if way.startswith("SCAN")] == []
