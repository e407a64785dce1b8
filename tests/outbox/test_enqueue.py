"""Mail becomes a row in the transaction that causes it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import ada
from tracker.db import transaction
from tracker.models import OutboxMail, User
from tracker.outbox.enqueue import URGENT, enqueue


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMail)) or 0


def mail_and_fail(session: Session, user: User) -> None:
    with transaction(session):
        enqueue(session, user_id=user.id, kind="reset-password", recipient=user.email, now=NOW)
        _ = 1 / 0


def test_an_urgent_mail_may_go_at_once_and_is_no_use_after_a_day(session: Session) -> None:
    user = ada(session)
    with transaction(session):
        mail = enqueue(session, user_id=user.id, kind="reset-password", recipient=user.email, now=NOW)
    assert (mail.state, mail.priority, mail.period) == ("queued", URGENT, None)
    assert mail.available_at == NOW
    assert (mail.expires_at - NOW).total_seconds() == 24 * 3600


def test_a_mail_whose_cause_is_rolled_back_never_existed(session: Session) -> None:
    user = ada(session)
    before = count(session)
    with pytest.raises(ZeroDivisionError):
        mail_and_fail(session, user)
    assert count(session) == before


def test_the_same_account_mail_may_be_asked_for_twice(session: Session) -> None:
    user = ada(session)
    for _ in range(2):
        with transaction(session):
            enqueue(session, user_id=user.id, kind="reset-password", recipient=user.email, now=NOW)
    assert count(session) == 2
