"""When the next weekly mail is due, by the learner's wall clock."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.planning.zones import FIRST, LAST, changes, different_zones, first_shown
from tracker.planning import local_week, next_reminder

ZONES = different_zones()
instants = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(dt.UTC))
weekdays, hours, zones = st.integers(0, 6), st.integers(0, 23), st.sampled_from(ZONES)
INSTANT = dt.timedelta(microseconds=1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("what", "after", "weekday", "hour", "timezone", "due"),
    [
        ("the same day", "2027-03-01 06:59", 0, 8, "Europe/Berlin", "2027-03-01 07:00"),
        ("strictly after", "2027-03-01 07:00", 0, 8, "Europe/Berlin", "2027-03-08 07:00"),
        ("over a change of the clocks", "2027-03-22 07:00", 0, 8, "Europe/Berlin", "2027-03-29 06:00"),
        ("in the gap, an hour later", "2027-03-27 12:00", 6, 2, "Europe/Berlin", "2027-03-28 01:00"),
        ("after the gap", "2027-03-28 01:00", 6, 2, "Europe/Berlin", "2027-04-04 00:00"),
        ("a repeated hour, the first", "2027-10-30 12:00", 6, 2, "Europe/Berlin", "2027-10-31 00:00"),
        ("a repeated hour, not again", "2027-10-31 00:30", 6, 2, "Europe/Berlin", "2027-11-07 01:00"),
        ("a gap of half an hour", "2027-10-02 12:00", 6, 2, "Australia/Lord_Howe", "2027-10-02 15:30"),
        ("a gap of two hours", "2027-03-27 12:00", 6, 2, "Antarctica/Troll", "2027-03-28 02:00"),
        ("a gap over midnight", "2027-03-27 12:00", 5, 23, "America/Nuuk", "2027-03-28 01:00"),
        ("a day that never was, a day later", "2011-12-29 12:00", 4, 8, "Pacific/Apia", "2011-12-30 18:00"),
        ("and on that day it is still to come", "2011-12-30 12:00", 4, 8, "Pacific/Apia", "2011-12-30 18:00"),
        ("and its week has no other", "2011-12-30 18:00", 4, 8, "Pacific/Apia", "2012-01-05 18:00"),
        ("the first to see the day", "2027-02-28 17:59", 0, 8, "Pacific/Kiritimati", "2027-02-28 18:00"),
        ("the last to see the day", "2027-03-01 18:00", 0, 8, "Pacific/Pago_Pago", "2027-03-01 19:00"),
        ("three quarters of an hour", "2027-03-01 00:00", 0, 8, "Asia/Kathmandu", "2027-03-01 02:15"),
    ],
)
def test_a_slot(what: str, after: str, weekday: int, hour: int, timezone: str, due: str) -> None:
    assert next_reminder(utc(after), weekday=weekday, hour=hour, timezone=timezone) == utc(due), what


def test_the_answer_is_in_utc_whatever_the_question_was_in() -> None:
    asked = dt.datetime(2027, 3, 1, 9, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))
    due = next_reminder(asked, weekday=0, hour=9, timezone="Asia/Tokyo")
    assert due == utc("2027-03-08 00:00")
    assert due.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("after", "weekday", "hour", "timezone"),
    [
        (dt.datetime(2027, 3, 1), 0, 8, "UTC"),  # noqa: DTZ001  # naive is what is refused
        (utc("2027-03-01"), 7, 8, "UTC"),
        (utc("2027-03-01"), -1, 8, "UTC"),
        (utc("2027-03-01"), 0, 24, "UTC"),
        (utc("2027-03-01"), 0, 8, "Europe/Atlantis"),
        (utc("2027-03-01"), 0, 8, "Europe"),
        (utc("2027-03-01"), 0, 8, "../../etc/passwd"),
        (utc("2027-03-01"), 0, 8, ""),
    ],
)
def test_a_question_without_an_answer(after: dt.datetime, weekday: int, hour: int, timezone: str) -> None:
    with pytest.raises(ValueError):
        next_reminder(after, weekday=weekday, hour=hour, timezone=timezone)


@given(instants, weekdays, hours, zones)
def test_it_is_the_first_after_by_the_clock_on_the_wall(
    after: dt.datetime, weekday: int, hour: int, timezone: str
) -> None:
    due = next_reminder(after, weekday=weekday, hour=hour, timezone=timezone)
    zone = zoneinfo.ZoneInfo(timezone)
    day = due.astimezone(zone).date() - dt.timedelta(days=1)
    day += dt.timedelta(days=(weekday - day.weekday()) % 7)
    wall = dt.datetime.combine(day, dt.time(hour))
    assert due == first_shown(wall, zone) > after
    assert first_shown(wall - dt.timedelta(days=7), zone) <= after


@given(instants, weekdays, hours, zones)
def test_each_week_of_the_zone_has_exactly_one(
    after: dt.datetime,
    weekday: int,
    hour: int,
    timezone: str,
) -> None:
    due = next_reminder(after, weekday=weekday, hour=hour, timezone=timezone)
    zone = zoneinfo.ZoneInfo(timezone)
    for _ in range(27):
        following = next_reminder(due, weekday=weekday, hour=hour, timezone=timezone)
        a_week_on = due.astimezone(zone).date() + dt.timedelta(days=7)
        assert local_week(following, timezone) == local_week(a_week_on) != local_week(due, timezone)
        due = following


@pytest.mark.parametrize("part", range(8))
def test_every_zone_at_every_change_of_its_clocks(part: int) -> None:
    for timezone in ZONES[part::8]:
        zone = zoneinfo.ZoneInfo(timezone)
        for change in changes(timezone):
            around = change.astimezone(zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
            for later in range(-3, 4):
                wall = around + dt.timedelta(hours=later)
                due = first_shown(wall, zone)
                wish = {"weekday": wall.weekday(), "hour": wall.hour, "timezone": timezone}
                assert next_reminder(due - INSTANT, **wish) == due, (timezone, wall)  # type: ignore[arg-type]
                following = next_reminder(due, **wish)  # type: ignore[arg-type]
                assert following - due > dt.timedelta(days=6, hours=20), (timezone, wall)
                assert local_week(following, timezone) != local_week(due, timezone), (timezone, wall)


@pytest.mark.parametrize(
    ("moment", "timezone", "week"),
    [
        (dt.date(2027, 3, 1), "UTC", "2027-W09"),
        (dt.date(2027, 1, 3), "UTC", "2026-W53"),
        (dt.date(2029, 12, 31), "UTC", "2030-W01"),
        (utc("2027-02-28 23:30"), "Europe/Berlin", "2027-W09"),
        (utc("2027-02-28 23:30"), "America/New_York", "2027-W08"),
    ],
)
def test_the_week_is_that_of_the_local_date(moment: dt.date, timezone: str, week: str) -> None:
    assert local_week(moment, timezone) == week


def test_a_time_without_zone_is_in_no_certain_week() -> None:
    with pytest.raises(ValueError, match="without zone"):
        local_week(dt.datetime(2027, 3, 1), "UTC")  # noqa: DTZ001  # naive is what is refused
