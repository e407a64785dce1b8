"""`tracker demo`: one account with eight months of believable history, made through the same services as a real one."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts import services as accounts
from tracker.catalog.schema import Catalog, Path
from tracker.data.erasing import erase_address
from tracker.db import transaction
from tracker.enrolment import services as enrolments
from tracker.enrolment.drafting import Choices
from tracker.enrolment.revisions import Who, add_pause
from tracker.models import User
from tracker.progress import services as progress
from tracker.progress.criteria import set_criteria
from tracker.progress.queries import overview
from tracker.reminders.schedule import ensure_preference
from tracker.study.entry import Entry
from tracker.study.services import log_time

ADDRESS = "demo@example.org"
ZONE = "Europe/Berlin"
WEEKS = 35
HOURS_A_WEEK = 12
STUDY_DAYS = (1, 3, 5, 6)
"""Tuesday, Thursday and the weekend"""
AWAY = (16, 17)
"""The weeks of the holiday"""


@dataclass(frozen=True, slots=True)
class Demo:
    """How to log in to what was made."""

    address: str
    password: str


def make_demo(session: Session, *, catalog: Catalog, settings: Settings, now: dt.datetime) -> Demo:
    """Makes the demo account anew (an older one is replaced) and fills it."""
    path = catalog.path("ml-engineer")
    if path is None:
        raise LookupError("the demo needs the path ml-engineer")
    if session.scalar(select(User.id).where(User.email == ADDRESS)) is not None:
        erase_address(session, email=ADDRESS, now=now)
    password = "-".join(secrets.choice(WORDS) for _ in range(4))
    began = now - dt.timedelta(weeks=WEEKS)
    user = accounts.create_user(session, email=ADDRESS, password=password, timezone=ZONE, settings=settings, now=began)
    choices = Choices("data-analyst", HOURS_A_WEEK, began.date())
    enrolments.enrol(session, user_id=user.id, path=path, choices=choices, today=began.date(), now=began)
    _study(session, user.id, path, began, now)
    with transaction(session):
        # Not before: no mail is to celebrate today what was finished in the past.
        session.get_one(User, user.id).email_confirmed_at = began
        # Only the past was made up: the next reminder is in the future, as for anybody who enrols today.
        ensure_preference(session, session.get_one(User, user.id), now=now)
    return Demo(ADDRESS, password)


def _study(session: Session, user_id: int, path: Path, began: dt.datetime, now: dt.datetime) -> None:
    """Walks the plan week by week: good weeks, thin weeks, a fortnight away; one tick whenever its hours are full."""
    dice = random.Random(7)  # noqa: S311  # the same believable history every time
    start = began.date()
    plan = overview(session, user_id=user_id, path=path, today=start).plan
    waiting = list(plan.milestones)
    got = 0.0
    for number in range((now - began).days):
        moment = began + dt.timedelta(days=number)
        week = number // 7
        if number == 7 * AWAY[0]:
            _pause(session, user_id, path, moment)
        if week in AWAY:
            continue
        if moment.weekday() in STUDY_DAYS:
            hours = min(dice.gammavariate(4, HOURS_A_WEEK / 4 / 4) * (1.22 if week < AWAY[0] else 1.0), 8.0)
            got += hours
            entry = Entry(round(hours * 12) * 5 + 5, moment.date(), waiting[0].key if waiting else None, "")
            log_time(session, user_id=user_id, path=path, entry=entry, today=moment.date(), now=moment)
        while waiting and got >= waiting[0].hours:
            done = waiting.pop(0)
            got -= done.hours
            _tick(session, user_id, path, done.key, "done", moment)
    if waiting:
        entry = Entry(55, now.date(), waiting[0].key, "")
        log_time(session, user_id=user_id, path=path, entry=entry, today=now.date(), now=now)
        _tick(session, user_id, path, waiting[0].key, "doing", now - dt.timedelta(days=4))
        milestone = progress.milestone_in(path, waiting[0].key)
        set_criteria(
            session,
            user_id=user_id,
            path=path,
            key=milestone.key,
            met=[milestone.done_when[0].key],
            today=(now - dt.timedelta(days=1)).date(),
        )


def _pause(session: Session, user_id: int, path: Path, moment: dt.datetime) -> None:
    today = moment.date()
    who = Who(user_id, path, 1, today, moment)
    add_pause(session, who, starts_on=today, ends_on=today + dt.timedelta(days=7 * len(AWAY) - 1))


def _tick(session: Session, user_id: int, path: Path, key: str, state: str, moment: dt.datetime) -> None:
    progress.tick(session, user_id=user_id, path=path, key=key, state=state, today=moment.date(), now=moment)


WORDS = (
    "amber anchor basil birch canal cedar chalk clover coral delta ember fjord garnet harbor indigo ivory jasper "
    "juniper kelp lagoon lantern linen maple meadow nectar oasis olive opal orchard pebble pepper plum quartz quill "
    "raven ridge saffron sage silver spruce summit sunset tundra velvet violet walnut willow winter yarrow zephyr"
).split()
