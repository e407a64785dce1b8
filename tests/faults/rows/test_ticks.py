"""Rows 26 and 31: ticks while the site is killed with -9, and ticks of everybody at the same moment."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from tests.faults.table import form
from tests.faults.trial import Trial
from tests.faults.visitor import Answer, FaultySite, Visitor
from tests.people import path_of
from tracker.models import MilestoneState, ProgressLog

pytestmark = pytest.mark.process
Say = Callable[[str], None]
Ticks = list[tuple[str, str]]
KILLS = form(4, 100)
LEARNERS = 200


class Walk:
    """One learner ticks, one milestone after the other, until the site dies under it."""

    def __init__(self, trial: Trial) -> None:
        keys = [milestone.key for milestone in path_of(trial.catalog).active]
        self._wanted = [(key, state) for state in ("done", "doing") * 1000 for key in keys]
        self.acknowledged: Ticks = []
        self.asked: Ticks = []

    def go(self, visitor: Visitor, enough: threading.Event) -> None:
        while True:
            self.asked = self._wanted[: len(self.acknowledged) + 1]
            try:
                answer = visitor.tick(*self.asked[-1])
            except (OSError, http.client.HTTPException):
                visitor.close()
                return
            assert answer.status == 303, answer.body
            self.acknowledged = self.asked
            enough.set()


def logged(trial: Trial) -> Ticks:
    with trial.sessions() as session:
        rows = session.execute(select(ProgressLog.milestone, ProgressLog.to_state).order_by(ProgressLog.id))
        return [(key, state) for key, state in rows]


@pytest.mark.fault(26, "kill -9 of the site among ticks", "0 acknowledged lost, 0 doubled; database sound; it goes on")
def test_ticks_survive_kills(trial: Trial, seen: Say) -> None:
    trial.learners(1)
    walk, unanswered, slowest = Walk(trial), 0, 0.0
    site = FaultySite(trial.instance, trial.url)
    visitor = Visitor(site.url)
    for number in range(KILLS):
        began, enough = time.monotonic(), threading.Event()
        site.start()
        slowest = max(slowest, time.monotonic() - began)
        if not number:
            visitor.log_in("learner-0@example.org")
        walker = threading.Thread(target=walk.go, args=(visitor, enough))
        walker.start()
        assert enough.wait(60)
        time.sleep(random.uniform(0, 0.5))
        site.kill()
        walker.join(60)
        # What was under way may have been written without its answer arriving; nothing else may differ.
        found = logged(trial)
        assert found in (walk.acknowledged, walk.asked)
        # Sent again after the next start it is as it was: no second row.
        unanswered += found != walk.acknowledged
    with trial.sessions() as session:
        states = {row.milestone: row.state for row in session.scalars(select(MilestoneState))}
        sound = session.scalar(text("PRAGMA integrity_check")) if trial.is_sqlite else "ok"
    seen(
        f"{KILLS} kills among {len(walk.acknowledged)} ticks: lost 0, doubled 0, "
        f"written but not answered {unanswered}; the slowest start took {slowest:.1f} s"
    )
    assert states in (dict(walk.acknowledged), dict(walk.asked)), "the last one, too, may not have been answered"
    assert sound == "ok"


@pytest.mark.fault(31, "200 learners tick one milestone at once", "200 rows, 0 refused")
def test_everybody_at_once(trial: Trial, seen: Say) -> None:
    addresses = trial.learners(LEARNERS)
    with FaultySite(trial.instance, trial.url) as site:
        visitors = [Visitor(site.url) for _ in addresses]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda visitor, address: visitor.log_in(address), visitors, addresses))
        at_once = threading.Barrier(LEARNERS)
        with ThreadPoolExecutor(LEARNERS) as pool:
            answers = list(pool.map(lambda visitor: tick(visitor, at_once), visitors))
        for visitor in visitors:
            visitor.close()
    with trial.sessions() as session:
        rows = session.scalar(select(func.count()).select_from(ProgressLog))
        learners = session.scalar(select(func.count(ProgressLog.user_id.distinct())))
    statuses = Counter(answer.status for answer in answers)
    seconds = sorted(answer.seconds for answer in answers)
    seen(
        f"{dict(statuses)}, {rows} rows of {learners} learners; half within {seconds[LEARNERS // 2]:.1f} s, "
        f"the slowest after {seconds[-1]:.1f} s"
    )
    assert (statuses, rows, learners) == ({303: LEARNERS}, LEARNERS, LEARNERS)


def tick(visitor: Visitor, at_once: threading.Barrier) -> Answer:
    visitor.close()  # and begins with a connection, as a browser that was idle does
    at_once.wait()
    return visitor.tick("numpy", "done")
