"""Rows 1, 16, 17 and 25: what is due becomes one mail, whoever looks, on odd days and after any downtime."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.faults.trial import QUICK, Trial, wait_until
from tests.smtp_sink import SmtpSink
from tracker import clock
from tracker.db import transaction
from tracker.models import OutboxMail, ReminderPreference, User
from tracker.reminders import schedule, services

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
Say = Callable[[str], None]
EVERYBODY = 3000
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana")


def settle(session: Session, count: int, wishes: Callable[[int], tuple[str, int, int, dt.datetime]]) -> None:
    """Bare accounts with a zone, weekday and hour each; the first slot is the first after the moment."""
    with transaction(session):
        for number in range(count):
            zone, weekday, hour, after = wishes(number)
            user = User(
                email=f"{number}@example.org",
                password_hash="-",
                timezone=zone,
                created_at=after,
                email_confirmed_at=after,
            )
            session.add(user)
            session.flush()
            preference = schedule.new_preference(user.id)
            preference.weekday, preference.hour = weekday, hour
            preference.next_due_at = schedule.next_slot(after, weekday, hour, zone)
            session.add(preference)


@pytest.mark.process
@pytest.mark.fault(1, "four scans at once over 3,000 due", "3,000 rows, one for each learner; moved on by one week")
def test_four_processes_that_scan_at_once(trial: Trial, seen: Say, tmp_path: Path) -> None:
    now = clock.now_utc()
    with trial.sessions() as session, transaction(session):
        row = {"password_hash": "-", "timezone": "UTC", "created_at": now, "email_confirmed_at": now}
        session.execute(insert(User), [{"email": f"{n}@example.org", **row} for n in range(EVERYBODY)])
        wish = schedule.new_preference(0)
        mine = {"enabled": True, "weekday": wish.weekday, "hour": wish.hour, "next_due_at": now - HOUR}
        session.execute(insert(ReminderPreference), [{"user_id": i, **mine} for i in session.scalars(select(User.id))])
    gate = tmp_path / "gate"
    scans = [trial.child("smtp://127.0.0.1:9", arguments=("scan",), faults={"GATE": str(gate)}) for _ in range(4)]
    for number, scan in enumerate(scans):
        scan.log = tmp_path / f"scan-{number}.log"
        scan.start()
    wait_until(lambda: all("ready" in scan.said() for scan in scans))
    gate.touch()
    assert [scan.wait() for scan in scans] == [0, 0, 0, 0]
    found = [int(re.findall(r"queued (\d+)", scan.said())[0]) for scan in scans]
    with trial.sessions() as session:
        counted = Counter(session.scalars(select(OutboxMail.user_id)))
        ahead = session.scalars(select(ReminderPreference.next_due_at)).all()
    seen(f"{' + '.join(map(str, found))} = {sum(found)} rows for {len(counted)} of {EVERYBODY} learners")
    assert sum(found) == len(counted) == EVERYBODY
    assert set(counted.values()) == {1}
    assert all(due and now < due <= now + 7 * DAY for due in ahead)


def changes_of_the_clocks(zone: str, year: int) -> list[dt.date]:
    """The days of a year on which the offset at noon differs from the day before."""
    days = [dt.datetime(year, 1, 1, 12, tzinfo=ZoneInfo(zone)) + DAY * n for n in range(365)]
    return [b.date() for a, b in pairwise(days) if a.utcoffset() != b.utcoffset()]


def wall_hours(zone: str, day: dt.date, hour: int) -> set[tuple[int, int]]:
    """The wall clock at which a mail of this hour may come: its own, or as much later as the gap is long."""
    wanted = dt.datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))
    seen = wanted.astimezone(dt.UTC).astimezone(ZoneInfo(zone))
    return {(seen.hour, seen.minute)}


@pytest.mark.fault(
    16,
    "both daylight-saving days, all 24 hours, in 5 zones",
    "one per ISO week, at the right wall hour; in a gap later",
)
def test_the_days_on_which_the_clocks_change(trial: Trial, seen: Say) -> None:
    days = [(zone, day) for zone in ZONES for day in changes_of_the_clocks(zone, 2027)]
    assert len(days) == 2 * len(ZONES)
    began = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
    wishes = [
        (zone, day.weekday(), hour, dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - 8 * DAY)
        for zone, day in days
        for hour in range(24)
    ]
    with trial.sessions() as session:
        settle(session, len(wishes), lambda n: wishes[n])
        for moment in around(days):
            services.enqueue_due(session, now=moment, spread_minutes=0)
        rows = session.execute(
            select(OutboxMail.user_id, OutboxMail.period, OutboxMail.due_at, OutboxMail.created_at, User.email)
            .join(User, User.id == OutboxMail.user_id)
            .order_by(OutboxMail.due_at)
        ).all()
    assert began < rows[0].due_at
    by_learner = defaultdict(list)
    for row in rows:
        by_learner[int(row.email.split("@")[0])].append(row)
    gaps = 0
    for number, (zone, day) in ((n, days[n // 24]) for n in range(len(wishes))):
        hour, local = number % 24, ZoneInfo(zone)
        mails = by_learner[number]
        that_day = [m for m in mails if m.due_at.astimezone(local).date() == day]
        (mail,) = that_day
        wall = mail.due_at.astimezone(local)
        assert {(wall.hour, wall.minute)} == wall_hours(zone, day, hour), (zone, day, hour)
        assert wall.fold == 0, "of an hour that comes twice, the first"
        gaps += wall.hour != hour or wall.minute != 0
        others = [m.due_at.astimezone(local) for m in mails if m is not mail]
        assert all((o.hour, o.minute) == (hour, 0) for o in others if o.date() not in changes_of_the_clocks(zone, 2027))
        weeks = [m.period for m in mails]
        assert len(set(weeks)) == len(weeks) >= 2
        assert mail.created_at - mail.due_at <= HOUR / 2, "found at the next look"
    seen(
        f"{len(wishes)} learners, {len(rows)} mails: 0 weeks twice, 0 without, {len(wishes) - gaps} at their own hour, "
        f"{gaps} in a gap and as much later"
    )


def around(days: list[tuple[str, dt.date]]) -> Iterator[dt.datetime]:
    """A look each hour from nine days before to nine after each change, every half hour about the day itself."""
    changes = sorted({dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC) for _, day in days})
    now = changes[0] - 9 * DAY
    for change in changes:
        now = max(now, change - 9 * DAY)
        while now < change + 9 * DAY:
            yield now
            now += HOUR / 2 if any(abs(now - one) < 2 * DAY for one in changes) else HOUR


@pytest.mark.process
@pytest.mark.fault(
    17, "down for 1 h, 40 h, 3 weeks", "sent where the latest slot is at most 48 h old, else 1 expired row"
)
def test_after_a_downtime(trial: Trial, sink: SmtpSink, seen: Say, tmp_path: Path) -> None:
    addresses = trial.learners(28)
    then = clock.now_utc()
    wishes = {}
    with trial.sessions() as session, transaction(session):
        for number, address in enumerate(addresses):
            user = session.scalars(select(User).where(User.email == address)).one()
            preference = session.get_one(ReminderPreference, user.id)
            user.timezone = ZONES[number % len(ZONES)]
            # Every fourth slot lies within the next hour, the others all over the week.
            soon = then.astimezone(ZoneInfo(user.timezone)) + HOUR
            when = (soon.weekday(), soon.hour) if number % 4 == 0 else (number % 7, number * 5 % 24)
            preference.weekday, preference.hour = when
            preference.next_due_at = schedule.next_slot(then, preference.weekday, preference.hour, user.timezone)
            wishes[address] = (user.timezone, preference.weekday, preference.hour)
    clock_file, said, now = tmp_path / "clock", [], then
    for down in (HOUR, 40 * HOUR, 21 * DAY):
        before, now = now, now + down
        clock_file.write_text(str((now - then).total_seconds()))
        had = Counter(sink.recipients)
        faults = {"CLOCK": str(clock_file)}
        assert trial.child(sink.url, arguments=("reminders", "run"), faults=faults).start().wait() == 0
        sent, expired = expected_after(wishes, before, now)
        assert Counter(sink.recipients) - had == Counter(sent), "one mail each, of the latest slot"
        with trial.sessions() as session:
            rows = session.execute(
                select(User.email, OutboxMail.due_at)
                .join(User, User.id == OutboxMail.user_id)
                .where(OutboxMail.state == "skipped", OutboxMail.created_at > before + HOUR / 4)
            ).all()
            assert Counter(email for email, _ in rows) == Counter(expired)
            due = session.scalars(select(ReminderPreference.next_due_at)).all()
        assert all(slot and now - HOUR / 4 < slot <= now + 7 * DAY + 2 * HOUR for slot in due), (
            "the next one lies ahead"
        )
        said.append(f"{down.total_seconds() / 3600:.0f} h: {len(sent)} sent, {len(expired)} expired")
    seen("; ".join(said))


def expected_after(
    wishes: dict[str, tuple[str, int, int]], before: dt.datetime, now: dt.datetime
) -> tuple[list[str], list[str]]:
    """By the wall clocks alone: whose latest slot of a downtime is young enough, and whose is not."""
    sent: list[str] = []
    expired: list[str] = []
    for address, (zone, weekday, hour) in wishes.items():
        local = ZoneInfo(zone)
        day, missed = before.astimezone(local).date() - DAY, []
        while day <= now.astimezone(local).date() + DAY:
            slot = dt.datetime(day.year, day.month, day.day, hour, tzinfo=local)
            if day.weekday() == weekday and before < slot <= now:
                missed.append(slot)
            day += DAY
        if missed:
            (sent if now - missed[-1] <= 48 * HOUR else expired).append(address)
    return sent, expired


@pytest.mark.process
@pytest.mark.fault(
    25, "a tick that takes 2.5 times its interval", "the next ones are left out, not stacked; all is found"
)
def test_a_tick_never_runs_beside_itself(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    patch = {**QUICK, "tracker.housekeeping.SCAN_SECONDS": 0.4, "tracker.reminders.services.enqueue_due": {"slow": 1.0}}
    worker = trial.child(sink.url, patch=patch).start()
    wait_until(lambda: worker.said().count("ends") >= 3)
    addresses = trial.learners(2)
    wait_until(trial.all_are(2, "sent"))
    said = worker.said()
    running = most = 0
    for word in re.findall(r"^(begins|ends)$", said, re.MULTILINE):
        running += 1 if word == "begins" else -1
        most = max(most, running)
    left_out = said.count("maximum number of running instances reached")
    seen(f"{said.count('begins')} ticks, never {2 if most > 1 else 'two'} at once, {left_out} left out")
    assert most == 1
    assert left_out >= 3
    assert sorted(sink.recipients) == sorted(addresses)
    assert worker.is_alive()
