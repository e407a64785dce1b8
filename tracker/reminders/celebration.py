"""What the mail says that celebrates a phase or a path; like a reminder in all but its occasion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from config import Settings
from tracker import words
from tracker.catalog.schema import Catalog
from tracker.language import gettext, gettext_noop, ngettext
from tracker.models import OutboxMail, User
from tracker.outbox.render import Addressed, Content, Renderer, Skip
from tracker.planning import DAYS_A_MONTH
from tracker.progress.overview import Item, Overview, PhaseView
from tracker.progress.queries import Asked
from tracker.progress.reckoning import Recorded, reckon
from tracker.reminders import schedule, sentences
from tracker.reminders.compose import recorded_of_all
from tracker.reminders.tokens import unsubscribe_link

SHORT_DAYS = 60
"""A way that took fewer is told in days."""
NOT_ANY_MORE = gettext_noop("Something in it was opened again before the mail could be sent.")


class CelebrationMail:
    """The composer of both; reads for a whole batch in a fixed number of queries."""

    def __init__(self, settings: Settings, catalog: Catalog, renderer: Renderer) -> None:
        self._settings, self._catalog, self._renderer = settings, catalog, renderer

    def __call__(self, session: Session, mail: OutboxMail, user: User, now: dt.datetime) -> Content:
        """One mail; raises Skip."""
        return self.read(session, [(mail, user)], now)[0]()

    def read(self, session: Session, batch: Sequence[Addressed], now: dt.datetime) -> Sequence[Callable[[], Content]]:
        """Reads for all of them; each answer writes one."""
        records = recorded_of_all(session, self._catalog, [user for _, user in batch], now)
        return [partial(self._write, mail, user, of_one) for (mail, user), of_one in zip(batch, records, strict=True)]

    def _write(self, mail: OutboxMail, user: User, records: Sequence[tuple[Asked, Recorded]]) -> Content:
        about = next((pair for pair in records if pair[0].path.slug == mail.context["path"]), None)
        if about is None:
            raise Skip(gettext_noop("You have left this path."))
        view = reckon(about[0].path, about[1], today=about[0].today)
        if mail.kind == schedule.PATH_FINISHED:
            others = [
                reckon(asked.path, recorded, today=asked.today) for asked, recorded in records if asked is not about[0]
            ]
            said = {**path_said(view), "from_now_on": _from_now_on(others)}
        else:
            said = phase_said(view, mail.context["phase"])
        return self._renderer.content(mail.kind, unsubscribe=unsubscribe_link(self._settings, user), view=view, **said)


def phase_said(view: Overview, number: int) -> dict[str, Any]:
    """The sentences about a phase; raises Skip where it is open again, or where the mail about the path says it all."""
    if view.pace.status == "finished":
        raise Skip(gettext_noop("The whole path was finished before it could be sent."))
    ended = next((phase for phase in view.phases if phase.phase.number == number), None)
    if ended is None or ended.finished_on is None:
        raise Skip(NOT_ANY_MORE)
    done = [item for item in ended.items if item.state == "done"]
    following = view.next_items[0] if view.next_items else None
    return {
        "subject": gettext(
            "Phase %(number)s finished, %(percent)s%% done: %(title)s",
            number=number,
            percent=view.percent,
            title=ended.phase.title,
        ),
        "heading": gettext("Phase %(number)s finished: %(title)s", number=number, title=ended.phase.title),
        "did": _did(done, ended),
        "built": _built(done),
        "standing": gettext(
            "%(percent)s%% done, %(standing)s", percent=view.percent, standing=sentences.standing(view)
        ),
        "outlook": sentences.outlook(view) if following else "",
        "following": _following(view, following) if following else "",
        "next_step": f"/milestones/{view.path.slug}/{following.key}" if following else "",
    }


def path_said(view: Overview) -> dict[str, Any]:
    """The sentences about a whole path; raises Skip where something is open again."""
    if view.pace.status != "finished":
        raise Skip(NOT_ANY_MORE)
    done = [item for item in view.items if item.state == "done"]
    began = min((item.done_on for item in done if item.done_on), default=view.start_on)
    return {
        "subject": gettext("100%% done: you have finished %(path)s", path=view.path.title),
        "heading": gettext("You have finished %(path)s", path=view.path.title),
        "did": _took(done, min(began, view.start_on), view.finish_on),
        "built": _built(done),
        "search": _search(view),
    }


def _amount(done: Sequence[Item]) -> str:
    hours = words.hours(sum(item.hours for item in done))
    return ngettext(
        "%(num)s milestone, %(hours)s of study", "%(num)s milestones, %(hours)s of study", len(done), hours=hours
    )


def _took(done: Sequence[Item], began: dt.date, finished: dt.date) -> str:
    """60 milestones, 1,040 h of study, from 1 March 2027 to 20 May 2028: 15 months. Well done."""
    days = (finished - began).days
    if not days:
        return gettext("%(amount)s. Well done.", amount=_amount(done))
    months = round(days / DAYS_A_MONTH)
    span = words.days(days) if days < SHORT_DAYS else ngettext("%(num)s month", "%(num)s months", months)
    return gettext(
        "%(amount)s, from %(start)s to %(finish)s: %(span)s. Well done.",
        amount=_amount(done), start=words.day(began), finish=words.day(finished), span=span,
    )  # fmt: skip


def _did(done: Sequence[Item], ended: PhaseView) -> str:
    amount = _amount(done)
    if ended.began_on is None or ended.finished_on is None or ended.began_on == ended.finished_on:
        return gettext("%(amount)s. Well done.", amount=amount)
    return gettext(
        "%(amount)s, the first on %(first)s and the last on %(last)s. Well done.",
        amount=amount, first=words.day(ended.began_on), last=words.day(ended.finished_on),
    )  # fmt: skip


def _built(done: Sequence[Item]) -> list[str]:
    return [item.milestone.title for item in done if item.milestone.kind == "project"]


def _following(view: Overview, item: Item) -> str:
    there = next(one for one in view.phases if one.phase.number == item.milestone.phase)
    phase = there.phase
    step = {"milestone": item.milestone.title, "about": sentences.about(item, view)}
    if phase.number == 1:
        return gettext("A day off is well earned. Then next is %(milestone)s, %(about)s.", **step)
    if there.began_on or item.state == "doing":
        return gettext(
            "A day off is well earned. Then phase %(number)s, %(phase)s, goes on with %(milestone)s, %(about)s.",
            number=phase.number, phase=phase.title, **step,
        )  # fmt: skip
    return gettext(
        "A day off is well earned. Then phase %(number)s, %(phase)s, begins with %(milestone)s, %(about)s.",
        number=phase.number, phase=phase.title, **step,
    )  # fmt: skip


def _from_now_on(others: Sequence[Overview]) -> str:
    """What becomes of the weekly mail; ``others`` are the learner's other paths."""
    going_on = sum(bool(view.next_items) for view in others)
    if going_on:
        return ngettext(
            "The weekly mail goes on, about your other path.",
            "The weekly mail goes on, about your other paths.",
            going_on,
        )
    return gettext("The weekly mail about this path ends here. Should you begin another one, it comes again.")


def _search(view: Overview) -> str:
    if view.path.guide is None:  # a path of one's own need not lead to a job
        return ""
    return gettext(
        "What usually comes now is the search for work: %(short)s to %(long)s months for most. The career guide of "
        "this path says how to go about it.",
        short=words.number(view.path.job_search_min_months), long=words.number(view.path.job_search_max_months),
    )  # fmt: skip
