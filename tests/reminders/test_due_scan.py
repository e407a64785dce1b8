"""What is due becomes one mail for each learner and week of their own calendar, whatever happened in between."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.mailing import HOUR, MINUTE, prefer, weekly
from tests.people import ada, make_user
from tracker import db
from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.reminders import schedule, services
from tracker.reminders.services import Enqueued

WEEK = dt.timedelta(weeks=1)
SLOT = dt.datetime(2027, 3, 1, 8, 0, tzinfo=dt.UTC)
"""Monday nine o'clock in Berlin."""


def scan(session: Session, now: dt.datetime, spread: int = 0) -> Enqueued:
    return services.enqueue_due(session, now=now, spread_minutes=spread)


def mails(session: Session) -> list[OutboxMail]:
    return list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def next_due(session: Session, user: User) -> dt.datetime | None:
    return session.get_one(ReminderPreference, user.id, populate_existing=True).next_due_at


@pytest.fixture
def user(session: Session) -> User:
    made = ada(session)
    prefer(session, made, hour=9, next_due_at=SLOT)
    return made


def test_nothing_happens_before_the_slot(session: Session, user: User) -> None:
    assert scan(session, SLOT - MINUTE) == Enqueued()
    assert mails(session) == []


def test_at_the_slot_there_is_one_mail_and_the_next_slot_lies_a_week_ahead(session: Session, user: User) -> None:
    assert scan(session, SLOT) == Enqueued(due=1, queued=1)
    (mail,) = mails(session)
    assert (mail.kind, mail.period, mail.state, mail.recipient) == ("weekly", "2027-W09", "queued", user.email)
    assert (mail.due_at, mail.available_at, mail.expires_at) == (SLOT, SLOT, SLOT + 48 * HOUR)
    assert next_due(session, user) == SLOT + WEEK
    assert scan(session, SLOT) == Enqueued()


def test_the_hour_stays_over_the_change_of_the_clocks(session: Session, user: User) -> None:
    """On 28 March Berlin goes from UTC+1 to UTC+2."""
    seen: list[dt.datetime] = []
    while len(seen) < 6:
        due = next_due(session, user)
        assert due is not None
        seen.append(due)
        assert scan(session, due).queued == 1
    assert [due.hour for due in seen] == [8, 8, 8, 8, 7, 7]
    assert len({mail.period for mail in mails(session)}) == 6


@pytest.mark.parametrize("late", [1, 40, 48])
def test_after_a_short_downtime_it_is_sent_after_all(session: Session, user: User, late: int) -> None:
    assert scan(session, SLOT + late * HOUR) == Enqueued(due=1, queued=1)
    assert next_due(session, user) == SLOT + WEEK


def test_a_slot_that_is_too_old_is_shown_as_expired(session: Session, user: User) -> None:
    assert scan(session, SLOT + 49 * HOUR) == Enqueued(due=1, skipped=1)
    (mail,) = mails(session)
    assert (mail.state, mail.reason) == ("skipped", services.MISSED)
    assert next_due(session, user) == SLOT + WEEK


def test_of_several_missed_weeks_only_the_latest_counts(session: Session, user: User) -> None:
    assert scan(session, SLOT + 3 * WEEK + HOUR) == Enqueued(due=1, queued=1)
    assert [mail.period for mail in mails(session)] == ["2027-W12"]
    assert next_due(session, user) == SLOT + 4 * WEEK - HOUR, "summer time has begun"


def test_an_address_that_is_not_confirmed_gets_nothing(session: Session) -> None:
    user = make_user(session, "eve@example.org", confirmed=False)
    prefer(session, user, next_due_at=SLOT)
    assert scan(session, SLOT) == Enqueued(due=1, skipped=1)
    assert mails(session)[0].reason == "The address is not confirmed."


def test_whoever_turned_them_off_is_not_looked_at(session: Session) -> None:
    prefer(session, ada(session), enabled=False, next_due_at=SLOT)
    assert scan(session, SLOT) == Enqueued()


def test_a_week_that_has_its_mail_gets_no_second_one(session: Session, user: User) -> None:
    weekly(session, user, state="sent", due_at=SLOT - HOUR)
    assert scan(session, SLOT) == Enqueued(due=1)
    assert len(mails(session)) == 1
    assert next_due(session, user) == SLOT + WEEK


def test_a_zone_that_this_machine_does_not_know_stops_nobody_else(session: Session, user: User) -> None:
    odd = make_user(session, "odd@example.org")
    prefer(session, odd, next_due_at=SLOT)
    with transaction(session):
        odd.timezone = "Mars/Olympus"
    assert scan(session, SLOT) == Enqueued(due=2, queued=2)


def test_mails_of_one_slot_are_spread_the_same_way_every_week(session: Session) -> None:
    users = [make_user(session, f"{n}@example.org") for n in range(12)]
    for user in users:
        prefer(session, user, hour=9, next_due_at=SLOT)
    after = []
    for week in range(2):
        assert scan(session, SLOT + week * WEEK, spread=15).queued == 12
        rows = mails(session)[week * 12 :]
        after.append({row.user_id: row.available_at - row.due_at for row in rows})
    assert after[0] == after[1]
    assert len(set(after[0].values())) > 6
    assert all(dt.timedelta(0) <= wait < 15 * MINUTE for wait in after[0].values())


def test_a_crash_leaves_all_or_nothing(
    session: Session, sessions: db.SessionFactory, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_arguments: object, **_named: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, sessions() as crashing:
        patch.setattr(services, "enqueue_week", crash)
        with pytest.raises(KeyboardInterrupt):
            scan(crashing, SLOT)
    assert mails(session) == []
    assert next_due(session, user) == SLOT
    assert scan(session, SLOT).queued == 1


def test_four_scans_at_once_make_one_mail_for_each_learner(fresh_database: str) -> None:
    engine = db.make_engine(fresh_database)
    sessions = db.make_sessions(engine)
    with sessions() as session, transaction(session):
        for number in range(1200):
            session.add(User(email=f"{number}@example.org", password_hash="-", created_at=NOW, email_confirmed_at=NOW))
        session.flush()
        for user_id in session.scalars(select(User.id)):
            preference = schedule.new_preference(user_id)
            preference.next_due_at = SLOT
            session.add(preference)
    found: list[Enqueued] = []

    def scan_now() -> None:
        with sessions() as own:
            found.append(scan(own, SLOT))

    scans = [threading.Thread(target=scan_now) for _ in range(4)]
    for thread in scans:
        thread.start()
    for thread in scans:
        thread.join(60)
    with sessions() as session:
        counted = Counter(session.scalars(select(OutboxMail.user_id)))
    engine.dispose()
    assert set(counted.values()) == {1}
    assert len(counted) == sum(one.queued for one in found) == 1200


def test_a_pass_with_nothing_to_do_touches_one_index(session: Session) -> None:
    statements: list[tuple[str, object]] = []
    connection = session.connection()
    event.listen(
        connection,
        "before_cursor_execute",
        lambda _c, _cur, statement, parameters, _ctx, _many: statements.append((statement, parameters)),
    )
    scan(session, SLOT)
    ((statement, parameters),) = [s for s in statements if "reminder_preference" in s[0]]
    assert "WHERE reminder_preference.enabled AND" in statement, "in the words of the partial index"
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        assert "USING INDEX ix_reminder_preference_due" in next(iter(plan))[3]
