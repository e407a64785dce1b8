"""The sentences of the mail about one path, each once, for text and HTML alike. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

from babel.lists import format_list

from tracker import language, words
from tracker.language import gettext, ngettext
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
            return gettext("starting %(day)s", day=words.long_day(view.start_on))
        case "ahead":
            return ngettext("%(num)s day ahead", "%(num)s days ahead", count)
        case "behind":
            return ngettext("%(num)s day behind", "%(num)s days behind", count)
        case _:
            return gettext("on track")


class Since(NamedTuple):
    """From when on a mail tells what was done."""

    at: dt.datetime
    on: dt.date
    """The same as the learner's own day."""
    is_mail: bool
    """It is when the last mail went; else there was none, and it is seven days ago."""


def lately(view: Overview, since: Since, *, alone: bool = True) -> str:
    """What was ticked off since the last mail, or in seven days where there was none: a sentence or two.

    By when it was ticked and not by the day that was given for it: what was done earlier and told later is news, too.
    ``alone``: no other path is under way, so that nothing here is nothing at all.
    """
    day = words.due_day(since.on, view.today)
    span = gettext("since the last mail (%(day)s)", day=day) if since.is_mail else gettext("in the last seven days")
    done = sorted(
        (item for item in view.items if item.state == "done" and item.changed_at and item.changed_at >= since.at),
        key=lambda item: item.done_on or view.today,
    )
    minutes = sum(spent for day, spent in view.study.minutes.items() if since.on <= day <= view.today)
    studied = gettext("You logged %(time)s of study.", time=words.minutes(minutes)) if minutes else ""
    if done:
        names, hours = listed([item.milestone.title for item in done]), words.hours(sum(item.hours for item in done))
        did = gettext("Ticked off %(span)s: %(names)s (%(hours)s).", span=span, names=names, hours=hours)
        return _together(did, studied)
    began = words.long_day(view.start_on)
    if view.pace.status == "not-started":
        return _together(gettext("Your plan begins on %(day)s. Starting earlier is fine.", day=began), studied)
    if view.start_on > since.on and not studied:
        return gettext("Your plan began on %(day)s. The first step below is all that counts now.", day=began)
    if view.next_items[0].state == "doing":
        going = gettext(
            "No milestone was ticked off %(span)s, but %(milestone)s is under way. Large steps take their time.",
            span=span, milestone=view.next_items[0].milestone.title,
        )  # fmt: skip
        return _together(going, studied)
    if studied:
        return _together(gettext("Nothing was ticked off %(span)s.", span=span), studied, gettext("That counts."))
    if not alone:
        return gettext("On this path nothing was ticked off %(span)s.", span=span)
    return gettext(
        "Nothing was ticked off %(span)s. That happens; the first step below is a good way back in.", span=span
    )


