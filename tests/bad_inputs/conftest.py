"""A site in processes of its own with one learner on it, and what its database holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.bad_inputs.browser import Browser
from tests.conftest import Databases
from tests.people import PASSWORD
from tests.site import Site
from tracker import db
from tracker.db import Base

EMAIL = "ada@example.org"
NOTED = frozenset({"try_count", "security_event", "user_session", "sender"})
"""What is written down about a question itself, a refused one too."""


@dataclass(frozen=True)
class Target:
    """The site, the learner's browser, and a look into the database."""

    site: Site
    ada: Browser
    engine: Engine
    read: list[int] = field(default_factory=lambda: [0])
    """How far into the log."""

    def rows(self) -> Mapping[str, Any]:
        """Everything but what is noted of questions."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(connection.execute(select(table)).all(), key=repr)
                for table in Base.metadata.sorted_tables
                if table.name not in NOTED
            }

    def faults(self) -> str:
        """What the site's log says of faults of its own since it was last looked at."""
        with (self.site.instance / "serve.log").open(errors="replace") as log:
            log.seek(self.read[0])
            said = log.read()
            self.read[0] = log.tell()
        return said if "Traceback" in said else ""


@pytest.fixture(scope="session")
def target(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """With a plan, an entry in the log and a link: something to lose."""
    url = databases.copy()
    limits = {"TRACKER_LOGIN_LIMIT": "100000"}
    site = Site(tmp_path_factory.mktemp("site"), url, arguments=("--no-reminders",), **limits)
    engine = db.make_engine(url)
    made = site.tracker("users", "create", EMAIL, given=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    with site:
        ada = Browser(site.url)
        ada.log_in(EMAIL, PASSWORD)
        today = dt.datetime.now(dt.UTC).date().isoformat()
        start = {"starting_point": "beginner", "hours_per_week": "7", "start_on": today}
        for address, fields in (
            ("/paths/ml-engineer/enrol", start),
            ("/log", {"on": today, "minutes": "45", "note": "first"}),
            ("/milestones/ml-engineer/numpy/links", {"url": "https://numpy.org/", "title": "numpy"}),
        ):
            assert ada.post(address, fields).status == 303, address
        yield Target(site, ada, engine)
        assert not made.stderr
    engine.dispose()
