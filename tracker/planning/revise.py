"""A plan made anew from a day on: what is done keeps its rows, what is open gets new dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import replace

from tracker.planning.calendar import merged, study_day, study_days
from tracker.planning.plan import begun, check_hours, dated, hours_for_target, in_order, months_between
from tracker.planning.types import Milestone, Pause, Plan, Planned, Progress


def revise_plan(
    plan: Plan,
    milestones: Sequence[Milestone],
    *,
    progress: Progress,
    today: dt.date,
    hours_per_week: float,
    target_on: dt.date | None = None,
    pauses: Sequence[Pause] = (),
) -> Plan:
    """The plan from ``today`` on over these milestones, in the order of their needs; before the start, from the start.

    Rows of what is done stay as they were; hours that are earned of what is being done are not planned twice. With
    ``target_on`` the hours a week are solved for. Raises PlanError with a sentence.
    """
    since = max(today, plan.start_on)
    kept = tuple(m for m in plan.milestones if m.key in progress.done)
    waiting = in_order([m for m in milestones if m.key not in progress.done])
    spans = merged(pauses, since)
    left = {m.key: max(0.0, m.hours - progress.earned.get(m.key, 0.0)) for m in waiting}
    if target_on is not None:
        hours_per_week = hours_for_target(sum(left.values()), since, target_on, spans)
    check_hours(hours_per_week)
    doing = {m.key: m.starts_on for m in plan.milestones if m.key in progress.earned}
    dates = dated(((m.key, m.hours, left[m.key]) for m in waiting), since, hours_per_week, spans)
    ahead = tuple(begun(row, doing[row.key]) if row.key in doing else row for row in dates)
    rows = (*kept, *ahead)
    total = sum(m.hours for m in rows)
    finish_on = ahead[-1].due_on if ahead else max((m.due_on for m in kept), default=since)
    return replace(
        plan,
        milestones=rows,
        finish_on=finish_on,
        hours=total,
        hours_per_week=hours_per_week,
        months=months_between(plan.start_on, finish_on) if rows else 0.0,
        pauses=tuple(pauses),
        since=since,
        before=max(0.0, total - sum(left.values())),
    )


def shift_for_pauses(plan: Plan, pauses: Sequence[Pause], *, done: Set[str]) -> Plan:
    """The same plan around other pauses: each open milestone keeps its number of study days from the line's start.

    So a pause of n days moves what comes after it by n days, and one that is taken away moves it back. Rows of what
    is ``done`` stay as they were. Raises PlanError where the calendar ends first.
    """
    begin = plan.line_from
    before, after = merged(plan.pauses, begin), merged(pauses, begin)

    def moved(day: dt.date) -> dt.date:
        return day if day < begin else study_day(begin, max(1, study_days(begin, day, before)), after)

    rows = tuple(
        row if row.key in done else Planned(row.key, row.hours, moved(row.starts_on), moved(row.due_on))
        for row in plan.milestones
    )
    open_rows = [row for row in rows if row.key not in done]
    finish_on = open_rows[-1].due_on if open_rows else plan.finish_on
    return replace(
        plan,
        milestones=rows,
        finish_on=finish_on,
        months=months_between(plan.start_on, finish_on) if rows else 0.0,
        pauses=tuple(pauses),
    )
