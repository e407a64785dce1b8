"""In which weeks the hours were worked that a tick tells of: a milestone may take weeks, its tick takes a day.

What nobody has ticked is not earned, however much of it may be done: a met criterion counts at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tracker.planning.calendar import DAY, days_for, merged, study_days
from tracker.planning.types import Earned, Plan

SLOWEST = 0.5
"""Share of the plan's hours a week: what was earned slower than that was not worked on all the time before."""


def weeks_worked(plan: Plan, earned: Iterable[Earned], *, today: dt.date) -> list[float]:
    """Hours of each full week of study days since the start, oldest first, as the forecast wants them.

    What was earned is put into the days before it; weeks without anything count as such.
    """
    weeks, room = [0.0], 7
    for days, hours in _stretches(plan, earned, today):
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
