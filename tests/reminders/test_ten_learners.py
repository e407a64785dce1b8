"""Ten different learners' mails, as bytes: each says what it must, in both parts alike, and nothing that hurts.

To look at them: `pytest tests/reminders/test_ten_learners.py --basetemp=FOLDER`; each test leaves its mail there.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.kitchen import baker, made
from tests.mailing import weekly
from tests.people import TODAY, ada, enrol, path_of
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.enrolment.revisions import Who, add_pause
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.outbox import message
from tracker.outbox.render import Renderer
from tracker.progress import services as progress
from tracker.progress.queries import overview
from tracker.reminders.celebration import CelebrationMail
from tracker.reminders.compose import WeeklyMail
from tracker.study.entry import Entry
from tracker.study.services import choose_for_week, log_time

DAY = dt.timedelta(days=1)


class Room:
    """Ada, two paths, and what she did until some day."""

    def __init__(self, session: Session, catalog: Catalog, settings: Settings) -> None:
        self.session = session
        self.settings = replace(settings, base_url="https://waymark.example.org")
        self.catalog = Catalog(paths={"ml-engineer": path_of(catalog), "baker": made("baker", baker())})
        self.user: User = ada(session)
        self.day = 0

    @property
    def today(self) -> dt.date:
        return TODAY + self.day * DAY

    def enrol(self, slug: str = "ml-engineer", hours: float = 12) -> None:
        enrol(self.session, self.catalog, self.user, slug=slug, hours_per_week=hours)

    def keys(self, slug: str = "ml-engineer") -> list[str]:
        path = self.catalog.paths[slug]
        plan = overview(self.session, user_id=self.user.id, path=path, today=TODAY).plan
        return [milestone.key for milestone in plan.milestones]

    def tick(self, *keys: str, state: str = "done", every: int = 0, since: int = 0, slug: str = "ml-engineer") -> None:
        for number, key in enumerate(keys):
            on = min(TODAY + (since + number * every) * DAY, self.today) if state == "done" else None
            progress.tick(
                self.session, user_id=self.user.id, path=self.catalog.paths[slug], key=key, state=state,
                today=self.today, now=NOW + ((on or self.today) - TODAY), done_on=on,
            )  # fmt: skip

    def after(self, days: int, *, sent: int = 0, unanswered: int = 0) -> None:
        """So many days later; the last mail went a week before or ``sent`` days before."""
        self.day = days
        with transaction(self.session):
            kept = self.session.get_one(ReminderPreference, self.user.id)
            kept.unanswered = unanswered
            kept.last_sent_at = NOW + (days - (sent or 7)) * DAY if days else None

    def mail(self) -> EmailMessage:
        """The newest celebration, else the weekly mail, as a mail program reads it."""
        renderer = Renderer(self.settings)
        mail = self.session.query(OutboxMail).order_by(OutboxMail.id.desc()).first()
        composer: WeeklyMail | CelebrationMail = CelebrationMail(self.settings, self.catalog, renderer)
        if mail is None or (mail.kind == "phase-finished" and self.day):
            mail = self.session.get_one(OutboxMail, weekly(self.session, self.user))
            composer = WeeklyMail(self.settings, self.catalog, renderer)
        content = composer(self.session, mail, self.user, NOW + self.day * DAY)
        data = message.build(self.settings, mail, content, message_id="<a@b>", date=message.date_header(NOW))
        assert len(data) < 90_000
        parsed = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


def just_started(room: Room) -> None:
    room.enrol()


def ahead(room: Room) -> None:
    room.enrol()
    room.after(49)
    room.tick(*room.keys()[:9], every=6)
    room.tick(room.keys()[9], state="doing")
    entry = Entry(150, room.today - 2 * DAY, None, "")
    path = room.catalog.paths["ml-engineer"]
    log_time(room.session, user_id=room.user.id, path=path, entry=entry, today=room.today, now=NOW)


def behind(room: Room) -> None:
    room.enrol()
    room.after(90)
    room.tick(*room.keys()[:3], every=28)
    path = room.catalog.paths["ml-engineer"]
    choice = room.keys()[4:6]
    choose_for_week(room.session, user_id=room.user.id, path=path, milestones=choice, today=room.today)


def much_overdue(room: Room) -> None:
    room.enrol()
    room.tick(room.keys()[0])
    room.after(300)


def pause_coming(room: Room) -> None:
    room.enrol()
    room.tick(*room.keys()[:2], every=20)
    room.after(42)
    path = room.catalog.paths["ml-engineer"]
    who = Who(room.user.id, path, 1, room.today, NOW)
    add_pause(room.session, who, starts_on=room.today + 3 * DAY, ends_on=room.today + 16 * DAY)


def phase_finished(room: Room) -> None:
    room.enrol()
    room.tick(*(m.key for m in room.catalog.paths["ml-engineer"].in_phase(1)))


def path_finished(room: Room) -> None:
    room.enrol("baker")
    room.day = 90
    room.tick(*room.keys("baker"), every=20, slug="baker")
    room.day = 0


def monthly(room: Room) -> None:
    room.enrol()
    room.after(35, unanswered=4)


def asks_once(room: Room) -> None:
    room.enrol()
    room.tick(*room.keys()[:2])
    room.after(119, sent=28, unanswered=7)


def two_paths(room: Room) -> None:
    room.enrol("baker", hours=5)
    room.enrol()
    room.after(28)
    room.tick(*room.keys()[:3], every=7)
    room.tick("hygiene", since=26, slug="baker")


ACTS = ("Mark as done", "Pause the plan for", "Another day or hour", "Stop these mails")
LEARNERS: dict[Callable[[Room], None], tuple[str, ...]] = {
    just_started: (
        "0% done, on track", "0 of 60 milestones", "Your plan began on Monday 1 March.",
        "By the plan you finish in", "Python from zero", "some 4 weeks at your 12 h a week", "After that: School maths",
        "every Monday at 08:00, Berlin", "Snooze a week", *ACTS,
    ),
    ahead: (
        r"\d+% done, \d+ days ahead", r"Ticked off since the last mail \(12 Apr\): ", "You logged 2 h 30 min of study.",
        "you will most likely finish between", "begun", *ACTS,
    ),
    behind: (
        r"\d+% done, \d+ days behind", r"Nothing was ticked off since the last mail \(23 May\)",
        "Your choice for this week", "past their planned dates", "Take them one at a time.", *ACTS,
    ),
    much_overdue: (
        r"4% done, \d+ days behind", r"\d+ milestones are past their planned dates, the first since",
        "That happens; the first step below is a good way back in.", "and some time after 2037",
        "see your ways to go on", *ACTS,
    ),
    pause_coming: ("From Thursday 15 April to Wednesday 28 April your plan is paused: no reminder comes", *ACTS),
    phase_finished: (
        "Phase 1 finished: Mathematics & Python Foundations", "15 milestones, 260 h of study. Well done.",
        "What you can show now:", "Exploratory data analysis", "Then phase 2, Machine Learning Fundamentals, begins",
        "Stop these mails",
    ),
    path_finished: (
        "You have finished Baker", "5 milestones, 100 h of study, from 1 March 2027 to 20 May 2027: 3 months.",
        "Stop these mails",
    ),
    monthly: (
        "There was no visit and no tick for four mails in a row, so from now on this one comes once a month.",
        "Back to every week", "once a month, on a Monday at 08:00, Berlin", *ACTS,
    ),
    asks_once: (
        "Shall this mail go on?", "If you do nothing, this was the last one.", "Go on, every week", *ACTS,
    ),
    two_paths: (
        "ML Engineer: 3 of 60 milestones", r"Baker: 10% done, \d+ days behind|Baker: 10% done, on track",
        "Also under way", "Next up", "Kneading", "Hygiene", *ACTS,
    ),
}  # fmt: skip
UNKIND = re.compile(r"\b(fail\w*|lazy|should have|shame|guilt\w*|lost your|you only|only \d)", re.IGNORECASE)


@pytest.fixture
def room(session: Session, catalog: Catalog, settings: Settings) -> Room:
    return Room(session, catalog, settings)


def plain(html: str) -> str:
    html = re.sub(r"(?s)<(style|title).*?</\1>", " ", html)
    return re.sub(r"\s+([,.:])", r"\1", " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()))


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.__name__)
def test_the_mail_says_what_it_must_in_both_parts(room: Room, tmp_path: Path, learner: Callable[[Room], None]) -> None:
    learner(room)
    mail = room.mail()
    text, html = (part.get_content() for part in mail.iter_parts())
    (tmp_path / f"{learner.__name__}.txt").write_text(f"Subject: {mail['Subject']}\n\n{text}")
    (tmp_path / f"{learner.__name__}.html").write_text(html)
    for fact in LEARNERS[learner]:
        for part in (" ".join(text.split()), plain(html)):
            assert re.search(fact, part, re.IGNORECASE), f"{fact}\n{part}"
    assert re.search(r"\d+% done", mail["Subject"])
    assert not UNKIND.search(text)
    assert not [line for line in text.splitlines() if len(line) > 72 and "http" not in line]
    assert "\n\n\n\n" not in text
    assert set(re.findall(r"https://[^\s\"<)]+", text)) == set(re.findall(r'href="([^"]+)"', html))
    assert not re.search(r"<img|<link|<script|url\(|src=", html)
    assert mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
