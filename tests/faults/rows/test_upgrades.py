"""Row 29: an upgrade of the database that is interrupted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import config
from tests.conftest import Databases
from tests.faults.trial import Child
from tracker import models  # noqa: F401  # makes every table known to the metadata
from tracker.db import Base, make_engine
from tracker.migrate import current_revision, revisions

pytestmark = pytest.mark.process
Say = Callable[[str], None]


@pytest.mark.fault(
    29,
    "kill -9 at each statement of each upgrade",
    "as it was after each kill; the next start finishes; schema = model",
)
def test_upgrades_that_are_interrupted(databases: Databases, tmp_path: Path, seen: Say) -> None:
    url = databases.empty()
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.interrupted", url],
        cwd=config.ROOT, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    kills = dict(line.split() for line in ran.stdout.splitlines())
    assert list(kills) == revisions()
    engine = make_engine(url)
    left_at = current_revision(engine)
    engine.dispose()
    start = Child(tmp_path, url, "", arguments=("reminders", "status")).start()
    assert start.wait() == 0, start.said()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    seen(
        f"{len(kills)} upgrades, {sum(map(int, kills.values()))} kills, each undone; left at {left_at}, "
        f"after the next start {current_revision(engine)}"
    )
    assert left_at == revisions()[-2]
    engine.dispose()