def _together(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def outlook(view: Overview) -> str:
    """The forecast: always a range, never a promise. Before anything is done it is said beside the plan's own date."""
    early, middle, late = words.outlook((view.forecast.p10, view.forecast.p50, view.forecast.p90), view.today)
    out_of_sight = (view.forecast.p90 - view.today).days > SIGHT_YEARS * 366
    if not view.milestones_done:
        return _by_the_plan(view, early, "" if out_of_sight else late)
    if out_of_sight:
        return gettext(
            "At your pace so far you will most likely finish between %(early)s and some time after %(year)s. A few "
            "hours in each week bring that much closer.",
            early=early, year=view.today.year + SIGHT_YEARS,
        )  # fmt: skip
    if early == late:
        return gettext("At your pace so far you will most likely finish around %(month)s.", month=early)
    if middle in (early, late):
        return gettext(
            "At your pace so far you will most likely finish between %(early)s and %(late)s.", early=early, late=late
        )
    return gettext(
        "At your pace so far you will most likely finish between %(early)s and %(late)s, with %(middle)s in the "
        "middle of that range.",
        early=early, middle=middle, late=late,
    )  # fmt: skip


def _by_the_plan(view: Overview, early: str, late: str) -> str:
    """While nothing is done: what the plan says, and the forecast where it can be seen that far (``late``)."""
    plan = (
        gettext("By the plan you finish in %(month)s.", month=words.month(view.plan.finish_on))
        if view.plan.finish_on >= view.today
        else gettext("The finish that was planned, %(month)s, has gone by.", month=words.month(view.plan.finish_on))
    )
    if not late:
        return _together(plan, gettext("A forecast begins with the first milestone that you tick off."))
    return _together(
        plan,
        gettext(
            "The forecast so far is between %(early)s and %(late)s; each milestone that you tick off sharpens it.",
            early=early, late=late,
        ),
    )  # fmt: skip


def overdue(view: Overview) -> str:
    """What is past its date, in calm words; for one who is behind without, why; else empty."""
    late = sorted(view.overdue, key=lambda item: item.due_on or view.today)
    if not late:
        return _in_hand(view)
    names = listed([item.milestone.title for item in late])
    since = words.due_day(late[0].due_on or view.today, view.today)
    if len(late) == 1:
        return gettext(
            "Past its planned date (%(day)s): %(milestone)s. No harm done: take it up when you are ready.",
            day=since, milestone=names,
        )  # fmt: skip
    return ngettext(
        "%(num)s milestone is past its planned date, since %(day)s: %(names)s.",
        "%(num)s milestones are past their planned dates, the first since %(day)s: %(names)s. Take them one at a time.",
        len(late), day=since, names=names,
    )  # fmt: skip


def _in_hand(view: Overview) -> str:
    if not (item := view.in_hand) or not item.due_on:
        return ""
    return gettext(
        "Nothing is past its planned date: %(milestone)s has time until %(day)s. "
        "Tick its criteria as you meet them, and they count at once.",
        milestone=item.milestone.title, day=words.due_day(item.due_on, view.today),
    )  # fmt: skip


def coming_pause(view: Overview) -> str:
    """Said in the last mail before a pause, so that its silence is no surprise; empty when none begins."""
    for pause in view.pauses:
        if 0 < (pause.starts_on - view.today).days <= WEEK_DAYS:
            return gettext(
                "From %(first)s to %(last)s your plan is paused: no reminder comes in that time, and no day of it "
                "counts as late.",
                first=words.long_day(pause.starts_on), last=words.long_day(pause.ends_on),
            )  # fmt: skip
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
    return gettext("After that: %(milestone)s.", milestone=following[0].milestone.title) if following else ""


def left(item: Item) -> float:
    """Hours of a milestone that are still to be done."""
    return item.hours - item.earned


def about(item: Item, view: Overview) -> str:
    """due 14 Aug, 44 h, begun, 33 h left, some 3 weeks at your 12 h a week"""
    parts = [when(item, view.today), words.hours(item.hours)]
    if item.state == "doing":
        hours = words.hours(left(item))
        parts.append(gettext("begun, %(hours)s left", hours=hours) if item.earned else gettext("begun"))
    weeks = math.ceil(left(item) / view.plan.hours_per_week)
    if weeks > 1:
        hours = words.hours(view.plan.hours_per_week)
        parts.append(
            ngettext(
                "some %(num)s week at your %(hours)s a week", "some %(num)s weeks at your %(hours)s a week",
                weeks, hours=hours,
            )
        )  # fmt: skip
    return ", ".join(parts)


def is_paused(view: Overview) -> str:
    """Data Scientist: paused until Sunday 4 April"""
    pause = view.pause_now
    if pause is None:
        return view.path.title
    return gettext("%(path)s: paused until %(day)s", path=view.path.title, day=words.long_day(pause.ends_on))


def when(item: Item, today: dt.date) -> str:
    """due 14 Aug, due today, planned for 3 Mar"""
    if item.due_on is None:
        return gettext("no date")
    if item.due_on < today:
        return gettext("planned for %(day)s", day=words.due_day(item.due_on, today))
    return words.due(item.due_on, today)


def listed(names: Sequence[str]) -> str:
    """A, B, C and 5 more; in quotes where a name has a comma or an "and" of its own."""
    named = list(names if len(names) <= NAMED else names[: NAMED - 1])
    if len(names) > 1 and any("," in name or " and " in name for name in named):
        named = [f"“{name}”" for name in named]
    if len(names) > NAMED:
        named.append(ngettext("%(num)s more", "%(num)s more", len(names) - NAMED + 1))
    return format_list(named, locale=language.locale())
