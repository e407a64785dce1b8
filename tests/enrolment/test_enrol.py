"""From the picker to a dated plan: one form, one POST."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests.people import ada, enrol, log_in, make_user
from tracker.catalog.schema import Catalog
from tracker.models import Enrolment, PlanRevision, ReminderPreference

ADDRESS = "/paths/ml-engineer/enrol"
CHOICES = {"starting_point": "backend-developer", "hours_per_week": "15", "start_on": "2027-03-01"}


@pytest.fixture
def learner(client: FlaskClient, session: Session) -> FlaskClient:
    """Logged in, on no path yet."""
    log_in(client, ada(session))
    return client


def revision(session: Session) -> PlanRevision:
    return session.scalars(select(PlanRevision)).one()


def test_one_post_makes_a_dated_plan(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(ADDRESS, data=CHOICES)
    assert (answer.status_code, answer.location) == (303, "/dashboard")
    plan = revision(session)
    assert sum(hours for _, hours, _, _ in plan.milestones) == 677
    assert plan.number == 1
    assert plan.start_on == dt.date(2027, 3, 1)
    # 677 h at 15 h a week: 10.4 months
    assert round(((plan.finish_on - plan.start_on).days + 1) / (365.25 / 12), 1) == 10.4
    assert learner.get("/dashboard").status_code == 200


def test_the_start_is_today_where_nothing_else_is_said(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data={"starting_point": "beginner", "hours_per_week": "10", "start_on": ""})
    assert revision(session).start_on == dt.date(2027, 3, 1)


def test_known_names_exactly_what_is_credited(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data=CHOICES | {"known": ["numpy", "pandas"]})
    assert set(revision(session).known) | set(revision(session).half) == {"numpy", "pandas"}


def test_a_goal_moves_what_can_wait_and_is_kept(learner: FlaskClient, session: Session) -> None:
    page = learner.get(ADDRESS, query_string=CHOICES | {"goal": "present-job"}).text
    assert "622 h" in page
    assert "9.6 months" in page
    assert learner.post(ADDRESS, data=CHOICES | {"goal": "present-job"}).status_code == 303
    plan = revision(session)
    assert session.scalars(select(Enrolment)).one().goal == "present-job"
    assert sum(hours for _, hours, _, _ in plan.milestones) == 622
    assert {"job-kit", "portfolio", "kaggle-competition"} <= {key for key, _ in plan.later}


def test_no_goal_moves_nothing(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data=CHOICES | {"goal": ""})
    assert session.scalars(select(Enrolment)).one().goal is None
    assert sum(hours for _, hours, _, _ in revision(session).milestones) == 677


def test_a_goal_that_the_path_does_not_have_is_said_beside_the_field(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(ADDRESS, data=CHOICES | {"goal": "fame"})
    assert answer.status_code == 422
    assert "ML Engineer has no goal called fame." in answer.text
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_a_single_empty_known_means_nothing(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data=CHOICES | {"known": ""})
    assert revision(session).known == []
    assert revision(session).half == []


def test_a_target_date_decides_the_hours(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data=CHOICES | {"target_on": "2027-12-31"})
    plan = revision(session)
    assert plan.finish_on <= dt.date(2027, 12, 31)
    assert plan.hours_per_week == 15.5


def test_choices_in_the_address_show_credit_and_preview(learner: FlaskClient, session: Session) -> None:
    page = learner.get(ADDRESS, query_string=CHOICES).text
    assert "10.4 months" in page
    assert 'name="known"' in page
    assert session.scalar(select(func.count()).select_from(PlanRevision)) == 0
    assert 'name="known"' not in learner.get(ADDRESS).text


def test_changing_the_starting_point_after_its_credit_was_shown_asks_once_more(
    learner: FlaskClient, session: Session
) -> None:
    """Without JavaScript the boxes still belong to the former choice; taking them for the new one would be wrong."""
    answer = learner.post(ADDRESS, data=CHOICES | {"known": ["numpy"], "credit_for": "beginner"})
    assert answer.status_code == 422
    assert "Look through what" in answer.text
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_another_starting_point_shows_its_own_credit(learner: FlaskClient) -> None:
    """The form sends everything along: neither its token nor the former choice's boxes may stay in the address."""
    sent = {
        "starting_point": "backend-developer",
        "hours_per_week": "15",
        "credit_for": "beginner",
        "known": ["", "numpy"],
    }
    answer = learner.get(ADDRESS, query_string=sent | {"csrf_token": "secret"})
    assert answer.status_code == 302
    assert "secret" not in answer.location
    assert "known" not in answer.location
    assert "starting_point=backend-developer" in answer.location
    assert "10.4 months" in learner.get(answer.location).text


