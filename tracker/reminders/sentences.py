"""The sentences of the mail about one path, each once, for text and HTML alike. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from tracker import words
from tracker.planning import Pause
from tracker.progress.overview import Item, Overview

WEEK_DAYS = 7
NAMED = 4
"""So many milestones are named in a sentence, the rest counted."""
STEPS = 3
SIGHT_YEARS = 10
"""Beyond this no date is named at all: after a month without a tick it would be a number without a meaning."""


def standing(view: Overview) -> str:
    """11 days ahead, on track, 12 days behind, starting Monday 8 March"""
    count = abs(round(view.pace.days_ahead))
    match view.pace.status:
        case "not-started":
            return f"starting {words.long_day(view.start_on)}"
        case "ahead":
            return f"{words.days(count)} ahead"
        case "behind":
            return f"{words.days(count)} behind"
        case _:
            return "on track"


def lately(view: Overview, last_mail: dt.date | None, *, alone: bool = True) -> str:
    """What was done since the last mail, or in seven days where there was none: a sentence or two.

    ``alone``: no other path is under way, so that nothing here is nothing at all.
    """
    # The day of the last mail counts too: what was done after it that day would else be in no mail.
    since = last_mail or view.today - dt.timedelta(days=WEEK_DAYS)
    span = f"since the last mail ({words.short_day(since)})" if last_mail else "in the last seven days"
    done = sorted(
        (item for item in view.items if item.done_on and since <= item.done_on <= view.today),
        key=lambda item: item.done_on or view.today,
    )
    minutes = sum(spent for day, spent in view.study.minutes.items() if since <= day <= view.today)
    studied = f" You logged {words.minutes(minutes)} of study." if minutes else ""
    if done:
        hours = words.hours(sum(item.hours for item in done))
        return f"Done {span}: {listed([item.milestone.title for item in done])} ({hours}).{studied}"
    if view.pace.status == "not-started":
        return f"Your plan begins on {words.long_day(view.start_on)}. Starting earlier is fine.{studied}"
    if view.start_on > since and not studied:
        return f"Your plan began on {words.long_day(view.start_on)}. The first step below is all that counts now."
    if view.next_items[0].state == "doing":
        return (
            f"Nothing was ticked off {span}, but {view.next_items[0].milestone.title} is under way. "
            f"Large steps take their time.{studied}"
        )
    if studied:
        return f"Nothing was ticked off {span}.{studied} That counts."
    if not alone:
        return f"On this path nothing was ticked off {span}."
    return f"Nothing was ticked off {span}. That happens; the first step below is a good way back in."


def outlook(view: Overview) -> str:
    """The forecast: always a range, never a promise; none at all while there is nothing to go by."""
    if not view.milestones_done:
        return (
            f"By the plan you finish in {words.month(view.plan.finish_on)}. A forecast from your own pace begins with "
            "the first milestone that you tick off."
        )
    early, middle, late = words.outlook((view.forecast.p10, view.forecast.p50, view.forecast.p90), view.today)
    if (view.forecast.p90 - view.today).days > SIGHT_YEARS * 366:
        return (
            f"At your pace so far you will most likely finish between {early} and some time after "
            f"{view.today.year + SIGHT_YEARS}. A few hours in each week bring that much closer."
        )
    if early == late:
        return f"At your pace so far you will most likely finish around {early}."
    likely = f"At your pace so far you will most likely finish between {early} and {late}"
    return f"{likely}." if middle in (early, late) else f"{likely}, with {middle} in the middle of that range."


def overdue(view: Overview) -> str:
    """What is past its date, in calm words; empty when nothing is."""
    late = sorted(view.overdue, key=lambda item: item.due_on or view.today)
    if not late:
        return ""
    names = listed([item.milestone.title for item in late])
    since = words.short_day(late[0].due_on or view.today)
    if len(late) == 1:
        return f"Past its planned date ({since}): {names}. No harm done: take it up when you are ready."
    count = len(late)
    return (
        f"{count} milestones are past their planned dates, the first since {since}: {names}. Take them one at a time."
    )


def coming_pause(view: Overview) -> str:
    """Said in the last mail before a pause, so that its silence is no surprise; empty when none begins."""
    for pause in view.pauses:
        if 0 < (pause.starts_on - view.today).days <= WEEK_DAYS:
            days = f"From {words.long_day(pause.starts_on)} to {words.long_day(pause.ends_on)}"
            return f"{days} your plan is paused: no reminder comes in that time, and no day of it counts as late."
    return ""


def this_week(view: Overview) -> Sequence[Item]:
    """One to three next steps: what the learner chose for this week, then in the plan's order what fits their hours."""
    steps, room = [view.next_items[0]], view.plan.hours_per_week - left(view.next_items[0])
    for item in view.next_items[1:STEPS]:
        room -= left(item)
        if room < 0 and item.key not in view.chosen:
            break
        steps.append(item)
    return steps


def afterwards(view: Overview, steps: Sequence[Item]) -> str:
    """What comes after this week's steps, so that one large step is not all there is to see; empty at the end."""
    following = view.next_items[len(steps) : len(steps) + 1]
    return f"After that: {following[0].milestone.title}." if following else ""


def left(item: Item) -> float:
    """Hours of a milestone that are still to be done."""
    return item.hours - item.earned


def about(item: Item, view: Overview) -> str:
    """due 14 Aug, 44 h, begun, 33 h left, some 3 weeks at your 12 h a week"""
    parts = [when(item, view.today), words.hours(item.hours)]
    if item.state == "doing":
        parts.append(f"begun, {words.hours(left(item))} left" if item.earned else "begun")
    weeks = math.ceil(left(item) / view.plan.hours_per_week)
    if weeks > 1:
        parts.append(f"some {weeks} weeks at your {words.hours(view.plan.hours_per_week)} a week")
    return ", ".join(parts)


def pause_of(view: Overview) -> Pause | None:
    """The pause that this day is in."""
    return next((pause for pause in view.pauses if pause.starts_on <= view.today <= pause.ends_on), None)


def is_paused(view: Overview) -> str:
    """Data Scientist: paused until Sunday 4 April"""
    pause = pause_of(view)
    return f"{view.path.title}: paused until {words.long_day(pause.ends_on)}" if pause else view.path.title


def when(item: Item, today: dt.date) -> str:
    """due 14 Aug, due today, planned for 3 Mar"""
    if item.due_on is None:
        return "no date"
    if item.due_on < today:
        return f"planned for {words.short_day(item.due_on)}"
    return words.due(item.due_on, today)


def listed(names: Sequence[str]) -> str:
    """A, B, C and 5 more; in quotes where a name has a comma or an "and" of its own."""
    named = list(names if len(names) <= NAMED else names[: NAMED - 1])
    if len(names) > 1 and any("," in name or " and " in name for name in named):
        named = [f"“{name}”" for name in named]
    if len(names) > NAMED:
        named.append(f"{len(names) - NAMED + 1} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
