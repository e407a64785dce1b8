"""`tracker demo --learners N`: believable learners in numbers, for trials of load."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.environment import make_settings
from tests.site import Site
from tracker import create_app, db
from tracker.clock import now_utc
from tracker.models import Enrolment, MilestoneState, Pause, PlanRevision, ReminderPreference, StudySession, User

pytestmark = pytest.mark.process

FEW = 12


@pytest.fixture
def site(tmp_path: Path, fresh_database: str) -> Site:
    """An installation on the database of this test, not running."""
    return Site(tmp_path, fresh_database)


@pytest.fixture
def live(fresh_database: str) -> Iterator[Session]:
    """What the command has left in the database."""
    engine = db.make_engine(fresh_database)
    with db.make_sessions(engine)() as session:
        yield session
    engine.dispose()


def password_in(said: str) -> str:
    return said.rsplit("password", 1)[1].split()[0]


def test_they_differ_in_all_that_matters_and_their_mail_comes_within_a_week(site: Site, live: Session) -> None:
    began = now_utc()
    made = site.tracker("demo", "--learners", str(FEW))
    assert made.returncode == 0, made.stderr
    assert f"{FEW} more learners are made, 0 were there already" in made.stdout
    rows = live.execute(
        select(User, ReminderPreference, Enrolment)
        .join(ReminderPreference, ReminderPreference.user_id == User.id)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(User.email.like("learner-%"))
        .order_by(User.email)
    ).all()
    assert [user.email for user, _, _ in rows] == [f"learner-{n:05}@example.org" for n in range(1, FEW + 1)]
    assert all(user.email_confirmed_at for user, _, _ in rows)
    assert len({user.password_hash for user, _, _ in rows}) == 1
    for different in (
        {user.timezone for user, _, _ in rows},
        {(preference.weekday, preference.hour) for _, preference, _ in rows},
        {enrolment.starting_point for _, _, enrolment in rows},
    ):
        assert len(different) >= 5
    for _, preference, _ in rows:
        assert preference.enabled
        assert preference.next_due_at is not None
        assert began < preference.next_due_at <= now_utc() + dt.timedelta(days=8), "a week, or the hour more of October"
    hours = set(live.scalars(select(PlanRevision.hours_per_week)))
    assert len(hours) >= 5
    assert live.scalar(select(func.count()).select_from(Pause).where(Pause.ends_on > began.date())) == FEW // 6
    assert live.scalar(select(func.count(StudySession.user_id.distinct()))) == 1 + FEW // 6, "the demo account as well"
    done = live.scalar(select(func.count(MilestoneState.user_id.distinct())).where(MilestoneState.state == "done"))
    assert done
    assert 1 < done < FEW + 1, "some have only begun"


def test_no_story_is_left_over_and_a_second_run_makes_only_what_is_missing(site: Site, live: Session) -> None:
    first = site.tracker("demo", "--learners", "2")
    ids = select(User.id).where(User.email.like("learner-%")).order_by(User.email)
    before = live.scalars(ids).all()
    live.rollback()
    second = site.tracker("demo", "--learners", "5")
    assert "3 more learners are made, 2 were there already" in second.stdout
    assert password_in(second.stdout) == password_in(first.stdout)
    assert live.scalars(ids).all()[:2] == before
    assert live.scalar(select(func.count()).select_from(User)) == 1 + 5
    live.rollback()
    third = site.tracker("demo", "--learners", "5")
    assert "0 more learners are made, 5 were there already" in third.stdout


def test_each_of_them_logs_in_and_opens_the_dashboard(site: Site, tmp_path: Path, fresh_database: str) -> None:
    made = site.tracker("demo", "--learners", "6")
    engine = db.make_engine(fresh_database)
    app = create_app(make_settings(tmp_path, fresh_database), engine)
    app.config["WTF_CSRF_ENABLED"] = False
    for number in range(1, 7):
        browser = app.test_client()
        who = {"email": f"learner-{number:05}@example.org", "password": password_in(made.stdout)}
        assert browser.post("/login", data=who).status_code == 303
        for page in ("/dashboard", "/plan", "/settings/reminders"):
            assert browser.get(page).status_code == 200, (number, page)
    engine.dispose()


def test_they_are_refused_in_production(tmp_path: Path, fresh_database: str, live: Session) -> None:
    site = Site(tmp_path, fresh_database, TRACKER_ENV="production", TRACKER_SECRET_KEY="k" * 32)
    refused = site.tracker("demo", "--learners", "3")
    assert refused.returncode == 1
    assert refused.stderr.strip() == "TRACKER_ENV: the demo account is not made in production."
    assert live.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize("number", ["0", "-1", "1000001", "many"])
def test_a_number_that_makes_no_sense_is_refused(site: Site, number: str) -> None:
    refused = site.tracker("demo", "--learners", number)
    assert refused.returncode == 2
    assert "--learners" in refused.stderr
    assert "Traceback" not in refused.stderr
