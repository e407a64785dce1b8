"""A trial of its own for each row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import server_url
from tests.faults.trial import MovedClock, Trial
from tests.smtp_sink import SmtpSink
from tracker import db
from tracker.catalog.schema import Catalog


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Row 21 restarts a PostgreSQL server, row 30 is about the command for SQLite: each has one database only."""
    other = "test_a_backup_under_writes_and_the_way_back" if server_url() else "test_a_server_that_is_restarted"
    theirs = [item for item in items if item.name == other]
    if theirs:
        config.hook.pytest_deselected(items=theirs)
        items[:] = [item for item in items if item not in theirs]


@pytest.fixture
def trial(fresh_database: str, tmp_path: Path, catalog: Catalog) -> Iterator[Trial]:
    """An empty, migrated database that several processes share."""
    made = Trial(fresh_database, tmp_path, db.make_sessions(db.make_engine(fresh_database)), catalog)
    yield made
    made.clean_up()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A mail server that takes everything until it is told otherwise."""
    with SmtpSink() as opened:
        yield opened


@pytest.fixture
def moved_clock(tmp_path: Path) -> MovedClock:
    """The time of those children that go by it."""
    return MovedClock(tmp_path)
