"""What the weekly mail says, from live data, at the moment it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from config import Settings
from tracker import clock, words
from tracker.catalog.schema import Catalog
from tracker.enrolment.paths import learned_paths
from tracker.enrolment.queries import on_paths_of_all
from tracker.models import OutboxMail, User
from tracker.outbox.render import Addressed, Composers, Content, Renderer, Skip
from tracker.progress.overview import Item, Overview
from tracker.progress.queries import Asked, read
from tracker.progress.reckoning import Recorded, reckon
from tracker.reminders import queries, schedule
from tracker.reminders.tokens import unsubscribe_link

NEXT_STEPS = 3
WEEK_DAYS = 7
NAMED = 4
"""So many milestones are named in a sentence, the rest counted."""
FAR_DAYS = 365
"""Beyond this a forecast names months: thirds of them would be a show of exactness."""


class WeeklyMail:
    """The composer of the weekly mail; reads for a whole batch in a fixed number of queries."""

    def __init__(self, settings: Settings, catalog: Catalog, renderer: Renderer) -> None:
        self._settings, self._catalog, self._renderer = settings, catalog, renderer

    def __call__(self, session: Session, mail: OutboxMail, user: User, now: dt.datetime) -> Content:
        """One mail; raises Skip."""
        return self.read(session, [(mail, user)], now)[0]()

    def read(self, session: Session, batch: Sequence[Addressed], now: dt.datetime) -> Sequence[Callable[[], Content]]:
        """Reads for all of them; each answer writes one."""
        users = [user for _, user in batch]
        asked = _asked(session, self._catalog, users, now)
        everything = [one for of_one in asked for one in of_one]
        recorded = iter(read(session, everything))
        wishes = queries.wishes_of_all(session, [user.id for user in users])
        return [
            partial(self._write, user, [(one, next(recorded)) for one in of_one], wishes[user.id])
            for user, of_one in zip(users, asked, strict=True)
        ]

    def _write(self, user: User, records: Sequence[tuple[Asked, Recorded]], wishes: queries.Wishes) -> Content:
        views = [reckon(asked.path, recorded, today=asked.today) for asked, recorded in records]
        lead, others = choose(views, user)
        return self._renderer.content(
            schedule.WEEKLY,
            unsubscribe=unsubscribe_link(self._settings, user.id),
            **said(lead, others),
            rhythm=f"{words.WEEKDAYS[wishes.weekday]} at {wishes.hour:02}:00, {words.place(user.timezone)}",
        )


def _asked(session: Session, catalog: Catalog, users: Sequence[User], now: dt.datetime) -> list[list[Asked]]:
    """What to look up for each: the current path first."""
    standings = on_paths_of_all(session, [user.id for user in users])
    paths = learned_paths(session, catalog, [standing for mine in standings.values() for standing in mine])

    def of(user: User) -> list[Asked]:
        today = clock.local_date(now, user.timezone)
        mine = sorted(standings.get(user.id, ()), key=lambda s: s.enrolment.path != user.current_path)
        found = [(standing, paths.get(standing.enrolment.id)) for standing in mine]
        return [Asked(standing, path, today) for standing, path in found if path is not None]

    return [of(user) for user in users]


def composers(settings: Settings, catalog: Catalog, renderer: Renderer) -> Composers:
    """The kinds of mail of this room."""
    return {schedule.WEEKLY: WeeklyMail(settings, catalog, renderer)}


def choose(views: Sequence[Overview], user: User) -> tuple[Overview, Sequence[Overview]]:
    """The path to lead with (the current one, if there is something to do on it) and the others under way."""
    if not views:
        raise Skip("You are not on a path.")
    unfinished = [view for view in views if view.next_items]
    if not unfinished:
        raise Skip("Your path is finished.")
    active = [view for view in unfinished if not _paused(view)]
    if not active:
        raise Skip("Your plan is paused.")
    return active[0], active[1:]


def _paused(view: Overview) -> bool:
    return any(pause.starts_on <= view.today <= pause.ends_on for pause in view.pauses)


def said(view: Overview, others: Sequence[Overview]) -> dict[str, Any]:
    """Every sentence of the mail, once, for its text and its HTML alike."""
    return {
        "view": view,
        "subject": f"{view.percent}% done, {standing(view)}: next up {view.next_items[0].milestone.title}",
        "standing": standing(view),
        "lately": lately(view),
        "outlook": outlook(view),
        "overdue": overdue(view),
        "pause": coming_pause(view),
        "steps": [(item, when(item, view.today)) for item in view.next_items[:NEXT_STEPS]],
        "others": [f"{other.path.title}: {other.percent}% done, {standing(other)}" for other in others],
    }


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


def lately(view: Overview) -> str:
    """What was done in the last seven days, in one sentence."""
    # The day of the last mail counts too: what was done after it that day would else be in no mail.
    done = [item for item in view.items if item.done_on and 0 <= (view.today - item.done_on).days <= WEEK_DAYS]
    if done:
        hours = words.hours(sum(item.hours for item in done))
        names = _listed([item.milestone.title for item in sorted(done, key=lambda item: item.done_on or view.today)])
        return f"Done in the last seven days: {names} ({hours})."
    if view.pace.status == "not-started":
        return f"Your plan begins on {words.long_day(view.start_on)}. Starting earlier is fine."
    if view.next_items[0].state == "doing":
        return (
            f"Nothing was ticked off in the last seven days, but {view.next_items[0].milestone.title} is under way. "
            "Large steps take their time."
        )
    return "Nothing was ticked off in the last seven days. That happens; the first step below is a good way back in."


def outlook(view: Overview) -> str:
    """The forecast: always a range, never a promise; none at all while there is nothing to go by."""
    if not view.milestones_done:
        return (
            f"By the plan you finish in {words.month(view.plan.finish_on)}. A forecast from your own pace begins with "
            "the first milestone that you tick off."
        )
    far = (view.forecast.p90 - view.today).days > FAR_DAYS
    early, middle, late = (
        words.month(day) if far else words.part_of_month(day)
        for day in (view.forecast.p10, view.forecast.p50, view.forecast.p90)
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
    names = _listed([item.milestone.title for item in late])
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


def when(item: Item, today: dt.date) -> str:
    """due 14 Aug, due today, planned for 3 Mar"""
    if item.due_on is None:
        return "no date"
    if item.due_on < today:
        return f"planned for {words.short_day(item.due_on)}"
    return words.due(item.due_on, today)


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        names = [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
