"""kill -9 among 200 ticks: every tick that was answered is there, and none is there twice."""

from __future__ import annotations

import http.client
import re
import threading
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from tests.people import PASSWORD, ada, enrol, path_of
from tests.site import Site
from tracker.catalog.schema import Catalog
from tracker.db import make_engine, make_sessions
from tracker.models import MilestoneState, ProgressLog

pytestmark = pytest.mark.process
TICKS = 200
KILL_AFTER = 90


class Learner:
    """A browser with just enough in it to tick."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        self._cookie = ""
        self._token = ""

    def log_in(self) -> None:
        """Through the form, then on to a page whose token serves for all ticks."""
        self._token = self._find_token(self.send("GET", "/login")[1])
        status, _ = self.send("POST", "/login", email="ada@example.org", password=PASSWORD, csrf_token=self._token)
        assert status == 303
        self._token = self._find_token(self.send("GET", "/settings/reminders")[1])

    def tick(self, key: str, state: str) -> bool:
        """True when the site has acknowledged it."""
        status, _ = self.send("POST", f"/milestones/ml-engineer/{key}", state=state, csrf_token=self._token)
        return status == 303

    def send(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = self._connection.getresponse()
        body = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self._cookie = value.split(";")[0]
        return answer.status, body

    def close(self) -> None:
        self._connection.close()

    @staticmethod
    def _find_token(page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        return found.group(1)


def test_every_acknowledged_tick_survives(tmp_path: Path, fresh_database: str, catalog: Catalog) -> None:
    engine = make_engine(fresh_database)
    sessions = make_sessions(engine)
    with sessions() as session:
        user = ada(session)
        enrol(session, catalog, user)
        user_id = user.id
    keys = [milestone.key for milestone in path_of(catalog).active]
    wanted = [(keys[n % len(keys)], "doing" if n // len(keys) % 2 else "done") for n in range(TICKS)]

    site = Site(tmp_path, fresh_database, arguments=("--no-reminders",)).start()
    acknowledged: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    enough = threading.Event()

    def walk() -> None:
        learner = Learner(site.url)
        try:
            tick_on(learner)
        finally:
            learner.close()

    def tick_on(learner: Learner) -> None:
        learner.log_in()
        for key, state in wanted:
            asked.append((key, state))
            try:
                if learner.tick(key, state):
                    acknowledged.append((key, state))
            except (OSError, http.client.HTTPException):
                return
            finally:
                if len(acknowledged) >= KILL_AFTER:
                    enough.set()

    walker = threading.Thread(target=walk)
    walker.start()
    assert enough.wait(60)
    site.kill()
    walker.join(30)
    assert KILL_AFTER <= len(acknowledged) < TICKS

    with Site(tmp_path, fresh_database, arguments=("--no-reminders",)) as again:
        learner = Learner(again.url)
        learner.log_in()
        assert learner.send("GET", "/dashboard")[0] == 200
        learner.close()
    with sessions() as session:
        rows = session.execute(
            select(ProgressLog.milestone, ProgressLog.to_state).where(ProgressLog.user_id == user_id)
        )
        logged = [(key, state) for key, state in rows]
        states = dict(session.execute(select(MilestoneState.milestone, MilestoneState.state)).all())
        assert session.scalar(select(func.count()).select_from(MilestoneState)) == len(states)
    # The last one asked for may have been written without its answer arriving; nothing else may differ.
    assert logged in (acknowledged, asked)
    assert states == dict(logged)
    engine.dispose()
