"""How long it takes to plan and enqueue 10,000 reminders: scan, next slot in each zone, outbox rows, moving on.

    python -m tests.bench.enqueue_speed [learners]

On SQLite, or on the server that TEST_DATABASE_URL names. Five passes a week apart, learners in all zones, each due in
the hour before. The write lock is held from the beginning of a batch's transaction until its commit is done.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time

from sqlalchemy import event

from tests.bench.reminder_site import NOW, database, described, fill
from tracker import db
from tracker.reminders import services

PASSES = 5
LIMITS = {"sqlite": 250.0, "postgresql": 800.0}
LOCK_LIMIT = 20.0
"""Milliseconds, for 10,000 and for the median of all batches: on a shared machine single ones also wait for others."""
WEEK = dt.timedelta(weeks=1)


def main() -> int:
    """Prints the table; 1 where a limit is broken."""
    learners = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    took, longest = [], []
    with database() as engine:
        fill(engine, learners, due=learners)
        sessions = db.make_sessions(engine)
        locks = listen(sessions)
        for number in range(PASSES):
            with sessions() as session:
                began = time.perf_counter()
                done = services.enqueue_due(session, now=NOW + number * WEEK, spread_minutes=15)
                took.append((time.perf_counter() - began) * 1000)
            longest.append(max(locks))
            locks.clear()
            if done.queued != learners:
                raise SystemExit(f"pass {number + 1} made {done} of {learners} learners")
        limit, best, lock = LIMITS[engine.dialect.name], min(took), min(longest)
        print(f"{described(engine)}: {learners:,} reminders")
    rows = (("enqueueing", took, limit), ("longest write lock", longest, LOCK_LIMIT))
    for what, times, most in rows:
        print(f"{what:20} best {min(times):6.1f} ms  median {statistics.median(times):6.1f} ms  limit {most:.0f} ms")
    return int(best > limit * learners / 10_000 or lock > LOCK_LIMIT)


def listen(sessions: db.SessionFactory) -> list[float]:
    """How long each transaction lasts from now on, in milliseconds."""
    locks: list[float] = []
    began = 0.0

    def begin(*_about: object) -> None:
        nonlocal began
        began = time.perf_counter()

    event.listen(sessions, "after_begin", begin)
    event.listen(sessions, "after_commit", lambda _session: locks.append((time.perf_counter() - began) * 1000))
    return locks


if __name__ == "__main__":
    raise SystemExit(main())
