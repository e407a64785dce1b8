"""The fence: whatever changes between claiming a mail and its first byte, no unwanted mail leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import HOUR, PostOffice, post_office, prefer, weekly
from tests.people import TODAY, ada, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.db import SessionFactory, transaction
from tracker.enrolment import revisions
from tracker.enrolment.revisions import Who
from tracker.models import OutboxMail, ReminderPreference, Suppression, User
from tracker.outbox import claim
from tracker.reminders import services
from tracker.worker import composers


def deliver_while(office: PostOffice, change: Callable[[Session], None], **options: Any) -> None:
    """The change comes after the server has said yes to the recipient: the last moment before the mark."""

    def policy(stage: str, _recipient: str, count: int) -> None:
        if (stage, count) == ("data", 1):
            with office.sessions() as session:
                change(session)

    office.sink.policy = policy
    office.deliver(**options)


def unsubscribe(session: Session) -> None:
    services.unsubscribe(session, user_id=_user(session).id)


def delete_account(session: Session) -> None:
    with transaction(session):
        session.execute(delete(User))


def change_address(session: Session) -> None:
    with transaction(session):
        _user(session).email = "ada@new.example.org"


def unconfirm(session: Session) -> None:
    with transaction(session):
        _user(session).email_confirmed_at = None


def suppress(session: Session) -> None:
    with transaction(session):
        session.add(Suppression(address="ada@example.org", reason="complaint", created_at=NOW))


def _user(session: Session) -> User:
    return session.query(User).filter_by(email="ada@example.org").one()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (unsubscribe, "Reminders were turned off."),
        (change_address, "The address was changed."),
        (unconfirm, "The address is not confirmed."),
        (suppress, "Mail to this address was refused before."),
    ],
)
def test_a_reminder_that_is_not_wanted_any_more_is_skipped_with_a_reason(
    session: Session,
    sessions: SessionFactory,
    settings: Settings,
    change: Callable[[Session], None],
    reason: str,
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    with post_office(settings, sessions) as office:
        deliver_while(office, change)
        assert office.sink.messages == []
        assert (office.mail(mail_id).state, office.mail(mail_id).reason) == ("skipped", reason)


@pytest.mark.parametrize("change", [unsubscribe, change_address, unconfirm, suppress])
def test_what_is_wrong_with_one_learner_is_no_reason_for_another(
    session: Session, sessions: SessionFactory, settings: Settings, change: Callable[[Session], None]
) -> None:
    user, eve = ada(session), make_user(session, "eve@example.org")
    prefer(session, user)
    prefer(session, eve)
    mail_id, other = weekly(session, user), weekly(session, eve)
    with post_office(settings, sessions) as office:
        deliver_while(office, change)
        assert (office.mail(mail_id).state, office.mail(other).state) == ("skipped", "sent")
        assert office.sink.recipients == ["eve@example.org"]


def test_a_pause_that_begins_while_the_mail_is_in_hand_is_kept(
    session: Session, sessions: SessionFactory, settings: Settings, catalog: Catalog, user: User
) -> None:
    with transaction(session):
        session.get_one(ReminderPreference, user.id).next_due_at = NOW
    services.enqueue_due(session, now=NOW, spread_minutes=0)
    mail_id = session.query(OutboxMail).one().id

    def pause(changing: Session) -> None:
        who = Who(user.id, path_of(catalog), 1, TODAY, NOW)
        revisions.add_pause(changing, who, starts_on=TODAY, ends_on=TODAY + dt.timedelta(days=13))

    with post_office(settings, sessions) as office:
        deliver_while(office, pause, composers=composers(settings))
        assert office.sink.messages == []
        assert (office.mail(mail_id).state, office.mail(mail_id).reason) == ("skipped", "Your plan is paused.")


def test_nothing_goes_to_an_account_that_was_deleted_meanwhile(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    weekly(session, user)
    with post_office(settings, sessions) as office:
        deliver_while(office, delete_account)
        assert office.sink.messages == []


def test_a_mail_that_is_moved_to_another_slot_of_its_week_waits_for_that(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)

    def move_to_thursday(changing: Session) -> None:
        services.save_preferences(
            changing, user_id=user.id, enabled=True, weekday=3, hour=18, timezone=user.timezone, now=NOW
        )

    with post_office(settings, sessions) as office:
        deliver_while(office, move_to_thursday)
        assert office.sink.messages == []
        moved = office.mail(mail_id)
        thursday = dt.datetime(2027, 3, 4, 17, 0, tzinfo=dt.UTC)
        assert (moved.state, moved.available_at) == ("queued", thursday)
        office.moment.now = thursday
        office.sink.policy = lambda _stage, _recipient, _count: None
        office.deliver()
        assert len(office.sink.messages) == 1


def test_a_mail_of_a_week_that_has_no_other_slot_still_goes_after_a_change(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    """Saturday's mail is in hand while its reader chooses Mondays: without it that week would be lost."""
    user = ada(session)
    saturday = dt.datetime(2027, 3, 6, 8, 0, tzinfo=dt.UTC)
    prefer(session, user, weekday=5, hour=9)
    mail_id = weekly(session, user, due_at=saturday)

    def mondays(changing: Session) -> None:
        services.save_preferences(
            changing, user_id=user.id, enabled=True, weekday=0, hour=9, timezone=user.timezone, now=saturday
        )

    with post_office(settings, sessions) as office:
        office.moment.now = saturday
        with sessions() as first:
            (claimed,) = claim.claim(first, now=saturday, limit=1, ambiguous="resend")
        mondays(session)
        postman = office.postman()
        postman.deliver([claimed])
        postman.close()
        assert office.mail(mail_id).state == "sent"
        assert len(office.sink.messages) == 1
    preference = session.get_one(ReminderPreference, user.id, populate_existing=True)
    assert preference.next_due_at is not None
    assert preference.next_due_at - saturday >= 72 * HOUR


