"""Is the forecast true and sharp? Measured over simulated learners whose real finish is known.

The five kinds that the forecast is made for, and eight others. For each kind, as shares: how
often p10–p90 holds the real finish (a week's grain on either side), how often it comes before p10 and after
p90, and how much lower the pinball loss is than that of the naive rule (remaining ÷ mean rate so far, ±25%),
both divided by the weeks really left.

    python tests/bench/forecast_calibration.py [seed] [learners of each kind]
"""

from __future__ import annotations

import datetime as dt
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tracker.planning import forecast

START = dt.date(2027, 1, 4)
SHARES = (0.1, 0.25, 0.5, 0.75)
PROMISES = (6, 8, 10, 12, 15, 20)
TOTALS = (480, 549, 677, 778, 1040)
QUANTILES = (0.1, 0.5, 0.9)
LONGEST = 400
GRAIN = 1.01

Weeks = Iterator[float]


def hours(dice: random.Random, mean: float, spread: float) -> float:
    """The hours of one week: gamma with this mean and standard deviation over mean."""
    shape = 1 / spread**2
    return dice.gammavariate(shape, mean / shape)


def steady(dice: random.Random, promise: float) -> Weeks:
    mean = promise * dice.uniform(0.7, 1.15)
    while True:
        yield hours(dice, mean, 0.35)


def bursty(dice: random.Random, promise: float) -> Weeks:
    mean = promise * dice.uniform(0.6, 1.1)
    while True:
        yield 0.0 if dice.random() < 0.5 else hours(dice, 2 * mean, 0.6)


def slowing(dice: random.Random, promise: float) -> Weeks:
    mean, half, week = promise * dice.uniform(0.9, 1.2), dice.uniform(60, 130), 0
    while True:
        yield hours(dice, mean * max(0.5 ** (week / half), 0.4), 0.45)
        week += 1


def overpromised(dice: random.Random, promise: float) -> Weeks:
    mean = promise * dice.uniform(0.4, 0.65)
    while True:
        yield hours(dice, mean, 0.5)


def stop_and_return(dice: random.Random, promise: float) -> Weeks:
    mean, away, gap, week = promise * dice.uniform(0.75, 1.1), dice.randint(5, 30), dice.randint(3, 7), 0
    while True:
        yield 0.0 if away <= week < away + gap else hours(dice, mean, 0.4)
        week += 1


def warming_up(dice: random.Random, promise: float) -> Weeks:
    """Begins at half the rate and finds its feet."""
    mean, half_way, week = promise * dice.uniform(0.7, 1.1), dice.uniform(4, 20), 0
    while True:
        yield hours(dice, mean * (1 - 0.5 * 0.5 ** (week / half_way)), 0.4)
        week += 1


def seasonal(dice: random.Random, promise: float) -> Weeks:
    """More in winter than in summer."""
    mean, phase, week = promise * dice.uniform(0.65, 1.05), dice.uniform(0, 52), 0
    while True:
        yield hours(dice, mean * (1 + 0.45 * math.sin(2 * math.pi * (week + phase) / 52)), 0.4)
        week += 1


def new_job(dice: random.Random, promise: float) -> Weeks:
    """From some week on a lasting change, for less or for more."""
    mean, at, factor, week = promise * dice.uniform(0.7, 1.1), dice.randint(8, 50), dice.uniform(0.5, 1.5), 0
    while True:
        yield hours(dice, mean * (factor if week >= at else 1), 0.4)
        week += 1


def fortnightly(dice: random.Random, promise: float) -> Weeks:
    mean, week = promise * dice.uniform(0.7, 1.1), 0
    while True:
        yield 0.0 if week % 2 else hours(dice, 2 * mean, 0.3)
        week += 1


def eager(dice: random.Random, promise: float) -> Weeks:
    """More than promised, week after week."""
    mean = promise * dice.uniform(1.1, 1.7)
    while True:
        yield hours(dice, mean, 0.4)


def wandering(dice: random.Random, promise: float) -> Weeks:
    """A rate that drifts, as lives do."""
    mean, level = promise * dice.uniform(0.7, 1.1), 0.0
    while True:
        yield hours(dice, mean * math.exp(level), 0.4)
        level = 0.97 * level + dice.gauss(0, 0.08)


def often_away(dice: random.Random, promise: float) -> Weeks:
    """One to four weeks away, again and again."""
    mean = promise * dice.uniform(0.8, 1.1)
    while True:
        for _ in range(dice.randint(4, 12)):
            yield hours(dice, mean, 0.4)
        yield from [0.0] * dice.randint(1, 4)


