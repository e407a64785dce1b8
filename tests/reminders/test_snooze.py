"""A week without its mail: the one after the mail that was answered, once, however often the button is pressed."""

from __future__ import annotations

import datetime as dt

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import weekly
from tests.people import enrol, log_in, make_user
from tests.reminders.links import WEEK, link, preference, said
from tracker.catalog.schema import Catalog
from tracker.models import OutboxMail, User
from tracker.reminders import services
from tracker.reminders.schedule import SNOOZED

DAY = dt.timedelta(days=1)
NEXT_WEEK = dt.datetime(2027, 3, 8, 7, tzinfo=dt.UTC)
"""Monday eight o'clock in Berlin, the slot after NOW."""


def mails(session: Session) -> list[tuple[str | None, str, str]]:
    session.expire_all()
    return [(m.period, m.state, m.reason) for m in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def test_next_weeks_mail_does_not_come_and_the_one_after_does(
    session: Session, csrf_client: FlaskClient, settings: Settings, user: User
) -> None:
    address = link(settings, user, "snooze")
    assert "No mail will come in the week of 8 March 2027." in said(csrf_client.get(address))
    answer = said(csrf_client.post(address))
    assert "No mail comes in the week of 8 March 2027." in answer
    assert "The next one comes on Monday 15 March, 08:00, Berlin." in answer
    for days in range(14):
        services.enqueue_due(session, now=NEXT_WEEK + days * DAY, spread_minutes=0)
    assert mails(session) == [("2027-W10", "skipped", SNOOZED), ("2027-W11", "queued", "")]


def test_pressed_again_it_is_still_one_week(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    for _ in range(3):
        assert "Snoozed" in said(client.post(link(settings, user, "snooze")))
    assert mails(session) == [("2027-W10", "skipped", SNOOZED)]
    assert preference(session, user).next_due_at == NEXT_WEEK + 7 * DAY


def test_a_mail_that_waits_already_is_held_back(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    services.enqueue_due(session, now=NEXT_WEEK, spread_minutes=60)
    with time_machine.travel(NEXT_WEEK, tick=False):
        client.post(link(settings, user, "snooze"))
    assert mails(session) == [("2027-W10", "skipped", SNOOZED)]


def test_once_that_mail_has_gone_it_is_too_late(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    weekly(session, user, period="2027-W10", due_at=NEXT_WEEK, state="sent")
    with time_machine.travel(NEXT_WEEK + DAY, tick=False):
        assert "is dealt with already. Nothing was changed." in said(client.post(link(settings, user, "snooze")))
    assert mails(session) == [("2027-W10", "sent", "")]


def test_the_link_of_an_old_mail_changes_nothing(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    with time_machine.travel(NOW + 21 * DAY, tick=False):
        answer = said(client.post(link(settings, user, "snooze")))
    assert "This link was for the week of 8 March 2027. Nothing was changed." in answer
    assert mails(session) == []


def test_it_survives_a_change_of_day(session: Session, client: FlaskClient, settings: Settings, user: User) -> None:
    client.post(link(settings, user, "snooze"))
    services.change_slot(session, user_id=user.id, weekday=4, hour=17, now=NOW)
    due = preference(session, user).next_due_at
    assert due == dt.datetime(2027, 3, 5, 16, tzinfo=dt.UTC), "this week had no mail yet"
    services.enqueue_due(session, now=due, spread_minutes=0)
    assert preference(session, user).next_due_at == due + 7 * DAY
    services.enqueue_due(session, now=due + 7 * DAY, spread_minutes=0)
    assert [row[:2] for row in mails(session)] == [("2027-W10", "skipped"), ("2027-W09", "queued")]


def test_it_can_be_taken_back_in_the_settings(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    client.post(link(settings, user, "snooze"))
    log_in(client, user)
    page = client.get("/settings/reminders")
    assert "You snoozed the mail of Monday 8 March, 08:00, Berlin" in said(page)
    answer = client.post("/settings/reminders/wake", follow_redirects=True)
    assert "The mail of that week comes after all." in answer.text
    assert "Next mail Monday 8 March, 08:00, Berlin" in said(answer)
    assert mails(session) == []
    assert "There was no snooze to take back." in client.post("/settings/reminders/wake", follow_redirects=True).text


def test_where_no_mail_is_to_come_there_is_nothing_to_snooze(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    services.unsubscribe(session, user_id=user.id)
    assert "Nothing to snooze" in said(client.post(link(settings, user, "snooze")))
    assert mails(session) == []


def test_a_week_over_new_year_is_the_right_one(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    with time_machine.travel(dt.datetime(2026, 12, 29, 12, tzinfo=dt.UTC), tick=False):
        client.post(link(settings, user, "snooze", "2026-W53"))
    assert mails(session) == [("2027-W01", "skipped", SNOOZED)]


def test_a_stranger_cannot_snooze_or_wake_me(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    eve = make_user(session, "eve@example.org")
    enrol(session, catalog, eve)
    client.post(link(settings, user, "snooze", WEEK))
    assert client.post("/settings/reminders/wake").status_code == 302
    log_in(client, eve)
    client.post("/settings/reminders/wake")
    assert mails(session) == [("2027-W10", "skipped", SNOOZED)]
