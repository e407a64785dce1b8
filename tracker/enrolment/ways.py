"""Ways to go on with a plan, from where somebody stands: pure, so that page, service and tests share it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.catalog.changes import Changes
from tracker.catalog.credit import Share, shares
from tracker.catalog.schema import Milestone as PathMilestone
from tracker.enrolment.drafting import check_target, no_plan
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.planning import (
    Milestone,
    Option,
    Pause,
    Plan,
    PlanError,
    Progress,
    replan_options,
    revise_plan,
    shift_for_pauses,
)
from tracker.progress.overview import Item, Overview

LONGEST_PAUSE = 366
EARLIEST_PAUSE = 366
"""Days back that a pause may begin: somebody was ill, or away for half a year, and writes it down afterwards."""


@dataclass(frozen=True, slots=True)
class Credit:
    """How a revision treats milestones: what is known, halved, or can wait (key and its hours)."""

    known: tuple[str, ...]
    half: tuple[str, ...]
    later: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """A plan that is about to be kept, with the credit it rests on."""

    plan: Plan
    credit: Credit


def credit_of(view: Overview) -> Credit:
    """The treatment in force."""
    return Credit(
        # What turned out to be known leaves the plan for good with the next revision.
        known=tuple(item.key for item in view.items if item.credited or item.state == "known"),
        half=tuple(item.key for item in view.items if item.half and not item.credited and item.state != "known"),
        # What was left out is noted, too, or it would look new; what is new stays so until it is accepted or begun.
        later=tuple((item.key, item.hours) for item in view.items if _is_noted(item)),
    )


def _is_noted(item: Item) -> bool:
    if item.credited:  # its hours stay as they were when it was done before the plan was made
        return item.state == "done"
    return (item.later and not item.new) or item.state == "skipped"


def is_optional(milestone: PathMilestone, starting_point: str, goal: str | None = None) -> bool:
    """Whether this learner may leave it for later.

    What the path says for their goal counts first. Else it is so where the path says so for their own starting point,
    and where it says so for any other; but not the projects, which the path is for: the spam classifier is spare for
    a researcher and for nobody else.
    """
    if milestone.is_own:
        return True
    if goal and goal in milestone.by_goal:
        return milestone.by_goal[goal] == "later"
    points = {point for point, treatment in milestone.by_starting_point.items() if treatment in ("later", "half-later")}
    return starting_point in points or (bool(points) and milestone.kind != "project")


def ways(view: Overview) -> list[Option]:
    """The ways to go on that `planning` knows. Empty where there is nothing left to plan."""
    try:
        return replan_options(view.plan, _progress(view), today=view.today, path_range=_range(view))
    except PlanError:
        return []


def _range(view: Overview) -> tuple[float, float]:
    return view.path.min_months, view.path.max_months


def _progress(view: Overview) -> Progress:
    return Progress(
        done=frozenset(item.key for item in view.items if item.state == "done"),
        earned={item.key: item.earned for item in view.items if item.state == "doing"},
        left_out=frozenset(item.key for item in view.items if item.state in ("known", "skipped")),
        optional=frozenset(
            item.key for item in view.items if is_optional(item.milestone, view.starting_point, view.goal)
        ),
    )


def chosen(view: Overview, kind: str) -> Revised:
    """One of the ways, as a revision. Raises InvalidInput for a kind that is not on offer."""
    option = next((way for way in ways(view) if way.kind == kind), None)
    if option is None:
        raise InvalidInput(gettext("This way is not on offer any more. Choose one of those shown."), "kind")
    credit = credit_of(view)
    hours = {item.key: item.hours for item in view.items}
    later = (*credit.later, *((key, hours[key]) for key in option.dropped))
    return Revised(option.plan, replace(credit, later=later))


def with_hours(view: Overview, *, hours_per_week: float, target_on: dt.date | None) -> Revised:
    """The same milestones at other hours a week, or by a date. Raises InvalidInput."""
    return _from_today(view, _planned(view), credit_of(view), hours_per_week, target_on)


def with_share(view: Overview, key: str, share: str) -> Revised:
    """One milestone at full or half hours, or left for later. Raises InvalidInput."""
    item = view.item(key)
    if item is None or share not in ("full", "half", "later"):
        raise InvalidInput(gettext("A milestone is planned in full, by half, or left for later."), "share")
    if item.state == "done":
        raise InvalidInput(gettext("This milestone is done: its hours stay as they were."), "share")
    if share == "later" and not (is_optional(item.milestone, view.starting_point, view.goal) or item.later):
        raise InvalidInput(gettext("The path does not let this one wait; you can still skip it."), "share")
    hours = item.milestone.hours * (0.5 if share == "half" else 1)
    return _with_shares(view, {key: (share, hours)})


def with_goal(view: Overview, goal: str | None) -> Revised:
    """Another goal: what it moves into or out of what can wait is moved.

    What is begun stays, and so does what stands elsewhere by hand than the former goal would have it.
    Raises InvalidInput for a goal that the path does not have.
    """
    if goal is not None and view.path.goal(goal) is None:
        raise InvalidInput(gettext("%(path)s has no goal called %(key)s.", path=view.path.title, key=goal), "goal")
    moved = {item.key: item.hours for item in view.items if _moves(view, item, goal)}
    before = credit_of(view)
    waiting = dict(before.later)
    later = {k: h for k, h in waiting.items() if k not in moved} | {k: h for k, h in moved.items() if k not in waiting}
    planned = _planned(view)
    hours = {key: hours for key, hours in planned.items() if key not in moved}
    hours |= {key: hours for key, hours in moved.items() if key in waiting}
    return _from_today(view, hours, replace(before, later=tuple(later.items())), view.plan.hours_per_week, None)


def _moves(view: Overview, item: Item, goal: str | None) -> bool:
    waits, waited = (item.milestone.can_wait(view.starting_point, which) for which in (goal, view.goal))
    return item.state == "todo" and not item.credited and waits != waited and item.later == waited


def with_credit_back(view: Overview, phase: int) -> Revised:
    """The full hours of what was credited in a phase: a placement test was not passed yet."""
    back = {item.key: ("full", item.milestone.hours) for item in credited_in(view, phase)}
    if not back:
        raise InvalidInput(gettext("Nothing in this phase was credited."), "phase")
    return _with_shares(view, back)


def credited_in(view: Overview, phase: int) -> Sequence[Item]:
    """What was credited in a phase, wholly or by half, and is not done."""
    own = (item for item in view.items if item.milestone.phase == phase and item.state != "done")
    return [item for item in own if item.credited or item.half]


def _with_shares(view: Overview, shares: dict[str, tuple[str, float]]) -> Revised:
    before = credit_of(view)
    credit = Credit(
        known=tuple(key for key in before.known if key not in shares),
        half=tuple(key for key in before.half if key not in shares)
        + tuple(key for key, (share, _) in shares.items() if share == "half"),
        later=tuple((key, hours) for key, hours in before.later if key not in shares)
        + tuple((key, hours) for key, (share, hours) in shares.items() if share == "later"),
    )
    taken_in = {key: hours for key, (share, hours) in shares.items() if share != "later"}
    kept = {item.key: item.hours for item in view.items if not item.later and _is_open(item)}
    hours = {key: value for key, value in kept.items() if key not in shares} | taken_in
    return _from_today(view, hours, credit, view.plan.hours_per_week, None)


def _is_open(item: Item) -> bool:
    return item.state in ("todo", "doing")


def _planned(view: Overview) -> dict[str, float]:
    """Hours of what the plan still has before it; what was taken up from "can wait" belongs to it now."""
    return {item.key: item.hours for item in view.items if item.counts and _is_open(item)}


def _from_today(
    view: Overview, hours: dict[str, float], credit: Credit, hours_per_week: float, target_on: dt.date | None
) -> Revised:
    milestones = [
        Milestone(m.key, hours[m.key], m.phase, tuple(need for need in m.needs if need in hours))
        for m in view.path.milestones
        if m.key in hours
    ]
    if target_on is not None and target_on <= view.today:
        raise InvalidInput(gettext("The target date must be after today."), "target_on")
    if target_on is not None:
        check_target(target_on, view.start_on)
    try:
        plan = revise_plan(
            view.plan,
            milestones,
            progress=_progress(view),
            today=view.today,
            hours_per_week=hours_per_week,
            target_on=target_on,
            pauses=view.pauses,
        )
    except PlanError as fault:
        raise no_plan(fault, "target_on" if target_on else "hours_per_week") from fault
    return Revised(plan, replace(credit, later=tuple((k, h) for k, h in credit.later if k not in hours)))


def with_content(view: Overview, news: Changes) -> Revised:
    """The present version of the path taken over, from today on; what is done and begun stays as it is."""
    added = {share.milestone.key: share for share in _credited(view) if share.milestone in news.added}
    fresh = {m.key: view.holding.hours(m) for m in (*(m for m, *_ in news.merged), *(m for m, *_ in news.reestimated))}
    gone = {milestone.key for milestone in news.retired}
    before = credit_of(view)
    hours = {key: fresh.get(key, value) for key, value in _planned(view).items() if key not in gone}
    hours |= {key: share.hours for key, share in added.items() if not share.known and not share.later}
    credit = Credit(
        known=(*before.known, *(key for key, share in added.items() if share.known)),
        half=(*before.half, *(key for key, share in added.items() if share.half)),
        later=(*before.later, *((key, share.hours) for key, share in added.items() if share.later)),
    )
    return _from_today(view, hours, credit, view.plan.hours_per_week, None)


def with_own(view: Overview, key: str) -> Revised:
    """The plan with one of the learner's own milestones as it is now: new, changed, dropped or brought back."""
    item, hours, credit = view.item(key), _planned(view), credit_of(view)
    milestone = view.path.milestone(key)
    hours.pop(key, None)
    if item is None or milestone is None or milestone.retired:
        credit = replace(credit, later=tuple(pair for pair in credit.later if pair[0] != key))
    elif item.later and not item.new and not item.counts:
        credit = replace(credit, later=tuple((k, milestone.hours if k == key else h) for k, h in credit.later))
    elif _is_open(item):
        hours[key] = view.holding.hours(milestone)
    return _from_today(view, hours, credit, view.plan.hours_per_week, None)


