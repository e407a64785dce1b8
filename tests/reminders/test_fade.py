"""Whoever never answers gets fewer mails and at last none; any sign of life brings them back."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import enrol, log_in, make_user, path_of
from tests.reminders.links import link, preference, said
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import OutboxMail, User
from tracker.outbox.outcomes import Sent
from tracker.outbox.record import record_sent
from tracker.planning import local_week
from tracker.progress import services as progress
from tracker.reminders import queries, services
from tracker.reminders.schedule import sound_zone
from tracker.reminders.tokens import Act
from tracker.worker import composers

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(weeks=1)
PAGE = "/settings/reminders"


class Silence:
    """Somebody's time, in which a worker does its work and the learner does what the test says."""

    def __init__(self, session: Session, settings: Settings, user: User) -> None:
        self.session, self.user, self.now = session, user, NOW
        self.compose = composers(settings)["weekly"]
        self.sent: list[dt.datetime] = []
        self.texts: list[str] = []

    def passes(self, span: dt.timedelta) -> None:
        """The worker looks at every slot on the way."""
        end = self.now + span
        while (due := preference(self.session, self.user).next_due_at) is not None and due <= end:
            self.now = due
            services.enqueue_due(self.session, now=due, spread_minutes=0)
            for mail in self.session.scalars(select(OutboxMail).where(OutboxMail.state == "queued")).all():
                content = self.compose(self.session, mail, self.session.get_one(User, self.user.id), due)
                self.texts.append(" ".join(content.text.split()))
                with transaction(self.session):
                    record_sent(self.session, mail, Sent(250, "ok"), now=due)
                self.sent.append(due)
        self.now = end

    @property
    def weeks(self) -> list[int]:
        """Weeks between the mails."""
        return [round((b - a) / WEEK) for a, b in zip(self.sent, self.sent[1:], strict=False)]


@pytest.fixture
def silence(session: Session, settings: Settings, user: User) -> Silence:
    return Silence(session, settings, user)


def tick(session: Session, catalog: Catalog, user: User, key: str, now: dt.datetime) -> None:
    path = path_of(catalog)
    progress.tick(session, user_id=user.id, path=path, key=key, state="done", today=now.date(), now=now)


def test_without_a_sign_of_life_it_goes_monthly_asks_once_and_stops(session: Session, silence: Silence) -> None:
    silence.passes(60 * WEEK)
    assert silence.weeks == [1, 1, 1, 1, 4, 4, 4]
    assert len(silence.sent) == 8
    monthly, asking = "from now on this one comes once a month", "Shall this mail go on?"
    assert [monthly in text for text in silence.texts] == [False] * 4 + [True] + [False] * 3
    assert [asking in text for text in silence.texts] == [False] * 7 + [True]
    assert ["You get this every Monday" in text for text in silence.texts] == [True] * 4 + [False] * 4
    assert ["Back to every week: http" in text for text in silence.texts] == [False] * 4 + [True] * 3 + [False]
    kept = preference(session, silence.user)
    assert (kept.enabled, kept.next_due_at) == (True, None)


def test_the_hour_stays_the_same_whatever_the_clocks_do(silence: Silence) -> None:
    silence.passes(30 * WEEK)
    assert [when.hour for when in silence.sent] == [7, 7, 7] + [6] * 5, "summer time began on 28 March"


def test_a_tick_makes_a_monthly_mail_weekly_at_once(session: Session, catalog: Catalog, silence: Silence) -> None:
    silence.passes(5 * WEEK + 3 * DAY)
    assert preference(session, silence.user).unanswered == 5
    tick(session, catalog, silence.user, "numpy", silence.now)
    assert preference(session, silence.user).unanswered == 0
    silence.passes(3 * WEEK)
    assert silence.weeks == [1, 1, 1, 1, 1, 1, 1]


def test_so_does_a_log_in(session: Session, client: FlaskClient, silence: Silence) -> None:
    silence.passes(6 * WEEK)
    with time_machine.travel(silence.now, tick=False):
        log_in(client, silence.user)
    assert preference(session, silence.user).unanswered == 0
    silence.passes(2 * WEEK)
    assert silence.weeks[-2:] == [2, 1]


def test_so_does_a_visit_by_somebody_who_is_still_logged_in(
    session: Session, client: FlaskClient, silence: Silence
) -> None:
    log_in(client, silence.user)
    silence.passes(10 * DAY)
    assert preference(session, silence.user).unanswered == 1
    with time_machine.travel(silence.now, tick=False):
        client.get("/plan")
    assert preference(session, silence.user).unanswered == 0


@pytest.mark.parametrize("act", ["done", "snooze", "pause", "slot", "weekly"])
def test_so_does_a_button_of_a_mail_and_not_the_opening_of_its_page(
    session: Session, client: FlaskClient, settings: Settings, silence: Silence, act: Act
) -> None:
    silence.passes(6 * WEEK)
    with time_machine.travel(silence.now, tick=False):
        for _ in range(10):
            client.get(link(settings, silence.user, act))
        assert preference(session, silence.user).unanswered == 5
        client.post(link(settings, silence.user, act), data={"weekday": "0", "hour": "8"})
    assert preference(session, silence.user).unanswered == 0


