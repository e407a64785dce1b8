"""Connections that end: before the mail has left nothing is lost and nothing counted; after it, by the rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from config import MailServer, Settings
from tests.mailing import HOUR, MINUTE, PostOffice, post_office, prefer, urgent, weekly
from tests.people import ada, make_user
from tests.smtp_sink import DROP, KEEP_THEN_DROP, replies
from tracker.db import SessionFactory, transaction
from tracker.models import ReminderPreference
from tracker.outbox.outcomes import ServerTrouble
from tracker.outbox.smtp import Patience, SmtpTransport
from tracker.reminders import services

pytestmark = pytest.mark.usefixtures("either_way")


def reminder(session: Session, address: str = "ada@example.org") -> int:
    user = make_user(session, address)
    prefer(session, user)
    return weekly(session, user)


@pytest.mark.parametrize("reply", [DROP, "421 4.3.0 closing down"])
@pytest.mark.parametrize("stage", ["greeting", "mail", "rcpt", "data"])
def test_before_the_mail_has_left_it_waits_and_no_attempt_is_counted(
    session: Session, sessions: SessionFactory, settings: Settings, stage: str, reply: str
) -> None:
    first, second = reminder(session), reminder(session, "eve@example.org")
    with post_office(settings, sessions, replies(stage, reply)) as office:
        with pytest.raises(ServerTrouble):
            office.deliver()
        assert [office.mail(i).state for i in (first, second)] == ["queued", "queued"]
        assert [office.mail(i).attempts for i in (first, second)] == [0, 0]
        assert "cannot be reached" in office.mail(first).reason
        assert office.mail(second).reason == "", "nobody has tried it yet"
        office.moment.passes(MINUTE)
        office.deliver()
        assert [office.mail(i).state for i in (first, second)] == ["sent", "sent"]
        assert len(office.sink.messages) == 2


def test_a_server_that_is_away_costs_nothing(session: Session, sessions: SessionFactory, settings: Settings) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions) as office:
        nobody = SmtpTransport(settings, MailServer("127.0.0.1", 9), Patience(1, 1))
        for _ in range(3):
            with pytest.raises(ServerTrouble):
                office.deliver(transport=nobody)
        assert (office.mail(mail_id).state, office.mail(mail_id).attempts) == ("queued", 0)
        office.deliver()
        assert office.mail(mail_id).state == "sent"


def test_a_server_that_hangs_before_its_greeting_is_left_after_a_while(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)

    def hang(stage: str, _recipient: str, count: int) -> None:
        if stage == "greeting" and count == 1:
            office.sink.wait_until(lambda: office.outcomes["retry"] == 1, 5)

    with post_office(settings, sessions, hang) as office:
        with pytest.raises(ServerTrouble):
            office.deliver(transport=SmtpTransport(settings, office.sink.server, Patience(answer=0.3, dot=5)))
        assert (office.mail(mail_id).state, office.mail(mail_id).ambiguous) == ("queued", 0)


def dropped_after_the_dot(office: PostOffice, mail_id: int) -> None:
    office.deliver()
    assert office.mail(mail_id).ambiguous == 1
    office.moment.passes(MINUTE)
    office.deliver()


def test_a_mail_that_may_have_arrived_is_sent_once_more_under_the_same_name(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, replies("dot", KEEP_THEN_DROP)) as office:
        dropped_after_the_dot(office, mail_id)
        assert office.mail(mail_id).state == "sent"
        first, second = office.sink.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_mail_that_had_not_arrived_is_there_once_after_all(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, replies("dot", DROP)) as office:
        dropped_after_the_dot(office, mail_id)
        assert len(office.sink.messages) == 1


@pytest.mark.parametrize("then", ["too late", "turned off", "turned off in hand", "refused", "put off too often"])
def test_a_mail_that_may_have_arrived_is_never_said_not_to_be_sent(
    session: Session, sessions: SessionFactory, settings: Settings, then: str
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, replies("dot", KEEP_THEN_DROP)) as office:
        office.deliver()
        assert (office.mail(mail_id).state, office.mail(mail_id).ambiguous) == ("queued", 1)
        user_id = office.mail(mail_id).user_id
        office.moment.passes(49 * HOUR if then == "too late" else 47 * HOUR if then == "put off too often" else MINUTE)
        if then == "turned off":
            services.unsubscribe(session, user_id=user_id)
        elif then == "turned off in hand":
            with transaction(session):
                session.get_one(ReminderPreference, user_id).rev += 1
        elif then != "too late":
            reply = "554 5.7.1 no" if then == "refused" else "450 4.2.1 busy"
            office.sink.policy = lambda stage, _r, _n: reply if stage == "rcpt" else None
        for _ in range(3):
            office.deliver()
            office.moment.passes(HOUR)
        said = office.mail(mail_id)
        assert (said.state, len(office.sink.messages)) == ("unknown", 1)
        assert "may or may not have arrived" in said.reason


def test_an_address_that_does_not_exist_is_no_doubt(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, replies("dot", DROP)) as office:
        office.deliver()
        office.moment.passes(MINUTE)
        office.sink.policy = lambda stage, _r, _n: "550 5.1.1 no such user" if stage == "rcpt" else None
        office.deliver()
        assert office.mail(mail_id).state == "dead"


def test_never_more_than_two_copies(session: Session, sessions: SessionFactory, settings: Settings) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, lambda stage, _r, _n: KEEP_THEN_DROP if stage == "dot" else None) as office:
        dropped_after_the_dot(office, mail_id)
        office.moment.passes(60 * MINUTE)
        office.deliver()
        assert len(office.sink.messages) == 2
        assert office.mail(mail_id).state == "unknown"
        assert "may or may not have arrived" in office.mail(mail_id).reason


def test_where_it_is_to_be_held_it_is_not_sent_again(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    holding = replace(settings, mail_ambiguous="hold")
    with post_office(holding, sessions, replies("dot", KEEP_THEN_DROP)) as office:
        dropped_after_the_dot(office, mail_id)
        assert len(office.sink.messages) == 1
        assert office.mail(mail_id).state == "unknown"


def test_a_connection_the_server_has_closed_meanwhile_is_opened_again_unnoticed(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    with post_office(settings, sessions) as office:
        postman = office.postman()
        for number in range(2):
            urgent(session, user)
            assert postman.round() == 1
            # The server grows tired of the idle connection: the next command finds it gone.
            office.sink.policy = replies("mail", *[None] * (number + 1), DROP)
        postman.close()
        assert len(office.sink.messages) == 2
        assert office.outcomes == {"sent": 2}


def test_one_connection_serves_many_mails(session: Session, sessions: SessionFactory, settings: Settings) -> None:
    for number in range(7):
        reminder(session, f"{number}@example.org")
    with post_office(settings, sessions) as office:
        office.deliver()
        assert (len(office.sink.messages), office.sink.connections) == (7, 1)
        assert office.sink.stages["quit"] == 1
