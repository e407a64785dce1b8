"""From milestones to dates: `build_plan`, and what a plan gives by a day."""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections.abc import Iterable, Iterator, Sequence, Set

from tracker.planning.calendar import DAY, ROUNDING, Span, days_for, endless, merged, study_day, study_days
from tracker.planning.types import DAYS_A_MONTH, Milestone, Pause, Plan, PlanError, Planned

MIN_HOURS, MAX_HOURS = 1, 80
"""Hours a week: less is no plan, more is no life."""


def build_plan(
    milestones: Iterable[Milestone],
    *,
    start_on: dt.date,
    hours_per_week: float,
    pauses: Sequence[Pause] = (),
    target_on: dt.date | None = None,
    known: Set[str] = frozenset(),
    skipped: Set[str] = frozenset(),
) -> Plan:
    """The dated plan: milestones one after the other in the order of their needs, then phase, then as given.

    A milestone is due on the first day whose capacity reaches the hours up to and including it. With
    ``target_on`` the hours a week are solved for, up to the next half hour (``hours_per_week`` is not read).
    Raises PlanError with a sentence on bad input.
    """
    given = list(milestones)
    _check_milestones(given, known, skipped)
    wanted = in_order([m for m in given if m.key not in known and m.key not in skipped])
    total = sum(m.hours for m in wanted)
    spans = merged(pauses, start_on)
    if target_on is not None:
        hours_per_week = hours_for_target(total, start_on, target_on, spans)
    else:
        check_hours(hours_per_week)
    planned = tuple(dated(((m.key, m.hours, m.hours) for m in wanted), start_on, hours_per_week, spans))
    finish_on = planned[-1].due_on if planned else start_on
    months = months_between(start_on, finish_on) if planned else 0.0
    return Plan(planned, start_on, finish_on, total, hours_per_week, months, tuple(pauses))


def check_hours(hours_per_week: float) -> None:
    """Raises PlanError for what is no number of hours that a week can have, NaN included."""
    if not MIN_HOURS <= hours_per_week <= MAX_HOURS:
        raise PlanError("Hours a week are a number from %(least)s to %(most)s.", least=MIN_HOURS, most=MAX_HOURS)


def months_between(start_on: dt.date, finish_on: dt.date) -> float:
    """Both days included."""
    return ((finish_on - start_on).days + 1) / DAYS_A_MONTH


def _check_milestones(given: list[Milestone], known: Set[str], skipped: Set[str]) -> None:
    keys = {m.key for m in given}
    if len(keys) != len(given):
        raise PlanError("A milestone is named twice.")
    for milestone in given:
        if not 0 <= milestone.hours < math.inf:
            raise PlanError("The hours of %(key)s are not a number from 0 on.", key=milestone.key)
    asked = [*sorted(known), *sorted(skipped), *(need for m in given for need in m.needs)]
    for key in asked:
        if key not in keys:
            raise PlanError("There is no milestone called %(key)s.", key=key)


def in_order(wanted: list[Milestone]) -> list[Milestone]:
    """Topological by needs; among those that are free, the earlier phase first, then as given."""
    place = {m.key: number for number, m in enumerate(wanted)}
    open_needs = {m.key: {need for need in m.needs if need in place} for m in wanted}
    needed_by: dict[str, list[Milestone]] = {}
    for milestone in wanted:
        for need in open_needs[milestone.key]:
            needed_by.setdefault(need, []).append(milestone)
    free = [(m.phase, place[m.key]) for m in wanted if not open_needs[m.key]]
    heapq.heapify(free)
    ordered: list[Milestone] = []
    while free:
        _, number = heapq.heappop(free)
        ordered.append(wanted[number])
        for waiting in needed_by.get(wanted[number].key, ()):
            open_needs[waiting.key].discard(wanted[number].key)
            if not open_needs[waiting.key]:
                heapq.heappush(free, (waiting.phase, place[waiting.key]))
    if len(ordered) < len(wanted):
        stuck = next(m.key for m in wanted if open_needs[m.key])
        raise PlanError("The needs go in a circle around %(keys)s.", keys=stuck)
    return ordered


def dated(
    rows: Iterable[tuple[str, float, float]], start_on: dt.date, hours_per_week: float, spans: list[Span]
) -> Iterator[Planned]:
    """The days of milestones in a row; each is key, hours, and the hours of them that are left."""
    before = 0.0
    for key, hours, left in rows:
        after = before + left
        last = max(1, days_for(after, hours_per_week))
        full = math.floor(before * 7 / hours_per_week * (1 + ROUNDING) + ROUNDING)
        first = min(last, full + 1)
        yield Planned(key, hours, study_day(start_on, first, spans), study_day(start_on, last, spans))
        before = after


def begun(row: Planned, planned_on: dt.date) -> Planned:
    """The new days of what is being done: it keeps the day on which it was to begin, for that has gone by."""
    return row._replace(starts_on=min(row.starts_on, planned_on))


def hours_for_target(total: float, start_on: dt.date, target_on: dt.date, spans: list[Span]) -> float:
    """The fewest hours a week, in half hours, that end on the target or before. Raises PlanError for none."""
    if target_on < start_on:
        raise PlanError("The target date must not be before the start.")
    days = study_days(start_on, target_on, spans)
    if days < 1:
        raise PlanError("Every day until the target is paused.")
    wanted = max(float(MIN_HOURS), _half_hours(total * 7 / days))
    if days_for(total, wanted) > days:  # by a rounding that was one too many
        wanted += 0.5
    if wanted > MAX_HOURS:
        raise PlanError(
            "To be done by then takes %(hours)s h a week; at most %(most)s can be planned.",
            hours=f"{wanted:g}",
            most=MAX_HOURS,
        )
    return wanted


def _half_hours(hours: float) -> float:
    if not hours < math.inf:
        raise endless()
    return math.ceil(hours * 2 * (1 - ROUNDING)) / 2


def last_day_within(start_on: dt.date, months: float) -> dt.date:
    """The last day on which a plan may finish that takes at most so many months."""
    return start_on + (max(1, math.floor(months * DAYS_A_MONTH * (1 + ROUNDING))) - 1) * DAY


def hours_within(hours: float, *, since: dt.date, until: dt.date, pauses: Sequence[Pause] = ()) -> float | None:
    """The fewest hours a week, in half hours, that get these hours done by ``until``; None where none do."""
    try:
        return hours_for_target(hours, since, until, merged(pauses, since))
    except PlanError:
        return None


def hours_lasting(hours: float, *, since: dt.date, until: dt.date, pauses: Sequence[Pause] = ()) -> float | None:
    """The most hours a week, in half hours, with which these hours last until then; None where none do."""
    days = study_days(since, until, merged(pauses, since)) if until >= since else 0
    weekly = math.floor(hours * 2 * 7 / days) / 2 if days else 0.0
    return weekly if MIN_HOURS <= weekly <= MAX_HOURS else None


def capacity(plan: Plan, day: dt.date) -> float:
    """The hours that the plan gives by the end of ``day``: nothing before the start and on paused days.

    Before a revision's own day: an even way to what was earned by then, since another plan held in that time.
    """
    begin = plan.line_from
    if plan.since is not None and day < begin:
        spans = merged(plan.pauses, plan.start_on)
        whole = study_days(plan.start_on, begin - DAY, spans)
        return plan.before * study_days(plan.start_on, day, spans) / whole if whole else 0.0
    return plan.before + study_days(begin, day, merged(plan.pauses, begin)) * plan.hours_per_week / 7
