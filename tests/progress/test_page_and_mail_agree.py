"""Dashboard, plan, milestone page, mail and overview: one value, so they say the same numbers on every day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from html import unescape

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import weekly
from tests.people import TODAY, log_in, path_of
from tracker import words
from tracker.catalog.schema import Catalog, Path
from tracker.models import OutboxMail, User
from tracker.progress import services
from tracker.progress.criteria import set_criteria
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.reminders.sentences import this_week
from tracker.worker import composers

DAY = dt.timedelta(days=1)
# How many days in, how many milestones done, how many criteria of the next one met.
STAGES = {
    "the first day": (0, 0, 0),
    "on the way": (50, 4, 1),
    "behind": (150, 5, 2),
    "far ahead": (20, 14, 0),
    "almost there": (600, 59, 3),
}


def text_of(html: str) -> str:
    html = re.sub(r"(?s)<(style|script|svg|title).*?</\1>", " ", html)
    return re.sub(r"\s+([,.:])", r"\1", " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()))


@dataclass(frozen=True, slots=True)
class Seen:
    """One standing and every place that shows it, as text."""

    view: Overview
    dashboard: str
    plan: str
    page: str
    subject: str
    mail: tuple[str, str]

    @property
    def sums(self) -> tuple[str, ...]:
        """Where all the sums are."""
        return self.dashboard, self.plan, *self.mail


@pytest.fixture(params=STAGES.values(), ids=list(STAGES))
def seen(
    request: pytest.FixtureRequest,
    client: FlaskClient,
    session: Session,
    catalog: Catalog,
    settings: Settings,
    user: User,
) -> Seen:
    after, done, met = request.param
    path, today, moment = path_of(catalog), TODAY + after * DAY, NOW + after * DAY
    _walk(session, user, path, today, done, met)
    view = overview(session, user_id=user.id, path=path, today=today)
    with time_machine.travel(moment, tick=False):
        log_in(client, user)
        addresses = ("/dashboard", "/plan", f"/milestones/{path.slug}/{view.next_items[0].key}")
        dashboard, plan, page = (text_of(client.get(address).text) for address in addresses)
    row = session.get_one(OutboxMail, weekly(session, user))
    mail = composers(settings)["weekly"](session, row, user, moment)
    return Seen(view, dashboard, plan, page, mail.subject, (text_of(mail.text), text_of(mail.html)))


def _walk(session: Session, user: User, path: Path, today: dt.date, done: int, met: int) -> None:
    order = [m.key for m in overview(session, user_id=user.id, path=path, today=TODAY).plan.milestones]

    def tick(key: str, state: str, on: dt.date) -> None:
        services.tick(session, user_id=user.id, path=path, key=key, state=state, today=today, now=NOW, done_on=on)

    for number, key in enumerate(order[:done]):
        tick(key, "done", min(today, TODAY + number * 7 * DAY))
    if met:
        following = services.milestone_in(path, order[done])
        tick(following.key, "doing", today)
        keys = [criterion.key for criterion in following.done_when[:met]]
        set_criteria(session, user_id=user.id, path=path, key=following.key, met=keys, today=today)


def test_the_sums(seen: Seen) -> None:
    view = seen.view
    for text in seen.sums:
        assert f"{view.percent}% done" in text
        assert f"{view.milestones_done} of {view.milestones_total} milestones" in text
        assert f"{words.hours(view.hours_done)} of {words.hours(view.hours_total)}" in text


def test_the_pace(seen: Seen) -> None:
    pace = seen.view.pace
    days = words.days(abs(pace.days_ahead))
    standing = {"ahead": f"{days} ahead", "behind": f"{days} behind", "on-track": "on track"}[pace.status]
    for text in (*seen.mail, seen.subject):
        assert standing in text
    assert (standing if pace.days_ahead else "0 days off") in seen.dashboard


def test_the_forecast(seen: Seen) -> None:
    forecast = seen.view.forecast
    said = words.outlook((forecast.p10, forecast.p50, forecast.p90), seen.view.today)
    for text in said:
        assert text in seen.dashboard
    for text in seen.mail:
        # Before anything is done the mail names the plan's own finish beside it.
        plan = () if seen.view.milestones_done else (words.month(seen.view.plan.finish_on),)
        assert all(part in text for part in (said[0], said[2], *plan))


def test_the_next_steps_with_hours_and_dates(seen: Seen) -> None:
    places = ((seen.view.next_items[:3], (seen.dashboard, seen.plan)), (this_week(seen.view), seen.mail))
    for items, texts in places:
        for item in items:
            for text in texts:
                assert item.milestone.title in text
                assert words.hours(item.hours) in text
    first = seen.view.next_items[0]
    assert words.hours(first.hours) in seen.page
    assert first.due_on
    assert words.day(first.due_on) in seen.page
