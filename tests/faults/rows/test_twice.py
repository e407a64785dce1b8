"""Rows 32 and 33: the same form sent many times at once, and forms of two devices that know nothing of each other."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.faults.trial import Trial
from tests.faults.visitor import TICKS, Answer, FaultySite, Visitor
from tests.people import PASSWORD, make_user
from tracker import clock
from tracker.models import (
    CriterionMet,
    Enrolment,
    MilestoneLink,
    MilestoneNote,
    PlanRevision,
    ProgressLog,
    ReminderPreference,
    StudySession,
    User,
)

pytestmark = pytest.mark.process
Say = Callable[[str], None]
TIMES = 20
ENROL = {"starting_point": "beginner", "hours_per_week": "12", "start_on": "", "target_on": ""}


@pytest.fixture
def site(trial: Trial) -> Iterator[FaultySite]:
    trial.learners(2)
    # On SQLite one process, as it is by itself: several would wait for each other's locks without taking turns.
    with FaultySite(trial.instance, trial.url, workers=1 if trial.is_sqlite else 2) as started:
        yield started


def count(trial: Trial, model: type) -> int:
    with trial.sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def at_once(visitors: list[Visitor], send: Callable[[Visitor], Answer]) -> Counter[int]:
    """Everybody sends the same at the same moment; how often which status came back."""
    begun = threading.Barrier(len(visitors))

    def one(visitor: Visitor) -> int:
        visitor.close()
        begun.wait()
        status = send(visitor).status
        visitor.close()
        return status

    with ThreadPoolExecutor(len(visitors)) as pool:
        return Counter(pool.map(one, visitors))


@pytest.mark.fault(32, "one form sent 20 times at once", "1 row of each; 20 answers that say so")
def test_forms_that_are_sent_many_times(trial: Trial, site: FaultySite, seen: Say) -> None:
    with Visitor(site.url).log_in("learner-0@example.org") as first:
        plan = {**first.get("/plan/settings").fields, "hours_per_week": "9", "target_on": ""}
        met, yesterday = criteria_of(first)[0], str((clock.now_utc() - dt.timedelta(days=1)).date())
    same = [first.again() for _ in range(TIMES)]
    sends: dict[type, Callable[[Visitor], Answer]] = {
        ProgressLog: lambda visitor: visitor.tick("numpy", "done"),
        MilestoneNote: lambda visitor: visitor.post(f"{TICKS}/numpy/note", body="Shapes first."),
        MilestoneLink: lambda visitor: visitor.post(f"{TICKS}/numpy/links", url="https://numpy.org/doc/", title=""),
        CriterionMet: lambda visitor: visitor.post(f"{TICKS}/numpy/criteria", met=met),
        StudySession: lambda visitor: visitor.post("/log", on=yesterday, minutes="45", milestone="", note="pandas"),
        PlanRevision: lambda visitor: visitor.post("/plan/settings", **plan),
    }
    for model, send in sends.items():
        before, statuses = count(trial, model), at_once(same, send)
        seen(f"{model.__name__}: {dict(statuses)}, {count(trial, model) - before} row")
        assert (statuses, count(trial, model) - before) == ({303: TIMES}, 1), model
    assert_signed_up_and_enrolled_once(trial, site, seen)


def assert_signed_up_and_enrolled_once(trial: Trial, site: FaultySite, seen: Say) -> None:
    people = [Visitor(site.url) for _ in range(6)]
    for visitor in people:
        visitor.read_token("/signup")
        visitor.close()
    form = {"email": "new@example.org", "password": PASSWORD, "timezone": "Europe/Berlin"}
    before = count(trial, User)
    statuses = at_once(people, lambda visitor: visitor.post("/signup", **form))
    seen(f"sign-up: {dict(statuses)}, {count(trial, User) - before} account")
    assert count(trial, User) - before == 1
    assert set(statuses) <= {200, 303, 503}, "in; told by mail; or too many hashes at once, said so"
    with trial.sessions() as session:
        make_user(session, "other@example.org")
    with Visitor(site.url).log_in("other@example.org") as other:
        pass
    same = [other.again() for _ in range(TIMES)]
    before = count(trial, Enrolment)
    statuses = at_once(same, lambda visitor: visitor.post("/paths/ml-engineer/enrol", **ENROL))
    seen(f"enrolment: {dict(statuses)}, {count(trial, Enrolment) - before} row")
    assert (statuses, count(trial, Enrolment) - before) == ({303: TIMES}, 1)


def criteria_of(visitor: Visitor) -> list[str]:
    return re.findall(r'name="met" value="([^"]+)"', visitor.get(f"{TICKS}/numpy").body)


@pytest.mark.fault(33, "forms of two devices", "the later one is asked, shown both; ticks of both stay")
def test_two_devices(trial: Trial, site: FaultySite, seen: Say) -> None:
    with Visitor(site.url) as phone, Visitor(site.url) as laptop:
        for device in (phone, laptop):
            device.log_in("learner-0@example.org")
        assert_note_is_asked(trial, phone, laptop, seen)
        assert_plan_and_reminders_are_asked(trial, phone, laptop, seen)
        assert_ticks_of_both_stay(trial, phone, laptop, seen)


def assert_note_is_asked(trial: Trial, phone: Visitor, laptop: Visitor, seen: Say) -> None:
    page = f"{TICKS}/numpy"
    stale = laptop.get(page)
    mark = re.findall(r'name="seen" value="([^"]*)"', stale.body)[0]
    assert phone.post(f"{page}/note", body="From the phone.", seen=mark).status == 303
    refused = laptop.post(f"{page}/note", body="From the laptop.", seen=mark)
    assert note(trial) == "From the phone."
    assert "From the phone." in refused.body
    assert refused.fields["body"] == "From the laptop."
    again = laptop.post(f"{page}/note", seen=refused.fields["seen"], body="Both.")
    seen(f"note {refused.status} with both texts, knowingly again {again.status}")
    assert (refused.status, again.status, note(trial)) == (409, 303, "Both.")


def note(trial: Trial) -> str | None:
    with trial.sessions() as session:
        return session.scalar(select(MilestoneNote.body))


def assert_plan_and_reminders_are_asked(trial: Trial, phone: Visitor, laptop: Visitor, seen: Say) -> None:
    forms = {device: device.get("/plan/settings").fields | {"target_on": ""} for device in (phone, laptop)}
    answers = [d.post("/plan/settings", **forms[d], hours_per_week=hours) for d, hours in ((phone, "9"), (laptop, "5"))]
    assert [answer.status for answer in answers] == [303, 409]
    forms = {device: device.get("/settings/reminders").fields for device in (phone, laptop)}
    for device, hour, status in ((phone, "6", 303), (laptop, "21", 409)):
        wish = {"enabled": "y", "weekday": "2", "hour": hour, "timezone": "Europe/Berlin"}
        assert device.post("/settings/reminders", **forms[device], **wish).status == status
    with trial.sessions() as session:
        hours = set(session.scalars(select(ReminderPreference.hour).where(ReminderPreference.weekday == 2)))
        plans = session.scalars(select(PlanRevision.hours_per_week).order_by(PlanRevision.id)).all()
    seen("plan and reminders: 303 and 409, the first one's stand")
    assert (hours, plans[-1]) == ({6}, 9)


def assert_ticks_of_both_stay(trial: Trial, phone: Visitor, laptop: Visitor, seen: Say) -> None:
    first, second, *_ = criteria_of(phone)
    for device, key in ((phone, first), (laptop, second)):  # each form was made when none was met
        assert device.post(f"{TICKS}/numpy/criteria", was="", met=key).status == 303
    phone.tick("numpy", "done")
    laptop.tick("pandas", "done")
    with trial.sessions() as session:
        met = set(session.scalars(select(CriterionMet.criterion)))
        ticked = set(session.scalars(select(ProgressLog.milestone)))
    seen("ticks and criteria: those of both devices stay")
    assert (met, ticked) == ({first, second}, {"numpy", "pandas"})
