"""The same forecast as the site asks it: hours are known by ticks of whole milestones, or by their criteria, too.

The five kinds of learners walk the ML engineer's path from zero. They tick a milestone on the day its hours are done;
those of the second run also tick each third of it, as a criterion. Asked at a day about so far on the way, in shares
of the time: how often p10–p90 holds the real finish, the pinball loss over the weeks really left, and by how many days
the pace is off that of the hours really done.

    python -m tests.bench.forecast_on_site [seed] [learners of each kind]
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

import config
from tests.bench.forecast_calibration import ASKED, GRAIN, LONGEST, PROMISES, START, Weeks, pinball
from tracker.catalog.loader import load_file
from tracker.planning import Earned, Milestone, Plan, build_plan, forecast, pace, weeks_worked

SHARES = (0.03, 0.06, 0.1, 0.25, 0.5, 0.75, 0.9)
THIRDS = 3
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Life:
    """What somebody really did: the hours done by the end of each day, up to the finish."""

    plan: Plan
    done: tuple[float, ...]

    def day_of(self, hours: float) -> int:
        """The day on which so many hours were done."""
        return bisect_left(self.done, hours - 1e-9)

    def told(self, today: int, parts: int) -> list[Earned]:
        """What is ticked by a day: whole milestones, and of the one in hand its parts."""
        told, before = list[Earned](), 0.0
        for row in self.plan.milestones:
            day = self.day_of(before + row.hours)
            if day > today:
                days = [self.day_of(before + row.hours * n / parts) for n in range(1, parts)]
                return told + [Earned(START + d * DAY, row.hours / parts, row.key) for d in days if d <= today]
            told.append(Earned(START + day * DAY, row.hours, row.key))
            before += row.hours
        return told


def lives(kind: Callable[[random.Random, float], Weeks], seed: int, learners: int) -> Iterator[tuple[Life, list[int]]]:
    """Learners of one kind, and the days on which each is asked about."""
    dice = random.Random(f"{kind.__name__} {seed}")
    path = load_file(config.ROOT / "seed_data/paths/ml-engineer.yaml")
    milestones = [Milestone(m.key, m.hours, m.phase, m.needs) for m in path.active]
    for _ in range(learners):
        promise = dice.choice(PROMISES)
        plan, weeks = build_plan(milestones, start_on=START, hours_per_week=promise), kind(dice, promise)
        days = (next(weeks) / 7 if day % 7 == 0 else None for day in range(7 * LONGEST))
        a_day, even = list[float](), 0.0
        for hours in days:
            even = even if hours is None else hours
            a_day.append(even)
        done = tuple(accumulate(a_day))
        life = Life(plan, done)
        last = life.day_of(plan.hours)
        if last < len(done):
            yield life, [int(last * share * dice.uniform(0.85, 1.15)) for share in SHARES]


@dataclass(slots=True)
class Score:
    """What came out at one share of the way."""

    held: list[bool]
    loss: list[float]
    off: list[int]


def ask(life: Life, day: int, parts: int, score: Score) -> None:
    """One question, and how good the answer was."""
    plan, today = life.plan, START + day * DAY
    left = (life.day_of(plan.hours) - day) / 7
    if left < 1:
        return
    told = life.told(day, parts)
    earned = sum(part.hours for part in told)
    worked = weeks_worked(plan, told, today=today)
    made = forecast(plan.hours - earned, worked, hours_per_week=plan.hours_per_week, today=today)
    p10, p50, p90 = ((on - today).days / 7 for on in (made.p10, made.p50, made.p90))
    score.held.append(p10 - GRAIN <= left <= p90 + GRAIN)
    score.loss.append(pinball(left, (p10, p50, p90)) / left)
    really = pace(plan, life.done[day], today=today).days_ahead
    score.off.append(pace(plan, earned, today=today).days_ahead - really)


def line(name: str, scores: list[Score]) -> str:
    held, loss, off = ([x for s in scores for x in getattr(s, what)] for what in ("held", "loss", "off"))
    return f"{name:10} {statistics.fmean(held):8.1%} {statistics.fmean(loss):7.4f} {statistics.fmean(off):+7.1f}"


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    learners = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    for title, parts in (("whole milestones are ticked", 1), ("criteria are ticked, too", THIRDS)):
        scores = [Score([], [], []) for _ in SHARES]
        for kind in ASKED:
            for life, days in lives(kind, seed, learners):
                for day, score in zip(days, scores, strict=True):
                    ask(life, day, parts, score)
        print(f"{title}\n{'time gone':10} {'p10–p90':>8} {'loss':>7} {'pace':>7}")
        for share, score in zip(SHARES, scores, strict=True):
            print(line(f"{share:.0%}", [score]))
        print(line("all", scores), end="\n\n")


if __name__ == "__main__":
    main()
