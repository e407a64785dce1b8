"""What no tick has told of yet: a milestone may take weeks, and in these weeks nothing is earned.

Without this, somebody who works just as planned would fall a day behind with every day until the next tick, and
the forecast would take the same weeks for idle ones. So the time since the last tick counts as work on the step in
hand, at the plan's own hours a week, until the hours of that step are used up. From then on it counts as nothing.
The step in hand is the first open milestone in the plan's order. A tick tells how it really was: the hours of what
is ticked are put into the days before it, and what was supposed ends with it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from tracker.planning.calendar import DAY, days_for, merged, study_days
from tracker.planning.types import Earned, Plan

NOTHING = 1e-9
SLOWEST = 0.5
"""Share of the plan's hours a week: what was earned slower than that was not worked on all the time before."""


def under_way(
    plan: Plan, earned: Iterable[Earned], *, today: dt.date, since: dt.date, left_out: Set[str] = frozenset()
) -> float:
    """Hours that count as worked on the step in hand, of those that nobody has ticked yet.

    ``since``: the day from which on time counts. ``left_out``: what is known or skipped.
    """
    spans, rate = merged(plan.pauses, since), plan.hours_per_week / 7
    left = {row.key: row.hours for row in plan.milestones if row.key not in left_out}
    waiting = iter(left)
    step = next(waiting, None)
    hours, gone = 0.0, 0
    for part in sorted((part for part in earned if part.key in left), key=lambda part: part.on):
        days = study_days(since, part.on, spans)
        hours, gone = min(hours + (days - gone) * rate, left[step] if step else 0.0), days
        left[part.key] -= part.hours
        hours = max(0.0, hours - part.hours)
        if part.key == step and left[step] <= NOTHING:  # it is known now how far everything is
            hours = 0.0
        while step is not None and left[step] <= NOTHING:
            step = next(waiting, None)
    if step is None:
        return 0.0
    return max(0.0, min(hours + (study_days(since, today, spans) - gone) * rate, left[step]))


def weeks_worked(plan: Plan, earned: Iterable[Earned], *, today: dt.date, supposed: float = 0.0) -> list[float]:
    """Hours of each full week of study days since the start, oldest first, as the forecast wants them.

    What was earned is put into the days before it. Empty days that the ``supposed`` hours of the step in hand
    explain are left out, the latest first: they say nothing yet. All others count.
    """
    stretches = _stretches(plan, earned, today)
    unknown = days_for(supposed, plan.hours_per_week)
    weeks, room = [0.0], 7
    for number in range(len(stretches) - 1, -1, -1):
        days, hours = stretches[number]
        if not hours:
            left_out = min(days, unknown)
            unknown -= left_out
            stretches[number] = days - left_out, hours
    for days, hours in stretches:
        a_day = hours / days if days else 0.0
        while days:
            taken = min(days, room)
            weeks[-1] += taken * a_day
            days, room = days - taken, room - taken
            if not room:
                weeks.append(0.0)
                room = 7
    return weeks[:-1]


def _stretches(plan: Plan, earned: Iterable[Earned], today: dt.date) -> list[tuple[int, float]]:
    """Study days in a row and the hours of all of them, from the start to today."""
    spans = merged(plan.pauses, plan.start_on)
    lumps: dict[int, float] = defaultdict(float)
    for part in earned:
        if plan.start_on <= part.on <= today:
            lumps[max(1, study_days(plan.start_on, part.on, spans))] += part.hours
    stretches, last = [], 0
    for day in sorted(lumps):
        worked = min(day - last, max(1, days_for(lumps[day], plan.hours_per_week * SLOWEST)))
        stretches += [(day - last - worked, 0.0), (worked, lumps[day])]
        last = day
    return [*stretches, (max(0, study_days(plan.start_on, today, spans) - last), 0.0)]


def at_present_promise(
    plan: Plan, earned: Sequence[Earned], promised: Sequence[tuple[dt.date, float]], *, today: dt.date
) -> list[Earned]:
    """The same with fewer hours where the learner has promised fewer since: twenty a week are no sign of twenty again.

    ``promised``: from which day on how many hours a week, oldest first. Somebody who had done less than is promised
    now loses nothing by it, and more hours than before have to be shown first.
    """
    spans, begin = merged(plan.pauses, plan.start_on), plan.start_on
    ends = [*(since for since, _ in promised[1:]), today + DAY]
    shown: list[Earned] = []
    for (since, hours), end in zip(promised, ends, strict=True):
        first = max(since, begin)
        parts = [part for part in earned if first <= part.on < end]
        if hours > plan.hours_per_week and parts:
            days = study_days(begin, end - DAY, spans) - study_days(begin, first - DAY, spans)
            share = min(1.0, plan.hours_per_week * days / 7 / sum(part.hours for part in parts))
            parts = [part._replace(hours=part.hours * share) for part in parts]
        shown += parts
    return shown