def in_lumps(dice: random.Random, promise: float) -> Weeks:
    """Steady, but what is counted are whole milestones of 4 to 24 hours, as the tracker counts them."""
    mean, waiting, size = promise * dice.uniform(0.7, 1.1), 0.0, dice.uniform(4, 24)
    while True:
        waiting, counted = waiting + hours(dice, mean, 0.35), 0.0
        while waiting >= size:
            waiting, counted, size = waiting - size, counted + size, dice.uniform(4, 24)
        yield counted


ASKED: tuple[Callable[[random.Random, float], Weeks], ...] = (
    steady,
    bursty,
    slowing,
    overpromised,
    stop_and_return,
)
OTHERS = (warming_up, seasonal, new_job, fortnightly, eager, wandering, often_away, in_lumps)


@dataclass(frozen=True, slots=True)
class Case:
    """A question that is asked on the way, and its answer."""

    promise: float
    so_far: tuple[float, ...]
    remaining: float
    left: int


def cases(kind: Callable[[random.Random, float], Weeks], seed: int, learners: int) -> Iterator[Case]:
    """What is asked of so many learners of one kind."""
    dice = random.Random(f"{kind.__name__} {seed}")
    for _ in range(learners):
        promise, total = dice.choice(PROMISES), dice.choice(TOTALS)
        life, weeks = kind(dice, promise), list[float]()
        while sum(weeks) < total and len(weeks) < LONGEST:
            weeks.append(next(life))
        if sum(weeks) < total:
            continue
        for share in SHARES:
            done, number = 0.0, 0
            while done < total * share:
                done, number = done + weeks[number], number + 1
            if number < len(weeks):
                yield Case(promise, tuple(weeks[:number]), total - done, len(weeks) - number)


def pinball(truth: float, guesses: Sequence[float]) -> float:
    """The mean loss over the three quantiles: least for one who names the true ones."""
    pairs = zip(QUANTILES, guesses, strict=True)
    return sum(max((truth - g) * q, (g - truth) * (1 - q)) for q, g in pairs) / len(QUANTILES)


@dataclass(slots=True)
class Score:
    """What came out for one kind."""

    held: list[bool]
    early: list[bool]
    late: list[bool]
    ours: list[float]
    naive: list[float]

    @property
    def gain(self) -> float:
        """How much lower the loss is than the naive rule's."""
        return 1 - sum(self.ours) / sum(self.naive)


def score(asked: Iterator[Case]) -> Score:
    """Forecasts and naive guesses held against what came."""
    result = Score([], [], [], [], [])
    for case in asked:
        today = START + dt.timedelta(weeks=len(case.so_far))
        made = forecast(case.remaining, case.so_far, hours_per_week=case.promise, today=today)
        p10, p50, p90 = ((day - today).days / 7 for day in (made.p10, made.p50, made.p90))
        result.held.append(p10 - GRAIN <= case.left <= p90 + GRAIN)
        result.early.append(case.left < p10 - GRAIN)
        result.late.append(case.left > p90 + GRAIN)
        result.ours.append(pinball(case.left, (p10, p50, p90)) / case.left)
        even = case.remaining / max(statistics.fmean(case.so_far), 0.1)
        result.naive.append(pinball(case.left, (0.75 * even, even, 1.25 * even)) / case.left)
    return result


def line(name: str, scores: Sequence[Score]) -> str:
    held, early, late = (
        statistics.fmean(x for s in scores for x in getattr(s, what)) for what in ("held", "early", "late")
    )
    gain = 1 - sum(sum(s.ours) for s in scores) / sum(sum(s.naive) for s in scores)
    return f"{name:16} {held:8.1%} {early:7.1%} {late:7.1%} {gain:+9.1%}"


def cost() -> tuple[float, float]:
    """Seconds of a forecast from a year and a half of weeks, over those of a sum of the same weeks."""
    weeks = [8.0 + n % 5 for n in range(78)]

    def seconds(what: Callable[[], object]) -> float:
        began = time.perf_counter()
        for _ in range(2000):
            what()
        return (time.perf_counter() - began) / 2000

    once = min(seconds(lambda: forecast(300, weeks, hours_per_week=10, today=START)) for _ in range(5))
    return once, once / min(seconds(lambda: sum(w * w for w in weeks)) for _ in range(5))


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    learners = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    print(f"{'kind':16} {'p10–p90':>8} {'before':>7} {'after':>7} {'gain':>9}")
    for title, kinds in (("the five", ASKED), ("the others", OTHERS)):
        scores = {kind: score(cases(kind, seed, learners)) for kind in kinds}
        for kind, result in scores.items():
            print(line(kind.__name__.replace("_", "-"), [result]))
        print(line(title, list(scores.values())), end="\n\n")
    once, times = cost()
    print(f"{once * 1e6:.0f} µs a call, {times:.1f} × a sum of squares over the same weeks")


if __name__ == "__main__":
    main()
