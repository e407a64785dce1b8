"""Claiming: who may take what, and how long they hold it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Sequence

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

import config
from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, prefer, urgent, weekly
from tests.people import ada, make_user
from tracker.db import transaction
from tracker.models import OutboxMail
from tracker.outbox import claim, owner


def take(session: Session, now: dt.datetime = NOW, *, limit: int = 20, guest: bool = False) -> Sequence[OutboxMail]:
    return claim.claim(session, now=now, limit=limit, ambiguous="resend", guest=guest)


def state(session: Session, mail_id: int) -> str:
    return session.get_one(OutboxMail, mail_id, populate_existing=True).state


def test_urgent_mail_goes_first(session: Session) -> None:
    user = ada(session)
    reminder, confirmation, reset = weekly(session, user), urgent(session, user), urgent(session, user)
    # And one at a time: the next one goes to whichever sender is free first.
    assert [[mail.id for mail in take(session)] for _ in range(4)] == [[confirmation], [reset], [reminder], []]


def test_nothing_is_taken_before_its_time(session: Session) -> None:
    later = weekly(session, ada(session), due_at=NOW + MINUTE)
    assert not claim.has_work(session, NOW)
    assert not take(session)
    assert [mail.id for mail in take(session, NOW + MINUTE)] == [later]


def test_what_one_sender_holds_no_other_gets(session: Session) -> None:
    users = [make_user(session, f"{n}@example.org") for n in range(5)]
    for user in users:
        weekly(session, user)
    first, second = take(session, limit=3), take(session)
    assert (len(first), len(second)) == (3, 2)
    assert not {mail.id for mail in first} & {mail.id for mail in second}
    assert not claim.has_work(session, NOW)


def test_what_is_given_back_can_be_taken_again_at_once(session: Session) -> None:
    mail_id = weekly(session, ada(session))
    claim.release(session, take(session))
    assert [mail.id for mail in take(session)] == [mail_id]


def test_whose_claim_ran_out_cannot_give_back_what_another_has_taken_since(session: Session) -> None:
    mail_id = weekly(session, ada(session))
    late = take(session)
    assert [mail.id for mail in take(session, NOW + 10 * MINUTE)] == [mail_id]
    claim.release(session, late)
    assert state(session, mail_id) == "claimed"


def test_a_claim_that_ran_out_is_taken_back_as_not_sent(session: Session) -> None:
    mail_id = weekly(session, ada(session))
    take(session)
    assert not take(session, NOW + 9 * MINUTE)
    assert claim.has_work(session, NOW + 10 * MINUTE)
    again = take(session, NOW + 10 * MINUTE)
    assert [(mail.id, mail.ambiguous, mail.attempts) for mail in again] == [(mail_id, 0, 0)]


@pytest.mark.parametrize(("ambiguous", "first", "second"), [("resend", "queued", "unknown"), ("hold", "unknown", "")])
def test_a_mail_that_was_being_sent_goes_by_the_rule(
    session: Session, ambiguous: claim.Ambiguous, first: str, second: str
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    for number, expected in enumerate(filter(None, (first, second))):
        now = NOW + number * HOUR
        (mail,) = claim.claim(session, now=now, limit=1, ambiguous=ambiguous)
        with transaction(session):
            assert claim.mark(session, mail, now=now, message_id="<a@b>", date_header="today")
        claim.claim(session, now=now + 11 * MINUTE, limit=0, ambiguous=ambiguous)
        assert state(session, mail_id) == expected
    kept = session.get_one(OutboxMail, mail_id)
    assert (kept.message_id, kept.reason) == ("<a@b>", claim.MAYBE)


def test_what_a_killed_process_held_goes_on_without_waiting_for_its_lease(session: Session) -> None:
    program = "from tracker.outbox.owner import new_token; print(new_token())"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=config.ROOT
    )
    user, other = ada(session), make_user(session, "eve@example.org")
    dead, alive = weekly(session, user), weekly(session, other)
    take(session)
    with transaction(session):
        session.get_one(OutboxMail, dead).lease_token = answer.stdout.strip()
    claim.take_back_from_the_dead(session, now=NOW, ambiguous="resend")
    assert state(session, dead) == "queued"
    assert state(session, alive) == "claimed", "this very process lives"


def test_a_process_that_stops_gives_everything_back_but_what_is_on_its_way(session: Session) -> None:
    user, other = ada(session), make_user(session, "eve@example.org")
    prefer(session, user)
    on_its_way, waiting = weekly(session, user), weekly(session, other)
    first, _ = take(session)
    with transaction(session):
        assert claim.mark(session, first, now=NOW, message_id="<a@b>", date_header="today")
    assert claim.release_all(session, owner.process_name()) == 1
    assert (state(session, on_its_way), state(session, waiting)) == ("sending", "queued")


def test_a_guest_with_another_clock_touches_nothing_but_fresh_reminders(session: Session) -> None:
    """`tracker reminders run` at a date next week, beside a live worker."""
    user, other = ada(session), make_user(session, "eve@example.org")
    held = weekly(session, user)
    take(session)
    confirmation, old = urgent(session, user), weekly(session, other)
    next_week = NOW + dt.timedelta(weeks=1)
    mine = weekly(session, user, period="2027-W10", due_at=next_week)
    assert [mail.id for mail in take(session, next_week, guest=True)] == [mine]
    assert not claim.has_work(session, next_week, guest=True)
    assert state(session, held) == "claimed"
    assert {state(session, confirmation), state(session, old)} == {"queued"}


def test_the_poll_of_every_second_reads_no_table(session: Session) -> None:
    """Partial indexes are found only by the words they were made with."""
    statements: list[tuple[str, object]] = []
    connection = session.connection()
    event.listen(
        connection,
        "before_cursor_execute",
        lambda _c, _cur, statement, parameters, _ctx, _many: statements.append((statement, parameters)),
    )
    claim.has_work(session, NOW)
    take(session)
    if connection.dialect.name == "postgresql":  # on an empty table it rightly reads the table; the words are the same
        assert all("= 'queued'" in statement for statement, _ in statements if "EXISTS" in statement)
        return
    plans = [
        str(row[3])
        for statement, parameters in statements
        if statement.startswith(("SELECT", "UPDATE", "WITH"))
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
    ]
    assert any("ix_outbox_mail_queued" in line for line in plans)
    assert any("ix_outbox_mail_leased" in line for line in plans)
    assert not [line for line in plans if line.startswith("SCAN outbox_mail")]