def _credited(view: Overview) -> Sequence[Share]:
    """What the learner's start and goal say of each milestone; nothing where the path has dropped these."""
    starting_point = view.starting_point if view.path.starting_point(view.starting_point) else ""
    goal = view.goal if view.path.goal(view.goal or "") else None
    if not starting_point:
        return [Share(m, m.hours, "full", known=False, half=False, later=False) for m in view.path.active]
    return shares(view.path, starting_point, goal=goal)


def with_pauses(view: Overview, pauses: tuple[Pause, ...]) -> Revised:
    """The same plan around other pauses: what comes after one moves by its days, the pace stays what it was."""
    done = {item.key for item in view.items if item.state == "done"}
    try:
        return Revised(shift_for_pauses(view.plan, pauses, done=done), credit_of(view))
    except PlanError as fault:
        raise no_plan(fault, "ends_on") from fault


def check_pause(view: Overview, starts_on: dt.date, ends_on: dt.date) -> None:
    """Raises InvalidInput for a pause that makes no sense, each kind with its own sentence."""
    if ends_on < starts_on:
        raise InvalidInput(gettext("A pause cannot end before it begins."), "ends_on")
    if (ends_on - starts_on).days + 1 > LONGEST_PAUSE:
        raise InvalidInput(gettext("A pause lasts at most a year. You can add another one later."), "ends_on")
    if starts_on < view.today - dt.timedelta(days=EARLIEST_PAUSE):
        raise InvalidInput(gettext("A pause can begin at most a year ago."), "starts_on")
    if starts_on > view.today + dt.timedelta(days=5 * 366):
        raise InvalidInput(gettext("Choose a beginning within the next five years."), "starts_on")
    for pause in view.pauses:
        if starts_on <= pause.ends_on and pause.starts_on <= ends_on:
            raise InvalidInput(gettext("This overlaps with a pause that you have already."), "starts_on")