def test_the_button_back_to_weekly_names_the_next_mail(
    session: Session, csrf_client: FlaskClient, settings: Settings, silence: Silence
) -> None:
    silence.passes(6 * WEEK)
    with time_machine.travel(silence.now, tick=False):
        answer = said(csrf_client.post(link(settings, silence.user, "weekly")))
        assert "The next one comes on Monday 19 April, 08:00, Berlin." in answer
        first = preference(session, silence.user).rev
        csrf_client.post(link(settings, silence.user, "weekly"))
        assert preference(session, silence.user).rev == first, "the same again is the same as once"


def test_an_answer_within_the_month_after_the_question_is_one(
    session: Session, catalog: Catalog, silence: Silence
) -> None:
    silence.passes(18 * WEEK)
    assert len(silence.sent) == 8
    tick(session, catalog, silence.user, "numpy", silence.now)
    silence.passes(2 * WEEK)
    assert len(silence.sent) == 10


def test_once_stopped_it_stays_so_until_it_is_asked_for_again(
    session: Session, client: FlaskClient, catalog: Catalog, silence: Silence
) -> None:
    silence.passes(40 * WEEK)
    with time_machine.travel(silence.now, tick=False):
        log_in(client, silence.user)
        tick(session, catalog, silence.user, "numpy", silence.now)
        assert "The weekly mail has stopped" in said(client.get("/dashboard"))
        assert "The weekly mail has stopped" in said(client.get(PAGE))
        answer = client.post(f"{PAGE}/go-on", follow_redirects=True)
        assert "has stopped" not in said(answer)
        assert "Next mail Monday 13 December, 08:00, Berlin" in said(answer)
    silence.passes(2 * WEEK)
    assert len(silence.sent) == 10


def test_the_button_in_the_last_mail_starts_it_again_too(
    session: Session, client: FlaskClient, settings: Settings, silence: Silence
) -> None:
    silence.passes(40 * WEEK)
    with time_machine.travel(silence.now, tick=False):
        client.post(link(settings, silence.user, "weekly"))
    silence.passes(2 * WEEK)
    assert len(silence.sent) == 10


def test_saving_when_it_comes_starts_it_again(session: Session, silence: Silence) -> None:
    silence.passes(40 * WEEK)
    services.save_preferences(
        session, user_id=silence.user.id, enabled=True, weekday=0, hour=8, timezone="Europe/Berlin", now=silence.now
    )
    silence.passes(2 * WEEK)
    assert len(silence.sent) == 10


def test_a_mail_that_was_not_sent_does_not_count(session: Session, silence: Silence) -> None:
    while silence.now < NOW + 10 * WEEK:
        due = preference(session, silence.user).next_due_at
        assert due
        silence.now = due + 3 * DAY
        services.enqueue_due(session, now=silence.now, spread_minutes=0)
    assert {mail.state for mail in session.scalars(select(OutboxMail))} == {"skipped"}
    assert preference(session, silence.user).unanswered == 0


def test_a_monthly_mail_after_a_long_downtime_comes_once(session: Session, silence: Silence) -> None:
    silence.passes(5 * WEEK)
    due = preference(session, silence.user).next_due_at
    assert due
    services.enqueue_due(session, now=due + 3 * WEEK + 12 * dt.timedelta(hours=1), spread_minutes=0)
    rows = session.scalars(select(OutboxMail).where(OutboxMail.state == "queued")).all()
    assert [row.due_at for row in rows] == [due + 3 * WEEK]
    assert preference(session, silence.user).next_due_at == due + 7 * WEEK


@pytest.mark.parametrize("seed", range(6))
def test_whatever_somebody_does_and_wherever_it_is_one_a_week_at_most_and_never_a_lost_one(
    session: Session, catalog: Catalog, settings: Settings, seed: int
) -> None:
    """Random zones, slots, silences and ticks: the gaps are those of the rule."""
    dice = random.Random(seed)
    zone = dice.choice(["America/Havana", "Australia/Lord_Howe", "Pacific/Kiritimati", "Africa/Cairo", "Europe/Berlin"])
    user = make_user(session, "walker@example.org", timezone=zone)
    enrol(session, catalog, user)
    services.change_slot(session, user_id=user.id, weekday=dice.randrange(7), hour=dice.randrange(24), now=NOW)
    life = Silence(session, settings, user)
    keys = [m.key for m in path_of(catalog).active]
    alive: list[dt.datetime] = []
    for key in keys[:8]:
        life.passes(dt.timedelta(hours=dice.randrange(1, 17 * 7 * 24)))
        tick(session, catalog, user, key, life.now)
        alive.append(life.now)
    weeks = [local_week(when, sound_zone(zone)) for when in life.sent]
    assert len(set(weeks)) == len(weeks)
    for before, after in zip(life.sent, life.sent[1:], strict=False):
        unanswered = sum(
            1 for when in life.sent if when <= before and when > max([NOW, *(a for a in alive if a <= before)])
        )
        back = [moment for moment in alive if before < moment <= after]
        longest = 1 if unanswered < 5 else 4
        if back:
            assert after - back[-1] <= 8 * DAY, "a sign of life brings the next slot"
        else:
            assert abs((after - before) - longest * WEEK) <= dt.timedelta(hours=1), (
                "an hour by the change of the clocks"
            )
    assert queries.next_send(session, user.id) is not None


def test_a_stranger_cannot_start_my_mail_again(session: Session, client: FlaskClient, silence: Silence) -> None:
    silence.passes(40 * WEEK)
    assert client.post(f"{PAGE}/go-on").status_code == 302
    eve = make_user(session, "eve@example.org")
    log_in(client, eve)
    client.post(f"{PAGE}/go-on")
    assert preference(session, silence.user).next_due_at is None
