"""What the dashboard, the plan, the mail and later the API show: one value, so that they cannot disagree."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tracker.catalog.changes import Holding
from tracker.catalog.schema import Milestone, Path, Phase
from tracker.planning import DAYS_A_MONTH, Earned, Forecast, Pace, Pause, Plan, earned_share, percent_done
from tracker.study.weeks import Study

STATES = ("todo", "doing", "done", "known", "skipped")
RECENT_DAYS = 7
MAX_NOTE = 20_000
"""Characters of a private note."""


class Item(NamedTuple):
    """One milestone of the learner's plan, credit and 'can wait' included."""

    milestone: Milestone
    state: str
    """todo, doing, done, known or skipped"""
    hours: float
    """As planned: halved where credit was given."""
    half: bool
    later: bool
    """Under 'can wait': outside the plan until taken in."""
    starts_on: dt.date | None
    due_on: dt.date | None
    """None for known, skipped and 'can wait'."""
    done_on: dt.date | None
    criteria_met: frozenset[str]
    """Keys of the done-when criteria that are ticked."""
    credited: bool = False
    """The plan counts it as known from the start."""
    new: bool = False
    """The path has it since this plan was made; it waits, too, until the learner takes it in."""
    carried: tuple[tuple[dt.date, float], ...] = ()
    """Days and hours of what is done of a milestone that was merged from several."""
    changed_at: dt.datetime | None = None
    """When its state was set last, whatever day was given for it; None where nothing is on record."""

    @property
    def earned(self) -> float:
        """Hours of it that are earned: all when done, while it is being done the share of its met criteria."""
        if self.state == "done":
            return self.hours
        if self.state != "doing":
            return 0.0
        if self.carried:
            return min(self.hours, sum(hours for _, hours in self.carried))
        met = sum(criterion.key in self.criteria_met for criterion in self.milestone.done_when)
        return self.hours * earned_share(met, len(self.milestone.done_when))

    @property
    def key(self) -> str:
        """The milestone's permanent key."""
        return self.milestone.key

    @property
    def counts(self) -> bool:
        """In both parts of the fraction, or in neither."""
        return self.state not in ("known", "skipped") and (not self.later or self.state in ("done", "doing"))


@dataclass(frozen=True, slots=True)
class PhaseView:
    """One phase with what is in it."""

    phase: Phase
    items: tuple[Item, ...]
    hours: float
    earned: float
    percent: int
    starts_on: dt.date | None
    due_on: dt.date | None
    began_on: dt.date | None
    """When the first hours of it were really earned."""
    finished_on: dt.date | None
    """When the last of it was really done; None while something is open."""
    current: bool

    @property
    def done(self) -> int:
        """How many of its milestones are done."""
        return sum(item.state == "done" for item in self.items)

    @property
    def counted(self) -> int:
        """How many there are to do: the other part of that fraction."""
        return sum(item.counts for item in self.items)

    @property
    def credited(self) -> int:
        """How many are known, and so need not be done."""
        return sum(item.state == "known" for item in self.items)

    @property
    def planned(self) -> tuple[Item, ...]:
        """What belongs to the plan, in the plan's order."""
        return tuple(item for item in self.items if not item.later or item.counts)

    @property
    def waiting(self) -> tuple[Item, ...]:
        """What can wait."""
        return tuple(item for item in self.items if item.later and not item.counts)


@dataclass(frozen=True, slots=True)
class Step:
    """After this day the learner had done this share of the plan, 0 to 1."""

    on: dt.date
    share: float


