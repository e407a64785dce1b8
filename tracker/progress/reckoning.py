"""From rows to an Overview: pure arithmetic over `planning`, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.catalog.changes import Holding
from tracker.catalog.schema import Milestone, Path
from tracker.models import PlanRevision
from tracker.planning import (
    DAYS_A_MONTH,
    Earned,
    Forecast,
    Pause,
    Plan,
    Planned,
    at_present_promise,
    capacity,
    earned_share,
    forecast,
    pace,
    percent_done,
    weeks_worked,
)
from tracker.progress.holdings import StateRow, present, present_keys, present_rows
from tracker.progress.overview import Item, Overview
from tracker.study.weeks import Study

NONE_MET: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """All that is on record for one learner on one path."""

    starting_point: str
    goal: str | None
    target_on: dt.date | None
    stayed_at: str | None
    """The content version that was offered and declined."""
    revision: PlanRevision
    first: PlanRevision
    revised_on: tuple[dt.date, ...]
    promised: tuple[tuple[dt.date, float], ...]
    """From which day on how many hours a week were planned, oldest first; the first since ever."""
    pauses: tuple[Pause, ...]
    states: Mapping[str, StateRow]
    criteria: Mapping[str, Mapping[str, dt.date]]
    minutes: Mapping[dt.date, int]
    """Logged study time by day."""
    chosen: frozenset[str]


def plan_of(path: Path, revision: PlanRevision, pauses: tuple[Pause, ...]) -> Plan:
    """The recorded plan as the value that `planning` works with, under present keys; nothing is computed anew."""
    day = dt.date.fromisoformat
    recorded = [
        Planned(key, hours, day(starts_on), day(due_on)) for key, hours, starts_on, due_on in revision.milestones
    ]
    days = (revision.finish_on - revision.start_on).days + 1 if recorded else 0
    return Plan(
        milestones=present_rows(path, recorded),
        start_on=revision.start_on,
        finish_on=revision.finish_on,
        hours=sum(m.hours for m in recorded),
        hours_per_week=revision.hours_per_week,
        months=days / DAYS_A_MONTH,
        pauses=pauses,
        since=revision.since,
        before=revision.earned_before,
    )


def planned_hours(revision: PlanRevision) -> dict[str, float]:
    """The hours of a plan by the keys of its time."""
    return {row[0]: row[1] for row in revision.milestones}


@dataclass(frozen=True, slots=True)
class Sums:
    """What the milestones that count add up to, in hours."""

    counted: tuple[Item, ...]
    earned: tuple[Earned, ...]
    total: float
    done: float
    all_done: bool


def reckon(path: Path, recorded: Recorded, *, today: dt.date) -> Overview:
    """The whole overview; `planning` decides every number."""
    plan = plan_of(path, recorded.revision, recorded.pauses)
    items = _items(path, plan, recorded)
    sums = _sums(items, recorded)
    ordered = _open_items(items, plan, recorded.chosen)
    covered, expected_percent = _where(items, plan, sums, today)
    return Overview(
        path=path,
        starting_point=recorded.starting_point,
        goal=recorded.goal,
        today=today,
        start_on=plan.start_on,
        target_on=recorded.target_on,
        revision=recorded.revision.number,
        made_from=recorded.revision.content_version,
        stayed_at=recorded.stayed_at,
        holding=_holding(path, recorded),
        plan=plan,
        first_plan=_first_plan(path, recorded),
        pauses=recorded.pauses,
        revised_on=recorded.revised_on,
        items=items,
        hours_total=sums.total,
        hours_done=sums.done,
        percent=percent_done(sums.done, sums.total, all_done=sums.all_done),
        expected_percent=expected_percent,
        milestones_done=sum(item.state == "done" for item in sums.counted),
        milestones_total=len(sums.counted),
        pace=pace(plan, covered, today=today),
        forecast=_outlook(sums, plan, recorded.promised, today),
        earned=sums.earned,
        hours_this_week=sum(p.hours for p in sums.earned if p.on >= today - dt.timedelta(days=today.weekday())),
        study=_study(recorded, plan, today),
        chosen=recorded.chosen,
        next_items=ordered,
        overdue=tuple(i for i in ordered if i.due_on is not None and i.due_on < today),
    )


def _holding(path: Path, recorded: Recorded) -> Holding:
    revision = recorded.revision
    return Holding(
        planned=planned_hours(revision),
        aside=frozenset((*revision.known, *(key for key, _ in revision.later))),
        half=present_keys(path, revision.half),
        states={key: row.state for key, row in recorded.states.items()},
    )


def _first_plan(path: Path, recorded: Recorded) -> Plan | None:
    """None where it is the present one, or where the path was left since and taken up again with another start."""
    first, present = recorded.first, recorded.revision
    other = first.number != present.number and first.start_on == present.start_on
    return plan_of(path, first, ()) if other else None


def _sums(items: tuple[Item, ...], recorded: Recorded) -> Sums:
    counted = tuple([item for item in items if item.counts])
    earned = tuple([part for item in counted if item.state != "todo" for part in _earned(item, recorded)])
    return Sums(
        counted,
        earned,
        total=sum([item.hours for item in counted]),
        done=sum([part.hours for part in earned]),
        all_done=bool(counted) and all(item.state == "done" for item in counted),
    )


def _where(items: tuple[Item, ...], plan: Plan, sums: Sums, today: dt.date) -> tuple[float, int]:
    """Hours of the plan's line that are covered, and the percentage the plan expects today."""
    covered, excluded = _covered(items, plan, sums.earned)
    expected = max(0.0, min(capacity(plan, today), plan.hours) - excluded)
    percent = percent_done(min(expected, sums.total), sums.total, all_done=expected >= sums.total > 0)
    return plan.hours if sums.all_done else covered, percent


