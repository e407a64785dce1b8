"""What the weekly mail says, from live data, at the moment it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from config import Settings
from tracker import clock, words
from tracker.catalog.schema import Catalog
from tracker.enrolment.paths import learned_paths
from tracker.enrolment.queries import on_paths_of_all
from tracker.language import gettext, gettext_noop
from tracker.models import OutboxMail, User
from tracker.outbox.render import Addressed, Content, Renderer, Skip
from tracker.planning import Cadence, cadence, is_first_monthly
from tracker.progress.overview import Item, Overview
from tracker.progress.queries import Asked, read
from tracker.progress.reckoning import Recorded, reckon
from tracker.reminders import queries, schedule, sentences
from tracker.reminders.tokens import links_of, unsubscribe_link

PAUSES = (1, 2, 4)
"""Weeks of pause that the mail offers, each by a link."""


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
        records = recorded_of_all(session, self._catalog, users, now)
        wishes = queries.wishes_of_all(session, [user.id for user in users])
        return [
            partial(self._write, mail, user, of_one, wishes[user.id], now)
            for (mail, user), of_one in zip(batch, records, strict=True)
        ]

    def _write(
        self,
        mail: OutboxMail,
        user: User,
        records: Sequence[tuple[Asked, Recorded]],
        wishes: queries.Wishes,
        now: dt.datetime,
    ) -> Content:
        standing = choose([reckon(asked.path, recorded, today=asked.today) for asked, recorded in records])
        since = since_when(wishes.last_sent_at, now, user.timezone)
        link = links_of(self._settings, user)
        rhythm = cadence(wishes.unanswered)
        return self._renderer.content(
            schedule.WEEKLY,
            unsubscribe=unsubscribe_link(self._settings, user),
            **said(standing, since, link),
            subject=subject(standing.lead, rhythm),
            cadence=rhythm,
            fading=fading(wishes.unanswered),
            rhythm=when_it_comes(rhythm, wishes, user.timezone),
            weekly_link=link("weekly") if rhythm != "weekly" else "",
            snooze_link=link("snooze", mail.period or "") if rhythm == "weekly" else "",
            pauses=[(weeks, link("pause", mail.period or "", str(weeks))) for weeks in PAUSES],
            slot_link=link("slot"),
        )


def recorded_of_all(
    session: Session, catalog: Catalog, users: Sequence[User], now: dt.datetime
) -> list[list[tuple[Asked, Recorded]]]:
    """All that is on record for each learner, the current path first, in a fixed number of queries."""
    standings = on_paths_of_all(session, [user.id for user in users])
    paths = learned_paths(session, catalog, [standing for mine in standings.values() for standing in mine])

    def of(user: User) -> list[Asked]:
        today = clock.local_date(now, user.timezone)
        mine = sorted(standings.get(user.id, ()), key=lambda s: s.enrolment.path != user.current_path)
        found = [(standing, paths.get(standing.enrolment.id)) for standing in mine]
        return [Asked(standing, path, today) for standing, path in found if path is not None]

    asked = [of(user) for user in users]
    recorded = iter(read(session, [one for of_one in asked for one in of_one]))
    return [[(one, next(recorded)) for one in of_one] for of_one in asked]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands on all their paths."""

    lead: Overview
    """The current path, if there is something to do on it at present."""
    others: Sequence[Overview]
    paused: Sequence[Overview]


def choose(views: Sequence[Overview]) -> Standing:
    """What the mail is about; raises Skip where nothing is to be done anywhere. Finished paths are left out."""
    if not views:
        raise Skip(gettext_noop("You are not on a path."))
    unfinished = [view for view in views if view.next_items]
    if not unfinished:
        raise Skip(gettext_noop("Your path is finished."))
    active = [view for view in unfinished if not view.pause_now]
    if not active:
        raise Skip(gettext_noop("Your plan is paused."))
    return Standing(active[0], active[1:], [view for view in unfinished if view not in active])


