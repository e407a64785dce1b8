"""What the mail server's no means: another try, an end, an address that does not exist, or our own fault."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from config import Settings
from tests.mailing import HOUR, MINUTE, post_office, prefer, urgent, weekly
from tests.people import ada, make_user
from tests.smtp_sink import DROP, SmtpSink, replies
from tracker.db import SessionFactory, transaction
from tracker.models import ReminderPreference, Suppression

pytestmark = pytest.mark.usefixtures("either_way")


def reminder(session: Session, address: str = "ada@example.org") -> int:
    user = make_user(session, address)
    prefer(session, user)
    return weekly(session, user)


def test_a_passing_refusal_is_tried_again_with_growing_pauses(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    busy = "450 4.2.0 try later"
    with post_office(settings, sessions, replies("rcpt", busy, busy)) as office:
        office.deliver()
        first = office.mail(mail_id)
        assert (first.state, first.attempts, first.last_phase, first.last_code) == ("queued", 1, "rcpt", 450)
        assert first.reason == "The mail server answered: 450 4.2.0 try later"
        assert 14 * MINUTE < first.available_at - office.moment() <= 15 * MINUTE
        office.moment.now = first.available_at
        office.deliver()
        second = office.mail(mail_id)
        assert 29 * MINUTE < second.available_at - office.moment() <= 30 * MINUTE
        office.moment.now = second.available_at
        office.deliver()
        last = office.mail(mail_id)
        assert (last.state, last.attempts, last.reason) == ("sent", 2, "")
        assert len(office.sink.messages) == 1
        assert office.outcomes == {"retry": 2, "sent": 1}


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_for_good_ends_the_mail_with_the_servers_words(
    session: Session, sessions: SessionFactory, settings: Settings, stage: str
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, replies(stage, "554 5.0.0 no thanks")) as office:
        office.deliver()
        dead = office.mail(mail_id)
        assert (dead.state, dead.attempts, dead.last_phase) == ("dead", 1, stage)
        assert dead.reason == "The mail server answered: 554 5.0.0 no thanks"
        assert session.query(Suppression).count() == 0


def test_an_address_that_does_not_exist_gets_no_more_reminders(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    dead = weekly(session, user)
    with post_office(settings, sessions, replies("rcpt", "550 5.1.1 no such user")) as office:
        office.deliver()
        assert office.mail(dead).state == "dead"
        assert session.get_one(Suppression, "ada@example.org").evidence == "5.1.1 no such user"
        office.moment.passes(7 * 24 * HOUR)
        next_week = weekly(session, user, period="2027-W10", due_at=office.moment())
        office.deliver()
        skipped = office.mail(next_week)
        assert (skipped.state, skipped.reason) == ("skipped", "Mail to this address was refused before.")
        assert office.sink.stages["rcpt"] == 1


def test_account_mail_is_tried_all_the_same_and_lifts_the_block_when_it_arrives(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    mail_id = urgent(session, user, kind="reset-password")
    with transaction(session):
        session.add(Suppression(address=user.email, reason="hard", created_at=user.created_at))
    with post_office(settings, sessions) as office:
        office.deliver()
        assert office.mail(mail_id).state == "sent"
    assert session.query(Suppression).count() == 0


def test_a_full_mailbox_is_not_an_address_that_does_not_exist(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, replies("rcpt", "552 5.2.2 mailbox full")) as office:
        office.deliver()
        assert office.mail(mail_id).state == "queued"
        assert session.query(Suppression).count() == 0


def test_a_mail_that_is_refused_until_its_time_is_over_is_dead(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = reminder(session)
    with post_office(settings, sessions, lambda stage, _r, _n: "451 busy" if stage == "rcpt" else None) as office:
        began = office.moment()
        while (mail := office.mail(mail_id)).state == "queued":
            office.moment.now = mail.available_at
            office.deliver()
        assert (mail.state, mail.last_code) == ("dead", 451)
        assert office.moment() - began > 36 * HOUR, "it was tried for most of its two days"


def test_one_refused_mail_does_not_hold_up_the_others(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    refused, fine = reminder(session), reminder(session, "eve@example.org")
    with post_office(settings, sessions, replies("rcpt", "550 5.7.1 no")) as office:
        office.deliver()
        assert (office.mail(refused).state, office.mail(fine).state) == ("dead", "sent")
        assert office.sink.connections == 1, "the connection goes on"
        assert office.sink.stages["rset"] == 1, "after a refusal it is put in order: some servers insist on it"


def test_a_reminder_that_was_sent_is_noted_on_the_preference(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    reminder(session)
    with post_office(settings, sessions) as office:
        office.deliver()
        preference = session.query(ReminderPreference).populate_existing().one()
        assert preference.last_sent_at == office.moment()


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_the_next_mail_goes_over_the_same_connection_wherever_the_no_came(
    session: Session, sessions: SessionFactory, settings: Settings, stage: str
) -> None:
    refused, fine = reminder(session), reminder(session, "eve@example.org")
    with post_office(settings, sessions, replies(stage, "554 5.0.0 no thanks")) as office:
        office.deliver()
        assert (office.mail(refused).last_phase, office.mail(fine).state) == (stage, "sent")
        assert office.mail(refused).last_text == "5.0.0 no thanks", "the first no, not what followed from it"
        assert (office.sink.connections, office.sink.recipients) == (1, ["eve@example.org"])


def test_a_server_that_wants_a_mail_without_recipient_gets_nothing(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmtpSink, "eager", True)
    refused, fine = reminder(session), reminder(session, "eve@example.org")
    with post_office(settings, sessions, replies("rcpt", "550 5.1.1 no such user")) as office:
        office.deliver()
        assert (office.mail(refused).state, office.mail(fine).state) == ("dead", "sent")
        assert office.sink.recipients == ["eve@example.org"]


def test_a_server_that_hangs_up_after_a_no_has_still_said_it(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmtpSink, "pipelining", True)
    monkeypatch.setattr(SmtpSink, "eager", True)

    def hang_up(stage: str, _recipient: str, count: int) -> str | None:
        if (stage, count) == ("rcpt", 1):
            return "550 5.1.1 no such user"
        return DROP if (stage, count) == ("data", 1) else None

    refused, fine = reminder(session), reminder(session, "eve@example.org")
    with post_office(settings, sessions, hang_up) as office:
        office.deliver()
        assert (office.mail(refused).state, office.mail(refused).last_phase) == ("dead", "rcpt")
        assert (office.mail(fine).state, office.sink.connections) == ("sent", 2)