def _outlook(sums: Sums, plan: Plan, promised: tuple[tuple[dt.date, float], ...], today: dt.date) -> Forecast:
    worked = at_present_promise(plan, sums.earned, promised, today=today)
    return forecast(
        0.0 if sums.all_done else max(sums.total - sums.done, 0.0),
        weeks_worked(plan, worked, today=today),
        hours_per_week=plan.hours_per_week,
        today=max(today, plan.start_on),
        pauses=plan.pauses,
    )


def _study(recorded: Recorded, plan: Plan, today: dt.date) -> Study:
    finished = {row.done_on for row in recorded.states.values() if row.state == "done" and row.done_on}
    return Study(recorded.minutes, finished, plan.hours_per_week, plan.pauses, today)


def _items(path: Path, plan: Plan, recorded: Recorded) -> tuple[Item, ...]:
    revision = recorded.revision
    planned = {m.key: m for m in plan.milestones}
    known, half = present_keys(path, revision.known), present_keys(path, revision.half)
    later = dict(present(path, {key: float(hours) for key, hours in revision.later}))

    items = []
    for milestone in path.milestones:
        key = milestone.key
        row, dated = recorded.states.get(key), planned.get(key)
        state = row.state if row else "known" if key in known else "todo"
        if milestone.retired and dated is None and state != "done":
            continue
        shown = dated if state not in ("known", "skipped") else None
        items.append(
            Item(  # by position: there are many, and names take twice as long
                milestone,
                state,
                dated.hours if dated else later.get(key, milestone.hours),
                key in half,
                dated is None and key not in known,
                shown.starts_on if shown else None,
                shown.due_on if shown else None,
                row.done_on if row else None,
                frozenset(recorded.criteria[key]) if key in recorded.criteria else NONE_MET,
                key in known,
                # New in the path since this plan was made: it waits until the learner takes it in.
                dated is None and key not in known and key not in later and row is None,
                row.carried if row else (),
                row.changed_at if row else None,
            )
        )
    return tuple(items)


def _earned(item: Item, recorded: Recorded) -> Iterable[Earned]:
    """The hours of one milestone with their days: all of them when done, the met criteria's share when doing."""
    if item.state == "done" and item.done_on is not None:
        yield Earned(item.done_on, item.hours, item.key)
    if item.state == "doing" and item.carried:
        yield from (Earned(day, hours, item.key) for day, hours in item.carried)
    elif item.state == "doing":
        met = [day for key, day in recorded.criteria.get(item.key, {}).items() if _has(item.milestone, key)]
        share = earned_share(len(met), len(item.milestone.done_when))
        for day in met:
            yield Earned(day, item.hours * share / len(met), item.key)


def _has(milestone: Milestone, criterion: str) -> bool:
    return any(c.key == criterion for c in milestone.done_when)


def _covered(items: tuple[Item, ...], plan: Plan, earned: tuple[Earned, ...]) -> tuple[float, float]:
    """Hours of the plan's own line that are behind the learner, and those of them that were not earned.

    A planned milestone that turned out to be known, or was skipped, needs no more days: for the pace it is covered,
    although it counts in neither part of the percentage. What is done outside the plan does not move the line.
    """
    planned = {m.key for m in plan.milestones}
    excluded = sum([i.hours for i in items if i.state in ("known", "skipped") and i.key in planned])
    return sum([part.hours for part in earned if part.key in planned]) + excluded, excluded


def _open_items(items: tuple[Item, ...], plan: Plan, chosen: frozenset[str]) -> tuple[Item, ...]:
    waiting = {item.key: item for item in items if item.state in ("todo", "doing") and item.counts}
    planned = [waiting.pop(m.key) for m in plan.milestones if m.key in waiting]
    ordered = [*planned, *waiting.values()]
    first = [item for item in ordered if item.key in chosen or item.state == "doing"]
    first.sort(key=lambda item: (item.key not in chosen, item.state != "doing"))
    return (*first, *(item for item in ordered if item.key not in chosen and item.state != "doing"))
