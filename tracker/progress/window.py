"""Which part of the way the picture shows: all of it, the present phase, or the next three months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.planning import DAYS_A_MONTH, Plan, capacity
from tracker.progress.overview import Overview

MOST_MONTHS = 60
"""What lies beyond this runs out of the picture; its dates are in the text and in the table."""
WIDER_FOR_THE_FORECAST = 1.3
ALL, PHASE, QUARTER = "all", "phase", "3-months"
ZOOMS = (ALL, PHASE, QUARTER)
BEFORE, AFTER = dt.timedelta(days=30), dt.timedelta(days=92)
"""The next three months are seen with the last one, which led to them."""
ROOM = 0.04
"""Of the shares in a window, left free above and below."""
LEAST = 0.1
"""A window is at least so high, or a week without a tick would look like a wall."""


@dataclass(frozen=True, slots=True)
class Window:
    """From day to day and from share to share."""

    first: dt.date
    last: dt.date
    low: float = 0.0
    high: float = 1.0


def window_of(overview: Overview, zoom: str) -> Window:
    """The part of the way that ``zoom`` names; all of it where it names none."""
    whole = _whole(overview)
    if zoom == PHASE:
        found = _phase(overview)
    elif zoom == QUARTER:
        now = max(overview.today, overview.start_on)
        found = (max(now - BEFORE, overview.start_on), now + AFTER)
    else:
        return whole
    return _high_enough(overview, *found) if found else whole


def _whole(overview: Overview) -> Window:
    path, start = overview.path, overview.start_on
    ends = [overview.plan.finish_on, overview.today, search_of(overview)[2]]
    months = max([path.max_months, *((end - start).days / DAYS_A_MONTH for end in ends)])
    # A forecast that is much wider than the way itself would press all of it into a corner.
    forecast = min((overview.forecast.p90 - start).days / DAYS_A_MONTH, months * WIDER_FOR_THE_FORECAST)
    days = min(max(months, forecast), MOST_MONTHS) * DAYS_A_MONTH
    return Window(start, start + dt.timedelta(days=round(days)))


def _phase(overview: Overview) -> tuple[dt.date, dt.date] | None:
    view = overview.current_phase
    begins = [day for day in (view.starts_on, view.began_on) if day]
    ends = [day for day in (view.due_on, view.finished_on) if day]
    if not begins or not ends:
        return None
    first, last = min(begins), max(ends)
    if view.finished_on is None and first <= overview.today:
        last = max(last, overview.today)
    beside = dt.timedelta(days=max((last - first).days // 20, 3))
    return max(first - beside, overview.start_on), last + beside


def _high_enough(overview: Overview, first: dt.date, last: dt.date) -> Window:
    """As high as what lies between these days."""
    shares = list(_shares(overview, first, last))
    low, high = min(shares) - ROOM, max(shares) + ROOM
    low = max(min(low, high - LEAST), 0.0)
    return Window(first, last, low, min(max(high, low + LEAST), 1.0))


def _shares(overview: Overview, first: dt.date, last: dt.date) -> Iterable[float]:
    today = min(max(overview.today, first), last)
    for day in (first, today):
        yield done_by(overview, day)
    for day in (first, today, last):
        if overview.plan.hours:
            yield planned_by(overview.plan, day)
    days = (overview.forecast.p50 - overview.today).days
    done = done_by(overview, overview.today)
    if done < 1 and days > 0 and last > overview.today:
        yield min(done + (1 - done) * (last - overview.today).days / days, 1.0)


def done_by(overview: Overview, day: dt.date) -> float:
    """The share that was done at the end of a day."""
    return max((step.share for step in overview.steps if step.on <= day), default=0.0)


def planned_by(plan: Plan, day: dt.date) -> float:
    """The share that the plan expects at the end of a day; where it was made later, what was done then."""
    if not plan.hours:
        return 1.0
    begins = plan.since or plan.start_on
    given = capacity(plan, day) if day >= begins else plan.before
    return min(given / plan.hours, 1.0)


def search_of(overview: Overview) -> tuple[dt.date, dt.date, dt.date]:
    """The job search after the finish: where it begins, and where it ends if it is short and if it is long."""
    path, finish = overview.path, overview.finish_on
    short, long = (
        finish + dt.timedelta(days=round(months * DAYS_A_MONTH))
        for months in (path.job_search_min_months, path.job_search_max_months)
    )
    return finish, short, long
