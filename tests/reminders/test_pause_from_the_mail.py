"""A pause by a link: from today for so many weeks, on every path under way, one for each mail."""

from __future__ import annotations

import datetime as dt

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tests.reminders.links import WEEK, link, said
from tracker.catalog.schema import Catalog
from tracker.enrolment.revisions import Who, add_pause, end_pause
from tracker.models import Enrolment, Pause, PlanRevision, User
from tracker.progress.queries import overview

DAY = dt.timedelta(days=1)


def pauses(session: Session, user: User) -> list[tuple[dt.date, dt.date]]:
    session.expire_all()
    mine = select(Pause).join(Enrolment, Enrolment.id == Pause.enrolment_id).where(Enrolment.user_id == user.id)
    return [(row.starts_on, row.ends_on) for row in session.scalars(mine.order_by(Pause.starts_on))]


def who(session: Session, catalog: Catalog, user: User, today: dt.date = TODAY) -> Who:
    path = path_of(catalog)
    seen = overview(session, user_id=user.id, path=path, today=today).revision
    return Who(user.id, path, seen, today, NOW)


def test_the_plan_rests_for_two_weeks_from_today_and_its_dates_move(
    session: Session, csrf_client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    before = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY).plan.finish_on
    address = link(settings, user, "pause")
    assert "From today until Sunday 14 March nothing will be expected of you" in said(csrf_client.get(address))
    answer = said(csrf_client.post(address))
    assert "From today until Sunday 14 March nothing is expected, no reminder comes" in answer
    assert "Take it back or end it early" in answer
    assert pauses(session, user) == [(TODAY, TODAY + 13 * DAY)]
    view = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)
    assert view.plan.finish_on == before + 14 * DAY
    newest = session.scalars(select(PlanRevision).order_by(PlanRevision.number.desc())).first()
    assert newest
    assert newest.reason == "Pause, by the mail of the week of 1 March 2027"


def test_pressed_again_it_is_still_one_pause(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    client.post(link(settings, user, "pause"))
    for weeks in ("2", "1", "4"):
        assert "It rests until Sunday 14 March." in said(client.post(link(settings, user, "pause", WEEK, weeks)))
    with time_machine.travel(NOW + 5 * DAY, tick=False):
        client.post(link(settings, user, "pause"))
    assert pauses(session, user) == [(TODAY, TODAY + 13 * DAY)]


def test_not_even_after_it_is_over(session: Session, client: FlaskClient, settings: Settings, user: User) -> None:
    client.post(link(settings, user, "pause"))
    with time_machine.travel(NOW + 30 * DAY, tick=False):
        assert "This link was used already" in said(client.post(link(settings, user, "pause")))
        assert "Your plan is paused" in said(client.post(link(settings, user, "pause", "2027-W13", "1")))
    assert len(pauses(session, user)) == 2


def test_a_pause_that_was_taken_back_is_not_made_again(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    client.post(link(settings, user, "pause"))
    end_pause(session, who(session, catalog, user), starts_on=TODAY)
    assert "was taken back. Nothing was changed." in said(client.post(link(settings, user, "pause")))
    assert pauses(session, user) == []


def test_it_ends_before_a_pause_that_is_planned_already(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    planned = (TODAY + 9 * DAY, TODAY + 20 * DAY)
    add_pause(session, who(session, catalog, user), starts_on=planned[0], ends_on=planned[1])
    client.post(link(settings, user, "pause"))
    assert pauses(session, user) == [(TODAY, TODAY + 8 * DAY), planned]


def test_during_a_pause_nothing_is_added(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    add_pause(session, who(session, catalog, user), starts_on=TODAY - DAY, ends_on=TODAY + DAY)
    assert "It rests until Tuesday 2 March. Nothing more was changed." in said(
        client.post(link(settings, user, "pause"))
    )
    assert len(pauses(session, user)) == 1


def test_without_a_path_there_is_nothing_to_pause(session: Session, client: FlaskClient, settings: Settings) -> None:
    user = make_user(session, "new@example.org")
    assert "Nothing to pause" in said(client.post(link(settings, user, "pause")))


def test_the_page_to_take_it_back_shows_it(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    client.post(link(settings, user, "pause"))
    log_in(client, user)
    assert "14 March 2027" in said(client.get("/plan/pauses"))


def test_a_stranger_cannot_pause_my_plan(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    eve = make_user(session, "eve@example.org")
    enrol(session, catalog, eve)
    client.post(link(settings, eve, "pause"))
    assert pauses(session, user) == []
    assert len(pauses(session, eve)) == 1
