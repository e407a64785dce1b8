"""How long plan, pace and forecast take: for 60 milestones, a year of weeks and two pauses.

    python tests/bench/planning_speed.py

Times are the best of many on this machine; beside them stands how many times longer they are than sorting the same
60 milestones, which another machine can compare.
"""

from __future__ import annotations

import datetime as dt
import timeit
from collections.abc import Callable

from config import ROOT
from tracker.catalog.loader import load_catalog
from tracker.planning import Milestone, Pause, build_plan, forecast, pace

START = dt.date(2027, 1, 4)
TODAY = dt.date(2028, 1, 4)
PAUSES = (Pause(dt.date(2027, 7, 5), dt.date(2027, 7, 18)), Pause(dt.date(2028, 3, 1), dt.date(2028, 3, 7)))
WEEKS = [float(number % 7 * 4) for number in range(52)]
LIMITS = {"build_plan": 3.0, "pace and forecast": 0.6}
"""Milliseconds."""


def best(call: Callable[[], object], number: int) -> float:
    """Milliseconds a call, the best of seven runs."""
    return min(timeit.repeat(call, number=number, repeat=7)) / number * 1000


def main() -> int:
    """Prints the table; 1 where a limit is broken."""
    path = load_catalog(ROOT / "seed_data" / "paths").path("ml-engineer")
    assert path is not None
    milestones = [Milestone(m.key, m.hours, m.phase, m.needs) for m in path.active]
    plan = build_plan(milestones, start_on=START, hours_per_week=12, pauses=PAUSES)

    def both() -> None:
        pace(plan, 400.0, today=TODAY)
        forecast(640.0, WEEKS, hours_per_week=12, today=TODAY, pauses=PAUSES)

    unit = best(lambda: sorted(milestones, key=lambda m: (m.phase, m.key)), 500)
    times = {
        "build_plan": best(lambda: build_plan(milestones, start_on=START, hours_per_week=12, pauses=PAUSES), 50),
        "pace and forecast": best(both, 500),
    }
    for name, took in times.items():
        print(f"{name:18} {took:6.3f} ms   limit {LIMITS[name]} ms   {took / unit:6.1f} × sorting them")
    return int(any(took > LIMITS[name] for name, took in times.items()))


if __name__ == "__main__":
    raise SystemExit(main())