def test_a_sender_that_lost_its_lease_cannot_send(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)

    def another_takes_it(other: Session) -> None:
        claim.claim(other, now=NOW + HOUR, limit=1, ambiguous="resend")

    with post_office(settings, sessions) as office:
        deliver_while(office, another_takes_it)
        assert office.sink.messages == []
        assert office.mail(mail_id).state == "claimed", "it is the other one's by now"


def test_a_mail_that_expires_in_hand_is_not_sent(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user, due_at=NOW - 47 * HOUR)
    with post_office(settings, sessions) as office:
        deliver_while(office, lambda _session: office.moment.passes(2 * HOUR))
        assert office.sink.messages == []
        assert (office.mail(mail_id).state, office.mail(mail_id).reason) == (
            "skipped",
            "It could not be sent in time.",
        )


def test_a_mail_leaves_once_for_each_claim(session: Session) -> None:
    user = ada(session)
    prefer(session, user)
    weekly(session, user)
    (mail,) = claim.claim(session, now=NOW, limit=1, ambiguous="resend")
    with transaction(session):
        assert claim.mark(session, mail, now=NOW, message_id="<a@b>", date_header="today")
        assert not claim.mark(session, mail, now=NOW, message_id="<a@b>", date_header="today")


def test_knowing_that_a_mail_was_taken_beats_guessing(session: Session) -> None:
    """The lease ran out while the server took its time; another sender has it in hand already."""
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    (slow,) = claim.claim(session, now=NOW, limit=1, ambiguous="resend")
    with transaction(session):
        assert claim.mark(session, slow, now=NOW, message_id="<a@b>", date_header="today")
    (quick,) = claim.claim(session, now=NOW + 12 * HOUR, limit=1, ambiguous="resend")
    with transaction(session):
        assert claim.finish_sent(session, slow, sent_at=NOW)
    assert session.get_one(OutboxMail, mail_id, populate_existing=True).state == "sent"
    with transaction(session):
        assert not claim.mark(session, quick, now=NOW + 12 * HOUR, message_id="<a@b>", date_header="today")
