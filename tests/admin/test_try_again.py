"""A mail that was given up goes once more, where that makes sense."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from tests.admin.test_see_the_outbox import PAGE, said
from tests.environment import NOW
from tests.mailing import HOUR, post_office, prefer, urgent, weekly
from tests.people import PASSWORD, ada, administrator, log_in
from tests.smtp_sink import replies
from tracker import db
from tracker.admin import services
from tracker.db import transaction
from tracker.errors import InvalidInput, NotFound
from tracker.models import OutboxMail, ReminderPreference, Suppression, User, UserSession


@pytest.fixture
def user(session: Session) -> User:
    person = ada(session)
    prefer(session, person, next_due_at=NOW + dt.timedelta(days=6))
    return person


@pytest.fixture
def admin(session: Session, client: FlaskClient) -> FlaskClient:
    administrator(session, client)
    return client


def mail(session: Session, number: int) -> OutboxMail:
    return session.get_one(OutboxMail, number, populate_existing=True)


def test_a_dead_mail_arrives_after_all(
    session: Session, sessions: db.SessionFactory, settings: Settings, user: User
) -> None:
    number = weekly(session, user)
    with post_office(settings, sessions, replies("rcpt", "550 5.1.1 no such user")) as office:
        office.deliver()
        assert mail(session, number).state == "dead"
        assert services.try_again(session, number=number, now=NOW) == "It waits to be sent again."
        assert session.scalars(select(Suppression)).all() == [], "or it would only be skipped"
        office.deliver()
        assert mail(session, number).state == "sent"


def test_it_wants_a_proof_of_this_half_hour(session: Session, admin: FlaskClient, user: User) -> None:
    number = weekly(session, user, state="dead", reason="The mail server answered: 554 no", attempts=3)
    session.execute(update(UserSession).values(proved_at=NOW - dt.timedelta(minutes=31)))
    session.commit()
    asked = admin.post(f"{PAGE}/{number}/again", data={"next": PAGE})
    assert (asked.status_code, "Is it you?" in asked.text) == (403, True)
    assert mail(session, number).state == "dead"
    answer = admin.post(f"{PAGE}/{number}/again", data={"next": PAGE, "proof_password": PASSWORD})
    assert answer.status_code == 303
    assert mail(session, number).state == "queued"


def test_from_the_page_it_is_one_button(session: Session, admin: FlaskClient, user: User) -> None:
    number = weekly(session, user, state="dead", reason="The mail server answered: 554 no", attempts=3)
    back = f"{PAGE}?state=dead"
    answer = admin.post(f"{PAGE}/{number}/again", data={"next": back})
    assert (answer.status_code, answer.location) == (303, back)
    row = mail(session, number)
    assert (row.state, row.reason, row.attempts, row.available_at) == ("queued", services.ASKED, 0, NOW)
    assert "It waits to be sent again." in said(admin.get(PAGE))


def test_asking_twice_is_the_same_as_once(session: Session, admin: FlaskClient, user: User) -> None:
    number = weekly(session, user, state="dead")
    for _ in range(2):
        assert admin.post(f"{PAGE}/{number}/again").status_code == 303
    assert "It waits to be sent already." in said(admin.get(PAGE))
    with transaction(session):
        mail(session, number).state = "sent"
    assert services.try_again(session, number=number, now=NOW) == "It was sent already."
    assert mail(session, number).state == "sent"


def test_a_mail_that_may_have_arrived_says_so_before_and_after(
    session: Session, admin: FlaskClient, user: User
) -> None:
    number = weekly(session, user, state="unknown", ambiguous=1, message_id="<one@localhost>")
    page = said(admin.get(PAGE))
    assert "Sending it again can make a second copy, with the same Message-ID. Send again all the same" in page
    admin.post(f"{PAGE}/{number}/again")
    assert "If it did arrive before, this is a second copy." in said(admin.get(PAGE))
    assert mail(session, number).message_id == "<one@localhost>"
    assert mail(session, number).ambiguous == 1


def test_one_that_was_refused_after_a_dropped_connection_may_have_arrived_too(
    session: Session, admin: FlaskClient, user: User
) -> None:
    weekly(session, user, state="dead", ambiguous=1)
    assert "It may have arrived." in said(admin.get(PAGE))


def test_a_skipped_mail_goes_when_its_reason_is_gone(
    session: Session, sessions: db.SessionFactory, settings: Settings, user: User
) -> None:
    number = weekly(session, user, state="skipped", reason="The address is not confirmed.")
    services.try_again(session, number=number, now=NOW)
    with post_office(settings, sessions) as office:
        assert office.deliver() == {"sent": 1}


def test_one_whose_reason_holds_is_skipped_again(
    session: Session, sessions: db.SessionFactory, settings: Settings, user: User
) -> None:
    number = weekly(session, user, state="skipped", reason="Reminders were turned off.")
    with transaction(session):
        session.get_one(ReminderPreference, user.id).enabled = False
    services.try_again(session, number=number, now=NOW)
    with post_office(settings, sessions) as office:
        assert office.deliver() == {"skipped": 1}
    assert mail(session, number).reason == "Reminders were turned off."


def test_changed_wishes_do_not_stand_in_its_way(
    session: Session, sessions: db.SessionFactory, settings: Settings, user: User
) -> None:
    number = weekly(session, user, state="dead", rev=0)
    with transaction(session):
        session.get_one(ReminderPreference, user.id).rev = 7
    services.try_again(session, number=number, now=NOW)
    with post_office(settings, sessions) as office:
        assert office.deliver() == {"sent": 1}


def test_a_reminder_that_is_too_old_is_refused(session: Session, admin: FlaskClient, user: User) -> None:
    number = weekly(session, user, state="dead", due_at=NOW - 48 * HOUR)
    assert "/again" not in admin.get(PAGE).text
    admin.post(f"{PAGE}/{number}/again")
    assert "It is too late for this mail" in said(admin.get(PAGE))
    assert mail(session, number).state == "dead"


def test_a_reminder_just_before_the_next_one_is_refused(session: Session, user: User) -> None:
    number = weekly(session, user, state="dead")
    with transaction(session):
        session.get_one(ReminderPreference, user.id).next_due_at = NOW + 71 * HOUR
    with pytest.raises(InvalidInput, match="within three days"):
        services.try_again(session, number=number, now=NOW)
    assert mail(session, number).state == "dead"


def test_account_mail_goes_again_while_somebody_may_wait_for_it(session: Session, user: User) -> None:
    number = urgent(session, user)
    with transaction(session):
        mail(session, number).state = "dead"
    assert services.try_again(session, number=number, now=NOW + 23 * HOUR) == "It waits to be sent again."
    with transaction(session):
        mail(session, number).state = "dead"
    with pytest.raises(InvalidInput, match="too late"):
        services.try_again(session, number=number, now=NOW + 24 * HOUR)


def test_a_mail_that_does_not_exist_is_not_found(session: Session, admin: FlaskClient) -> None:
    with pytest.raises(NotFound):
        services.try_again(session, number=12345, now=NOW)
    assert admin.post(f"{PAGE}/12345/again").status_code == 404
    assert admin.post(f"{PAGE}/99999999999999999999999/again").status_code == 404


def test_a_stranger_cannot(session: Session, client: FlaskClient, user: User) -> None:
    number = weekly(session, user, state="dead")
    assert client.post(f"{PAGE}/{number}/again").status_code == 404
    log_in(client, user)
    assert client.post(f"{PAGE}/{number}/again").status_code == 404
    assert mail(session, number).state == "dead"
