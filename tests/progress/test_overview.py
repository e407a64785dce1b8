"""One value for page and mail: percent, pace and forecast of a whole plan, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker import words
from tracker.catalog.schema import Catalog
from tracker.enrolment.revisions import Who, change_hours
from tracker.errors import NotFound
from tracker.models import OutboxMail, User
from tracker.progress import services
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

MAX_QUERIES = 8


def seen(session: Session, catalog: Catalog, user: User, day: dt.date = TODAY) -> Overview:
    return overview(session, user_id=user.id, path=path_of(catalog), today=day)


def tick(
    session: Session, catalog: Catalog, user: User, key: str, state: str = "done", on: dt.date | None = None
) -> None:
    services.tick(
        session, user_id=user.id, path=path_of(catalog), key=key, state=state, today=on or TODAY, now=NOW, done_on=on
    )


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def test_a_beginner_starts_at_nothing_of_1040_hours(session: Session, catalog: Catalog, user: User) -> None:
    board = seen(session, catalog, user)
    assert (board.percent, board.hours_done, board.hours_total) == (0, 0, 1040)
    assert board.milestones_total == 60
    assert board.pace.status == "on-track"
    assert TODAY <= board.forecast.p10 <= board.forecast.p50 <= board.forecast.p90


def test_percent_is_the_share_of_hours_rounded_down(session: Session, catalog: Catalog, user: User) -> None:
    path = path_of(catalog)
    for milestone in path.in_phase(1):
        tick(session, catalog, user, milestone.key)
    board = seen(session, catalog, user)
    hours = sum(milestone.hours for milestone in path.in_phase(1))
    assert board.percent == int(hours * 100 / 1040)
    assert board.phases[0].percent == 100


def test_only_everything_is_a_hundred(session: Session, catalog: Catalog, user: User) -> None:
    keys = [milestone.key for milestone in path_of(catalog).active]
    for key in keys[:-1]:
        tick(session, catalog, user, key)
    assert seen(session, catalog, user).percent < 100
    tick(session, catalog, user, keys[-1])
    board = seen(session, catalog, user)
    assert (board.percent, board.pace.status) == (100, "finished")
    assert board.next_items == ()


def test_known_is_credit_and_counts_in_neither_part(session: Session, catalog: Catalog, user: User) -> None:
    numpy = path_of(catalog).milestone("numpy")
    assert numpy
    tick(session, catalog, user, "numpy", "known")
    board = seen(session, catalog, user)
    assert (board.percent, board.hours_total) == (0, 1040 - numpy.hours)


def test_ticking_never_lowers_the_percentage(session: Session, catalog: Catalog, user: User) -> None:
    before = 0
    for milestone in path_of(catalog).active:
        tick(session, catalog, user, milestone.key)
        now = seen(session, catalog, user).percent
        assert now >= before
        before = now


def test_who_does_nothing_falls_behind_and_is_told_by_how_much(session: Session, catalog: Catalog, user: User) -> None:
    board = seen(session, catalog, user, TODAY + dt.timedelta(days=29))
    assert board.pace.status == "behind"
    assert board.pace.days_ahead == -29
    assert board.overdue
    assert board.expected_percent == int(12 / 7 * 30 * 100 / 1040)


def test_who_is_behind_without_a_date_gone_by_hears_what_is_in_hand_and_that_criteria_count(
    session: Session, catalog: Catalog, user: User
) -> None:
    first = seen(session, catalog, user).plan.milestones[0]
    assert seen(session, catalog, user).in_hand is None
    before = seen(session, catalog, user, first.due_on)
    assert before.pace.days_ahead < 0
    assert before.in_hand
    assert before.in_hand.key == first.key
    assert seen(session, catalog, user, first.due_on + dt.timedelta(days=1)).in_hand is None


def test_a_plan_of_which_all_is_left_out_was_not_walked(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    for planned in seen(session, catalog, user).plan.milestones:
        tick(session, catalog, user, planned.key, "skipped")
    assert not seen(session, catalog, user).walked
    log_in(client, user)
    page = client.get("/dashboard").text
    assert "0% done: nothing is left in your plan" in page
    assert "walked the whole path" not in page
    assert session.scalars(select(OutboxMail)).all() == []


def test_fewer_hours_a_week_are_believed_at_once(session: Session, catalog: Catalog, user: User) -> None:
    plan = seen(session, catalog, user).plan
    today = plan.milestones[9].due_on
    for planned in plan.milestones[:10]:
        tick(session, catalog, user, planned.key, on=planned.due_on)
    before = seen(session, catalog, user, today)
    who = Who(user.id, path_of(catalog), before.revision, today, NOW)
    change_hours(session, who, hours_per_week=3, target_on=None)
    after = seen(session, catalog, user, today)
    assert before.forecast.rate > 10
    assert after.forecast.rate < 4
    assert after.forecast.p10 < after.plan.finish_on < after.forecast.p90


def test_on_the_plans_own_line_the_pace_is_nought(session: Session, catalog: Catalog, user: User) -> None:
    plan = seen(session, catalog, user).plan
    for planned in plan.milestones[:5]:
        tick(session, catalog, user, planned.key, on=planned.due_on)
    assert seen(session, catalog, user, plan.milestones[4].due_on).pace.days_ahead == 0


def test_what_can_wait_is_shown_and_not_planned(session: Session, catalog: Catalog) -> None:
    scientist = make_user(session, "grace@example.org")
    enrol(session, catalog, scientist, starting_point="data-scientist")
    board = seen(session, catalog, scientist)
    waiting = [item for item in board.items if item.later]
    assert waiting
    assert board.hours_total == 480
    assert not {item.key for item in waiting} & {planned.key for planned in board.plan.milestones}
    tick(session, catalog, scientist, waiting[0].key, "doing")
    assert seen(session, catalog, scientist).hours_total == 480 + waiting[0].hours


def test_a_phase_counts_what_is_to_do_and_names_the_credit_beside_it(session: Session, catalog: Catalog) -> None:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user, starting_point="backend-developer")
    path = path_of(catalog)
    for milestone in path.in_phase(1):
        if next(i for i in seen(session, catalog, user).items if i.key == milestone.key).due_on:
            tick(session, catalog, user, milestone.key)
    phase = seen(session, catalog, user).phases[0]
    assert phase.percent == 100
    assert phase.done == phase.counted
    assert phase.credited > 0
    assert phase.counted + phase.credited + len(phase.waiting) == len(phase.items)


@pytest.mark.parametrize("address", ["/dashboard", "/plan"])
def test_a_page_takes_the_same_few_queries_whatever_was_done(
    client: FlaskClient, connection: Connection, session: Session, catalog: Catalog, user: User, address: str
) -> None:
    log_in(client, user)
    with counted(connection) as at_first:
        assert client.get(address).status_code == 200
    for milestone in path_of(catalog).active[:40]:
        tick(session, catalog, user, milestone.key)
    for number in range(5):
        enrol(session, catalog, make_user(session, f"other{number}@example.org"))
    with counted(connection) as later:
        client.get(address)
    assert len(at_first) == len(later) <= MAX_QUERIES, later


def test_a_stranger_cannot_be_looked_at(session: Session, catalog: Catalog, user: User) -> None:
    mallory = make_user(session, "mallory@example.org")
    with pytest.raises(NotFound):
        seen(session, catalog, mallory)


def test_with_everything_done_no_next_mail_is_promised(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    log_in(client, user)
    assert "Next reminder" in client.get("/dashboard").text
    for milestone in path_of(catalog).active:
        tick(session, catalog, user, milestone.key)
    page = client.get("/dashboard").text
    assert "Next reminder" not in page
    assert "The weekly mail rests" in page
    enrol(session, catalog, user, slug="data-scientist")
    session.get_one(User, user.id).current_path = "ml-engineer"
    session.commit()
    page = client.get("/dashboard").text
    assert "Next reminder" in page
    assert "Go on with Data Scientist" in page
    client.post("/paths/current", data={"path": "data-scientist"})
    page = client.get("/dashboard").text
    assert "Data Scientist · started" in page
    assert "Go on with" not in page


def words_of(client: FlaskClient) -> str:
    main = client.get("/dashboard").text.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_past_the_planned_finish_the_month_is_not_one_of_fewer(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    months = math.ceil(seen(session, catalog, user).plan.months)
    log_in(client, user)
    assert f"Month 1 of {months}. At about 11.2 h a week" in words_of(client)
    with time_machine.travel(NOW + dt.timedelta(days=31 * (months + 2)), tick=False):
        log_in(client, user)
        said = words_of(client)
    assert re.search(rf"Month {months + 3}; {months} were planned\. At about", said)


def test_who_has_finished_is_told_when_and_nothing_is_forecast_any_more(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    for milestone in path_of(catalog).active:
        tick(session, catalog, user, milestone.key)
    with time_machine.travel(NOW + dt.timedelta(days=90), tick=False):
        log_in(client, user)
        said = words_of(client)
    assert "Every milestone of your plan is behind you since 1 March 2027: 1,040 h in 60 milestones." in said
    assert "100% done; finished on 1 March 2027." in said
    assert "Probable finish" not in said


def test_near_the_end_no_month_is_named_twice(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    *before, _last = seen(session, catalog, user).plan.milestones
    for planned in before:
        tick(session, catalog, user, planned.key, on=planned.due_on)
    today = before[-1].due_on + dt.timedelta(days=1)
    board = seen(session, catalog, user, today)
    early, middle, late = words.outlook((board.forecast.p10, board.forecast.p50, board.forecast.p90), today)
    assert early != late
    assert middle in (early, late)
    with time_machine.travel(NOW + (today - TODAY), tick=False):
        log_in(client, user)
        said = words_of(client)
    assert f"between {early} and {late} : " in said
    assert "most likely around" not in said
