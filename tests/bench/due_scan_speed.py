"""Whether looking for what is due takes as long with one million learners in the table as with ten thousand.

    python -m tests.bench.due_scan_speed [learners]

On SQLite, or on the server that TEST_DATABASE_URL names. 100 learners are due. The two sizes are measured turn by turn,
so that a busy machine is busy for both; a time is the best of many.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.bench.reminder_site import NOW, database, described, fill
from tracker import db
from tracker.reminders import services

FEW, DUE = 10_000, 100
ROUNDS, REPEATS = 40, 10
RATIO, LIMIT = 1.2, 1.0
"""How many times longer it may take with all learners, and how many milliseconds."""
INDEX = "ix_reminder_preference_due"


def main() -> int:
    """Prints the table; 1 where a limit is broken."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with database() as small, database() as large:
        fill(small, FEW, due=DUE)
        fill(large, many, due=DUE)
        few, all_of_them = measured(small, large, NOW)
        few_empty, all_empty = measured(small, large, NOW - dt.timedelta(days=1))
        print(described(large))
        print(f"{'':22}{FEW:>12,}{many:>12,}   ratio")
        print(
            f"{f'{DUE} due':22}{few:9.3f} ms{all_of_them:9.3f} ms{all_of_them / few:8.2f}   limits {RATIO}, {LIMIT} ms"
        )
        print(f"{'nothing due':22}{few_empty:9.3f} ms{all_empty:9.3f} ms{all_empty / few_empty:8.2f}")
        way = explained(large)
    print(f"a pass with nothing due goes this way: {way}")
    return int(all_of_them > RATIO * few or all_of_them > LIMIT or INDEX not in way or way.count(" ix_") > 1)


def measured(small: Engine, large: Engine, now: dt.datetime) -> tuple[float, float]:
    """The scan of the service, as one transaction, in milliseconds."""
    best = [float("inf")] * 2
    with db.make_sessions(small)() as few, db.make_sessions(large)() as many:
        for _ in range(ROUNDS):
            for place, session in enumerate((few, many)):
                best[place] = min(best[place], *(scan(session, now) for _ in range(REPEATS)))
    return best[0], best[1]


def scan(session: Session, now: dt.datetime) -> float:
    """One look; what is due is locked where the database can do that, and let go again."""
    began = time.perf_counter()
    session.execute(services.DUE, {"now": now, "most": services.BATCH}).all()
    took = time.perf_counter() - began
    session.rollback()
    return took * 1000


def explained(engine: Engine) -> str:
    """How the database finds that nothing is due."""
    literal = {"literal_binds": True}
    statement = services.DUE.params(now=NOW - dt.timedelta(days=1), most=services.BATCH).compile(
        engine, compile_kwargs=literal
    )
    how = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF)"
    with engine.connect() as connection:
        lines = connection.execute(text(f"{how} {statement}")).all()
    return "; ".join(str(line[-1]).strip() for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