def subject(view: Overview, rhythm: Cadence) -> str:
    """23% done, 3 days ahead: next up NumPy"""
    if rhythm == "asking":  # how far behind is no news to who was away, and no reason to come back
        return gettext("%(percent)s%% done: shall this mail go on?", percent=view.percent)
    following = view.next_items[0].milestone.title
    if _late_for_nothing(view):
        return gettext("%(percent)s%% done: next up %(title)s", percent=view.percent, title=following)
    stand = {"percent": view.percent, "standing": sentences.standing(view)}
    return gettext("%(percent)s%% done, %(standing)s: next up %(title)s", title=following, **stand)


def _late_for_nothing(view: Overview) -> bool:
    """Behind, but no date has gone by: nothing to lead a mail with, and no reason to change the plan."""
    return view.pace.status == "behind" and view.in_hand is not None


def said(standing: Standing, since: sentences.Since, link: Callable[..., str]) -> dict[str, Any]:
    """Every sentence about the paths, once, for the mail's text and its HTML alike."""
    view = standing.lead
    steps = sentences.this_week(view)
    return {
        "view": view,
        "standing": sentences.standing(view),
        "lately": sentences.lately(view, since, alone=not standing.others),
        "outlook": sentences.outlook(view),
        "overdue": sentences.overdue(view),
        "pause": sentences.coming_pause(view),
        "ways": "/plan/ways" if view.pace.status == "behind" and not _late_for_nothing(view) else "",
        "steps": [_step(view, item, link) for item in steps],
        "steps_title": _steps_title(view, steps),
        "afterwards": sentences.afterwards(view, steps),
        "others": [
            {
                "line": gettext(
                    "%(path)s: %(percent)s%% done, %(standing)s",
                    path=other.path.title,
                    percent=other.percent,
                    standing=sentences.standing(other),
                ),
                "lately": sentences.lately(other, since, alone=False),
                "outlook": sentences.outlook(other),
                "pause": sentences.coming_pause(other),
                "step": _step(other, other.next_items[0], link),
            }
            for other in standing.others
        ],
        "paused": [sentences.is_paused(other) for other in standing.paused],
    }


def since_when(last_sent_at: dt.datetime | None, now: dt.datetime, timezone: str) -> sentences.Since:
    """Since the last mail, or for a week where there was none."""
    at = last_sent_at or now - dt.timedelta(days=sentences.WEEK_DAYS)
    return sentences.Since(at, clock.local_date(at, timezone), is_mail=last_sent_at is not None)


def _steps_title(view: Overview, steps: Sequence[Item]) -> str:
    if view.chosen & {item.key for item in steps}:
        return gettext("Your choice for this week")
    return gettext("To begin with") if view.pace.status == "not-started" else gettext("This week")


def _step(view: Overview, item: Item, link: Callable[..., str]) -> dict[str, str]:
    return {
        "title": item.milestone.title,
        "about": sentences.about(item, view),
        "path": f"/milestones/{view.path.slug}/{item.key}",
        "done": link("done", view.path.slug, item.key),
    }


def fading(unanswered: int) -> str:
    """What the mail says about coming less often; empty where there is nothing new to say."""
    if is_first_monthly(unanswered):
        return gettext(
            "There was no visit and no tick for four mails in a row, so from now on this one comes once a month. "
            "A visit, a tick or the button here makes it weekly again."
        )
    if cadence(unanswered) in ("asking", "stopped"):
        return gettext(
            "There was no visit and no tick for some months. Shall this mail go on? If you do nothing, this was the "
            "last one. Your plan and everything you did stay as they are."
        )
    return ""


def when_it_comes(rhythm: Cadence, wishes: queries.Wishes, timezone: str) -> str:
    """every Monday at 08:00, Berlin"""
    slot = words.weekly_slot(wishes.weekday, wishes.hour, timezone)
    return (
        gettext("every %(slot)s", slot=slot)
        if rhythm == "weekly"
        else gettext("once a month, on a %(slot)s", slot=slot)
    )
