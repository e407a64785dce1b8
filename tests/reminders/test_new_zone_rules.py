"""When a country changes its clocks' rules, slots that lie ahead are computed anew."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.mailing import HOUR, prefer
from tests.people import ada, make_user
from tracker.models import ReminderPreference
from tracker.reminders import schedule, services

SLOT = dt.datetime(2027, 3, 8, 7, 0, tzinfo=dt.UTC)


def test_a_slot_from_older_rules_moves_by_their_difference(session: Session) -> None:
    user, other = ada(session), make_user(session, "eve@example.org")
    prefer(session, user, next_due_at=SLOT + HOUR, tzdata_version="2020a")
    prefer(session, other, next_due_at=SLOT - HOUR, tzdata_version="2020a")
    assert services.follow_zone_rules(session, now=NOW) == 2
    for one in (user, other):
        preference = session.get_one(ReminderPreference, one.id, populate_existing=True)
        assert (preference.next_due_at, preference.tzdata_version) == (SLOT, schedule.tzdata_version())
    assert services.follow_zone_rules(session, now=NOW) == 0


def test_what_is_due_already_stays_due(session: Session) -> None:
    user = ada(session)
    prefer(session, user, next_due_at=NOW - HOUR, tzdata_version="2020a")
    services.follow_zone_rules(session, now=NOW)
    assert session.get_one(ReminderPreference, user.id, populate_existing=True).next_due_at == NOW - HOUR


def test_whoever_turned_them_off_stays_off(session: Session) -> None:
    user = ada(session)
    prefer(session, user, enabled=False, tzdata_version="2020a")
    services.follow_zone_rules(session, now=NOW)
    assert session.get_one(ReminderPreference, user.id, populate_existing=True).next_due_at is None