@dataclass(frozen=True)
class Overview:
    """Where a learner stands on one path, on one day. What only some want is worked out when asked for."""

    path: Path
    starting_point: str
    goal: str | None
    today: dt.date
    start_on: dt.date
    target_on: dt.date | None
    revision: int
    made_from: str
    """The content version that the plan was made from: another than the path's where a newer one can be taken over."""
    stayed_at: str | None
    """The newer version that the learner did not want."""
    holding: Holding
    plan: Plan
    first_plan: Plan | None
    """The one it all began with, where it is another than the present one."""
    pauses: tuple[Pause, ...]
    revised_on: tuple[dt.date, ...]
    """Days from which on another plan held, oldest first."""
    items: tuple[Item, ...]
    """In the path's order."""
    earned: tuple[Earned, ...]
    hours_total: float
    hours_done: float
    percent: int
    expected_percent: int
    milestones_done: int
    milestones_total: int
    pace: Pace
    forecast: Forecast
    hours_this_week: float
    """Hours earned since Monday."""
    study: Study
    """What the study log says."""
    chosen: frozenset[str]
    """What the learner wants to get on with this week."""
    next_items: tuple[Item, ...]
    """What is open: chosen for this week first, then begun, then in the plan's order. Lead with the first few."""
    overdue: tuple[Item, ...]

    @cached_property
    def phases(self) -> tuple[PhaseView, ...]:
        """What is in each phase."""
        return _phases(self.path, self.items, self.earned, self.next_items)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The real way so far, from the start to today."""
        return _steps(self.earned, self.hours_total, self.start_on, self.today)

    @cached_property
    def done_recently(self) -> tuple[Item, ...]:
        """Done in the last seven days, newest first."""
        since = self.today - dt.timedelta(days=RECENT_DAYS - 1)
        recent = [i for i in self.items if i.state == "done" and i.done_on and i.done_on >= since]
        return tuple(sorted(recent, key=lambda item: item.done_on or self.today, reverse=True))

    @property
    def walked(self) -> bool:
        """All of the plan is done. A plan of which all is known or left out is at its end, too, but was not walked."""
        return self.pace.status == "finished" and self.milestones_total > 0

    @property
    def in_hand(self) -> Item | None:
        """For one who is behind although no date has gone by: the milestone whose days these are. A long one earns
        nothing before its criteria are ticked, and the days look lost."""
        if self.overdue or self.pace.days_ahead >= 0:
            return None
        dated = [item for item in self.next_items if item.due_on]
        return min(dated, key=lambda item: item.due_on or self.today, default=None)

    @property
    def current_phase(self) -> PhaseView:
        """The phase of the next open milestone; the last one when all is done."""
        return next((view for view in self.phases if view.current), self.phases[-1])

    @property
    def finish_on(self) -> dt.date:
        """When the way ends: really, where all is done; else as planned, or as is likely when that day has gone."""
        if self.pace.status == "finished":
            return max((item.done_on for item in self.items if item.done_on), default=self.today)
        return self.plan.finish_on if self.plan.finish_on >= self.today else self.forecast.p50

    @property
    def finish_months(self) -> tuple[float, float]:
        """The forecast as months from the start, to compare with the path's own range."""
        early, late = ((day - self.start_on).days / DAYS_A_MONTH for day in (self.forecast.p10, self.forecast.p90))
        return round(early, 1), round(late, 1)

    @property
    def month_now(self) -> int:
        """Month 1 begins on the start day."""
        return max(1, int((self.today - self.start_on).days / DAYS_A_MONTH) + 1)

    @property
    def pause_now(self) -> Pause | None:
        """The pause that today is in."""
        return next((pause for pause in self.pauses if pause.starts_on <= self.today <= pause.ends_on), None)

    def item(self, key: str) -> Item | None:
        """The item of a milestone, by its present or a former key."""
        milestone = self.path.milestone(key)
        return next((item for item in self.items if milestone and item.key == milestone.key), None)


def _steps(earned: tuple[Earned, ...], total: float, start_on: dt.date, today: dt.date) -> tuple[Step, ...]:
    """The real way as a staircase; what was done before the start is there on the first day."""
    steps = [Step(start_on, 0.0)]
    done = 0.0
    for part in sorted(earned, key=lambda part: part.on):
        done += part.hours
        steps.append(Step(max(part.on, start_on), done / total))
    if today > steps[-1].on:
        steps.append(Step(today, steps[-1].share))
    return tuple(steps)


def _phases(
    path: Path, items: tuple[Item, ...], earned: tuple[Earned, ...], ordered: tuple[Item, ...]
) -> tuple[PhaseView, ...]:
    # By due date and not "doing first": one early start in phase four does not move the learner there.
    following = min(ordered, key=lambda i: i.due_on or dt.date.max, default=None)
    return tuple(
        _phase(
            phase,
            sorted((i for i in items if i.milestone.phase == phase.number), key=lambda i: i.due_on or dt.date.min),
            earned,
            current=following is not None and following.milestone.phase == phase.number,
        )
        for phase in path.phases
    )


def _phase(phase: Phase, own: list[Item], earned: tuple[Earned, ...], *, current: bool) -> PhaseView:
    counted = [item for item in own if item.counts]
    keys = {item.key for item in counted}
    parts = [part for part in earned if part.key in keys]
    total, got = sum(item.hours for item in counted), sum(part.hours for part in parts)
    all_done = bool(counted) and all(item.state == "done" for item in counted)
    return PhaseView(
        phase=phase,
        items=tuple(own),
        hours=total,
        earned=got,
        percent=percent_done(got, total, all_done=all_done),
        starts_on=min((i.starts_on for i in own if i.starts_on), default=None),
        due_on=max((i.due_on for i in own if i.due_on), default=None),
        began_on=min((part.on for part in parts), default=None),
        finished_on=max((part.on for part in parts), default=None) if all_done else None,
        current=current,
    )
