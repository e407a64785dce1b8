"""Faults of our own: bad data of one learner, a database that cannot be written at the wrong moment."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import Settings
from tests.mailing import BARE, bare, post_office, prefer, urgent, weekly
from tests.people import ada, make_user
from tracker.db import SessionFactory
from tracker.models import OutboxMail, User
from tracker.outbox import claim, deliver, record
from tracker.outbox.ledger import Ledger
from tracker.outbox.render import Content, Skip

BUSY = OperationalError("UPDATE", {}, Exception("database is locked"))


def test_a_mail_that_cannot_be_composed_dies_after_three_tries_and_holds_up_nobody(
    session: Session, sessions: SessionFactory, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = make_user(session, "bad@example.org"), make_user(session, "good@example.org")
    for user in (bad, good):
        prefer(session, user)
    poison, fine = weekly(session, bad), weekly(session, good)

    def compose(session: Session, mail: OutboxMail, user: User, now: dt.datetime) -> Content:
        if user.email == "bad@example.org":
            raise KeyError("milestone")
        return bare(session, mail, user, now)

    with post_office(settings, sessions) as office, caplog.at_level(logging.CRITICAL):
        for _ in range(3):
            office.deliver(composers={**BARE, "weekly": compose})
            office.moment.now = max(office.moment(), office.mail(poison).available_at)
        assert office.mail(fine).state == "sent"
        dead = office.mail(poison)
        assert (dead.state, dead.attempts, dead.reason) == ("dead", 3, "The mail could not be written.")
        assert office.sink.recipients == ["good@example.org"]


def test_a_mail_that_has_no_point_any_more_is_skipped_with_the_reason(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = urgent(session, ada(session))

    def compose(_session: Session, _mail: OutboxMail, _user: User, _now: dt.datetime) -> Content:
        raise Skip("The address was confirmed already.")

    with post_office(settings, sessions) as office:
        office.deliver(composers={"confirm-email": compose})
        assert (office.mail(mail_id).state, office.mail(mail_id).reason) == (
            "skipped",
            "The address was confirmed already.",
        )
        assert office.sink.connections == 0


def test_a_database_that_is_busy_after_the_dot_makes_no_second_copy(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    failures = [BUSY, BUSY, BUSY]

    def busy(*arguments: Any, **values: Any) -> bool:
        if failures:
            raise failures.pop()
        return record.record(*arguments, **values)

    monkeypatch.setattr(deliver, "record", busy)
    monkeypatch.setattr(deliver, "RECORD_PAUSES", (0.01, 0.01, 0.01, 0.01))
    with post_office(settings, sessions) as office:
        office.deliver()
        assert office.mail(mail_id).state == "sent"
        assert len(office.sink.messages) == 1


def test_a_database_that_is_busy_at_the_fence_sends_nothing_and_loses_nothing(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)

    def busy(*_arguments: Any, **_values: Any) -> bool:
        raise BUSY

    with post_office(settings, sessions) as office:
        with monkeypatch.context() as patch:
            patch.setattr(claim, "mark", busy)
            with pytest.raises(OperationalError):
                office.deliver()
        assert office.sink.messages == []
        assert (office.mail(mail_id).state, office.mail(mail_id).attempts) == ("queued", 0)
        office.deliver()
        assert len(office.sink.messages) == 1


@pytest.mark.parametrize("committed", [False, True])
def test_a_database_that_goes_away_at_the_fence_gets_the_mails_back_when_it_returns(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """Not ten minutes later, when the lease is over; also where the mark was written and only its answer was lost."""
    ids = []
    for number in range(3):
        user = make_user(session, f"{number}@example.org")
        prefer(session, user)
        ids.append(weekly(session, user))
    write = Ledger.write

    def away(*arguments: Any) -> None:
        if committed:
            write(*arguments)
        raise BUSY

    def no_release(*_arguments: Any) -> None:
        raise BUSY

    with post_office(settings, sessions) as office:
        postman = office.postman()
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "write", away)
            patch.setattr(claim, "release", no_release)
            for _ in range(3):
                with pytest.raises(OperationalError):
                    postman.round()
        assert office.sink.messages == []
        assert postman.round() == 3
        postman.close()
        assert [(office.mail(i).state, office.mail(i).ambiguous) for i in ids] == [("sent", 0)] * 3
        assert len(office.sink.messages) == 3


def test_a_database_that_is_busy_while_composing_is_no_fault_of_the_mail(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = urgent(session, ada(session))

    def compose(_session: Session, _mail: OutboxMail, _user: User, _now: dt.datetime) -> Content:
        raise BUSY

    with post_office(settings, sessions) as office:
        with pytest.raises(OperationalError):
            office.deliver(composers={"confirm-email": compose})
        assert (office.mail(mail_id).state, office.mail(mail_id).attempts) == ("queued", 0)


def test_a_sender_that_is_told_to_stop_finishes_the_mail_in_hand_and_gives_back_the_rest(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    ids = []
    for number in range(3):
        user = make_user(session, f"{number}@example.org")
        prefer(session, user)
        ids.append(weekly(session, user))
    with post_office(settings, sessions) as office:
        postman = office.postman()
        office.sink.policy = lambda stage, _recipient, _count: postman.stop.set() if stage == "rcpt" else None
        assert postman.round() == 1
        postman.close()
        assert [office.mail(mail_id).state for mail_id in ids] == ["sent", "queued", "queued"]
