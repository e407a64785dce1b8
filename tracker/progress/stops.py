"""The way from above to below, for screens too narrow for the picture: the same days, in words, one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tracker import words
from tracker.language import gettext, ngettext
from tracker.planning import DAYS_A_MONTH
from tracker.progress.overview import Overview, PhaseView
from tracker.progress.points import day_of, state_of, when
from tracker.progress.window import ALL, Window, search_of

ORDER = ("start", "pause", "changed", "done", "late", "open", "phase", "today", "edge", "forecast", "finish", "search")
"""Of what falls on one day."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing on one day. A milestone has its key, a phase has its milestones."""

    on: dt.date
    kind: str
    title: str
    words: str = ""
    key: str = ""
    view: PhaseView | None = None


def stops(overview: Overview, window: Window, zoom: str) -> tuple[Stop, ...]:
    """From the first day of the window to its last; single milestones only where the window is a part of the way."""
    found = [*_events(overview), *_phases(overview)]
    if zoom == ALL:
        window = Window(window.first, dt.date.max)
    else:
        found += _milestones(overview)
    seen = [stop for stop in found if window.first <= stop.on <= window.last]
    return tuple(sorted(seen, key=lambda stop: (stop.on, ORDER.index(stop.kind))))


def _milestones(overview: Overview) -> Iterable[Stop]:
    for item in overview.items:
        day = day_of(item)
        if day:
            yield Stop(day, state_of(item, overview), item.milestone.title, when(item, overview), item.key)


def _phases(overview: Overview) -> Iterable[Stop]:
    """Where each ends: really, or as planned."""
    for view in overview.phases:
        ends = view.finished_on or view.due_on
        if ends is None or not view.counted:
            continue
        if view.finished_on:
            said = gettext("finished %(day)s", day=words.day(view.finished_on))
        elif view.starts_on and view.due_on:
            said = gettext("planned %(days)s", days=words.span(view.starts_on, view.due_on))
        else:
            said = ""
        # The phase somebody is in lies before them, even when its planned end is past.
        on = ends if view.finished_on else max(ends, overview.today)
        yield Stop(on, "phase", view.phase.short_title, said, view=view)


def _events(overview: Overview) -> Iterable[Stop]:
    start, path = overview.start_on, overview.path
    yield Stop(start, "start", gettext("Start"), words.day(start))
    for pause in overview.pauses:
        yield Stop(pause.starts_on, "pause", gettext("Pause"), words.span(pause.starts_on, pause.ends_on))
    for day in overview.revised_on:
        yield Stop(day, "changed", gettext("Plan changed"), words.day(day))
    if overview.pace.status != "finished":
        said = gettext(
            "%(percent)s%% done, %(expected)s%% planned", percent=overview.percent, expected=overview.expected_percent
        )
        yield Stop(max(overview.today, start), "today", gettext("Today, %(day)s", day=words.day(overview.today)), said)
        yield from _ahead(overview)
    for count in (path.min_months, path.max_months):
        day = start + dt.timedelta(days=round(count * DAYS_A_MONTH))
        yield Stop(day, "edge", ngettext("%(num)s month", "%(num)s months", count), words.month(day))
    finish, short, long = search_of(overview)
    if overview.pace.status == "finished":
        yield Stop(finish, "finish", gettext("Finish"), words.day(finish))
    yield Stop(
        short,
        "search",
        gettext("Job search"),
        gettext("until %(early)s, or %(late)s if it is long", early=words.month(short), late=words.month(long)),
    )


def _ahead(overview: Overview) -> Iterable[Stop]:
    forecast, plan = overview.forecast, overview.plan
    early, likely, late = words.outlook((forecast.p10, forecast.p50, forecast.p90), overview.today)
    said = (
        likely
        if early == late
        else gettext("%(early)s to %(late)s, most likely %(likely)s", early=early, late=late, likely=likely)
    )
    yield Stop(max(forecast.p50, overview.today), "forecast", gettext("Probable finish"), said)
    if plan.milestones:
        yield Stop(plan.finish_on, "finish", gettext("Finish as planned"), words.day(plan.finish_on))