def test_enrolling_schedules_the_weekly_mail(learner: FlaskClient, session: Session) -> None:
    learner.post(ADDRESS, data=CHOICES)
    preference = session.scalars(select(ReminderPreference)).one()
    # Monday 8 March, 08:00 in Berlin
    assert preference.next_due_at == dt.datetime(2027, 3, 8, 7, 0, tzinfo=dt.UTC)


def test_the_same_form_sent_twice_is_one_enrolment(learner: FlaskClient, session: Session) -> None:
    for _ in range(2):
        assert learner.post(ADDRESS, data=CHOICES).status_code == 303
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 1
    assert revision(session).number == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hours_per_week", "", "Say how many hours"),
        ("hours_per_week", "0", "from 1 to 80"),
        ("hours_per_week", "81", "from 1 to 80"),
        ("hours_per_week", "a few", ""),
        ("hours_per_week", "NaN", ""),
        ("hours_per_week", "1e999", ""),
        ("starting_point", "astronaut", ""),
        ("start_on", "2027-02-30", ""),
        ("start_on", "0001-01-01", "within 5 years"),
        ("start_on", "9999-12-31", "within 5 years"),
        ("target_on", "2027-02-01", "after the start"),
        ("target_on", "2027-03-02", ""),
        ("target_on", "9999-12-31", "within 10 years"),
        ("known", "juggling", "no milestone called juggling"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_loses_nothing(
    learner: FlaskClient, session: Session, field: str, value: str, said: str
) -> None:
    answer = learner.post(ADDRESS, data=CHOICES | {"known": "numpy"} | {field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'class="error"' in answer.text
    if field in ("hours_per_week", "start_on", "target_on") and value:
        assert f'value="{value}"' in answer.text
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_hundreds_of_unknown_keys_are_one_clear_answer(learner: FlaskClient) -> None:
    many = MultiDict([*CHOICES.items(), *(("known", f"k{n}") for n in range(400))])
    assert learner.post(ADDRESS, data=many).status_code == 422


def test_an_unknown_path_is_not_found(learner: FlaskClient) -> None:
    assert learner.get("/paths/astronaut/enrol").status_code == 404
    assert learner.post("/paths/astronaut/enrol", data=CHOICES).status_code == 404


def test_somebody_without_an_account_keeps_their_choices(client: FlaskClient) -> None:
    answer = client.get(ADDRESS, query_string=CHOICES)
    assert answer.status_code == 302
    assert "starting_point%3Dbackend-developer" in answer.location


def test_somebody_who_is_on_the_path_is_shown_the_plan(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    log_in(client, user)
    assert client.get(ADDRESS).location == "/plan"


def test_a_stranger_cannot_change_somebody_elses_plan(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    owner = ada(session)
    enrol(session, catalog, owner)
    log_in(client, make_user(session, "mallory@example.org"))
    client.post(ADDRESS, data=CHOICES)
    owners = session.scalars(select(PlanRevision).join(Enrolment).where(Enrolment.user_id == owner.id)).all()
    assert [plan.hours_per_week for plan in owners] == [12]
