"""Paths change, work stays: a new version is offered, taken over or left, and nothing that was done is lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.kitchen import Steps, baker, kitchen, serve, step
from tests.people import TODAY, log_in, make_user
from tests.progress.test_overview import MAX_QUERIES, counted
from tracker.catalog.schema import Catalog
from tracker.models import MilestoneState, PlanRevision, User
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

FIRST = {"milestone": "kneading", "on": "2027-03-01", "minutes": "90"}


def newer(app: Flask, **steps: dict[str, Any] | None) -> Catalog:
    """A new version of the baker's path is put to use: these milestones changed, added or (None) taken out."""
    merged: Steps = {key.replace("_", "-"): body for key, body in (baker() | steps).items() if body is not None}
    for body in merged.values():
        body.pop("needs", None)
    made = kitchen(merged)
    serve(app, made)
    return made


def seen(session: Session, catalog: Catalog, user: User) -> Overview:
    session.expire_all()
    return overview(session, user_id=user.id, path=catalog.paths["baker"], today=TODAY)


def tick(client: FlaskClient, key: str, state: str = "done", on: str = "") -> None:
    assert client.post(f"/milestones/baker/{key}", data={"state": state, "done_on": on}).status_code == 303


def revisions(session: Session) -> list[PlanRevision]:
    session.expire_all()
    return list(session.scalars(select(PlanRevision).order_by(PlanRevision.number)))


def accept(client: FlaskClient, catalog: Catalog, revision: int = 1, answer: str = "accept") -> None:
    data = {"revision": revision, "version": catalog.paths["baker"].version, "answer": answer}
    assert client.post("/plan/changes", data=data).status_code == 303


def test_all_kinds_of_change_at_once_lose_nothing_and_wait_for_an_answer(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, user: User
) -> None:
    tick(learner, "kneading", on="2027-02-27")
    tick(learner, "hygiene", "doing")
    learner.post("/milestones/baker/hygiene/criteria", data={"met": "seen"})
    learner.post("/milestones/baker/kneading/note", data={"body": "Ten minutes by hand."})
    learner.post("/log", data=FIRST)
    learner.post("/week", data={"milestone": "kneading"})
    before = seen(session, catalog, user)
    rows = revisions(session)[0].milestones

    new = newer(
        app,
        hygiene=step(10, title="Hygiene", retired=True),  # begun by Ada
        kneading=None,
        working_dough=step(24, title="Working dough", shared="kneading", formerly=["kneading"]),  # done by her
        proving=step(30, 2, title="Proving"),  # moved
        oven=step(20, 2, title="The oven"),  # re-estimated
        rolls=step(25, 2, title="Rolls", retired=True),
        crust=step(15, 2, title="Crust"),
    )
    after = seen(session, new, user)
    assert (after.percent, after.hours_done, after.hours_total) == (before.percent, before.hours_done, 100)
    assert (after.plan.finish_on, after.pace) == (before.plan.finish_on, before.pace)
    assert {(row.hours, row.due_on) for row in after.plan.milestones} == {
        (row.hours, row.due_on) for row in before.plan.milestones
    }
    assert revisions(session)[0].milestones == rows

    for address in ("/dashboard", "/plan"):
        page = learner.get(address).text
        # without Rolls (25 h) and with 15 + 5 h more at 10 h a week
        assert "1 added, 1 renamed, 1 re-estimated, 1 moved, 1 retired, yours kept; your finish" in page
    exactly = learner.get("/plan/changes").text
    for line in ("Crust", "Kneading is now Working dough", "15 h in your plan, now 20 h", "from phase 1 to phase 2",
                 "it leaves your plan", "retired, but you began it"):  # fmt: skip
        assert line in exactly

    accept(learner, new)
    taken = seen(session, new, user)
    done = taken.item("working-dough")
    assert done
    assert (done.state, done.done_on, done.hours) == ("done", dt.date(2027, 2, 27), 20), "as it was when it was done"
    assert {row.key: row.hours for row in taken.plan.milestones} == {
        "working-dough": 20, "hygiene": 10, "oven": 20, "proving": 30, "crust": 15,
    }  # fmt: skip
    assert (taken.hours_done, taken.hours_total) == (25, 95)
    kneading = learner.get("/milestones/baker/kneading", follow_redirects=True).text
    assert "Ten minutes by hand." in kneading
    assert "Working dough" in learner.get("/log").text
    assert taken.chosen == {"working-dough"}
    assert [r.reason for r in revisions(session)] == ["First plan", "New version of the path"]
    assert "has a new version" not in learner.get("/dashboard").text


def test_the_finish_moves_by_as_many_days_as_were_said(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, user: User
) -> None:
    before = seen(session, catalog, user).plan.finish_on
    new = newer(app, crust=step(10, 2, title="Crust"))
    assert "1 added, yours kept; your finish moves by 7 days" in learner.get("/dashboard").text
    accept(learner, new)
    assert (seen(session, new, user).plan.finish_on - before).days == 7


def fields(page: str) -> dict[str, str]:
    """Of the form that takes back what was just done."""
    form = page.split('action="/plan/changes/undo"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_taking_it_over_can_be_taken_back(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, user: User
) -> None:
    tick(learner, "hygiene", on="2027-02-27")
    before = seen(session, catalog, user).plan
    new = newer(app, crust=step(10, 2, title="Crust"), oven=step(20, 2, title="The oven"))
    accept(learner, new)
    tick(learner, "kneading")
    undo = fields(learner.get("/plan").text)
    for _ in range(2):  # also when the button is pressed twice
        assert learner.post("/plan/changes/undo", data=undo).status_code == 303
    again = seen(session, new, user)
    assert again.plan == before
    assert {item.key for item in again.items if item.state == "done"} == {"hygiene", "kneading"}
    assert [r.reason for r in revisions(session)][1:] == [
        "New version of the path", "Went back to the version of before",
    ]  # fmt: skip
    assert "1 added, 1 re-estimated" in learner.get("/dashboard").text, "it is offered as before"
    accept(learner, new, revision=3)
    assert seen(session, new, user).hours_total == 115


def test_it_is_not_taken_back_over_a_later_change(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    new = newer(app, crust=step(10, 2, title="Crust"))
    accept(learner, new)
    undo = fields(learner.get("/plan").text)
    learner.post("/plan/settings", data={"hours_per_week": "5", "revision": "2"})
    page = learner.post("/plan/changes/undo", data=undo, follow_redirects=True).text
    assert "changed meanwhile" in page
    assert [r.number for r in revisions(session)] == [1, 2, 3]
    assert seen(session, new, user).plan.hours_per_week == 5
    assert learner.post("/plan/changes/undo", data={"revision": "1"}).status_code == 303
    assert len(revisions(session)) == 3


def test_what_was_merged_out_of_begun_parts_stays_merged(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    tick(learner, "rolls", on="2027-02-20")
    new = newer(app, oven=None, rolls=None, loaf=step(30, 2, title="Loaf", formerly=["oven", "rolls"]))
    assert "cannot be taken back" in learner.get("/plan/changes").text
    accept(learner, new)
    assert "/plan/changes/undo" not in learner.get("/plan").text
    learner.post("/plan/changes/undo", data={"revision": "2"})
    assert len(revisions(session)) == 2


def test_who_stays_is_not_asked_again_until_the_next_version(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    new = newer(app, crust=step(10, 2, title="Crust"))
    accept(learner, new, answer="stay")
    assert "has a new version" not in learner.get("/dashboard").text
    assert "new version of the path: 1 added" in learner.get("/plan/settings").text
    assert len(revisions(session)) == 1
    newer(app, crust=step(10, 2, title="Crust"), flour=step(4, title="Flour"))
    assert "2 added" in learner.get("/dashboard").text


def test_other_hours_in_between_do_not_take_the_new_version_over(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    new = newer(app, crust=step(10, 2, title="Crust"), oven=step(20, 2, title="The oven"))
    learner.post("/plan/settings", data={"hours_per_week": "5", "revision": "1"})
    assert "1 added, 1 re-estimated" in learner.get("/dashboard").text
    assert seen(session, new, user).hours_total == 100
    accept(learner, new, revision=2)
    assert seen(session, new, user).hours_total == 115


MERGES = {
    "under a new key": ("loaf", {"rolls": None}),
    "into one that was there": ("rolls", {}),
}


@pytest.mark.parametrize(("key", "gone"), MERGES.values(), ids=MERGES)
def test_a_merged_milestone_keeps_what_was_done_of_its_parts(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, user: User, key: str, gone: dict[str, None]
) -> None:
    tick(learner, "rolls", on="2027-02-20")
    formerly = [old for old in ("oven", "rolls") if old != key]
    new = newer(app, oven=None, **gone, **{key: step(30, 2, title="Loaf", formerly=formerly)})
    item = seen(session, new, user).item(key)
    assert item
    assert (item.state, item.earned, item.hours) == ("doing", 25, 40)
    assert seen(session, new, user).percent == 25
    assert "1 merged, yours kept" in learner.get("/dashboard").text
    accept(learner, new)
    item = seen(session, new, user).item(key)
    assert item
    assert (item.state, item.earned, item.hours) == ("doing", 25, 30)
    tick(learner, key)
    assert seen(session, new, user).hours_done == 30
    assert {r.milestone: r.done_on for r in session.scalars(select(MilestoneState))}["rolls"] in (
        dt.date(2027, 2, 20), TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(("key", "gone"), MERGES.values(), ids=MERGES)
def test_a_merged_milestone_is_ticked_and_taken_back_as_a_whole(
    learner: FlaskClient, session: Session, app: Flask, user: User, key: str, gone: dict[str, None]
) -> None:
    tick(learner, "rolls", on="2027-02-20")
    formerly = [old for old in ("oven", "rolls") if old != key]
    new = newer(app, oven=None, **gone, **{key: step(30, 2, title="Loaf", formerly=formerly)})
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        page = learner.post(f"/milestones/baker/{key}", data={"state": "done"}, follow_redirects=True).text
    item = seen(session, new, user).item(key)
    assert item
    assert (item.state, item.earned) == ("done", 40)
    entry = page.split('name="entry" value="')[-1].split('"')[0]
    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        learner.post(f"/milestones/baker/{key}/undo", data={"entry": entry})
    item = seen(session, new, user).item(key)
    assert item
    assert (item.state, item.earned) == ("doing", 25)


def test_all_parts_done_is_done_also_after_accepting(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    tick(learner, "rolls", on="2027-02-20")
    tick(learner, "oven", on="2027-02-24")
    new = newer(app, oven=None, rolls=None, loaf=step(30, 2, title="Loaf", formerly=["oven", "rolls"]))
    for _ in range(2):
        item = seen(session, new, user).item("loaf")
        assert item
        assert (item.state, item.done_on, item.hours) == ("done", dt.date(2027, 2, 24), 40)
        accept(learner, new)


def test_undo_of_a_tick_from_before_a_rename_still_works(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    page = learner.post("/milestones/baker/oven", data={"state": "done"}, follow_redirects=True).text
    entry = page.split('name="entry" value="')[1].split('"')[0]
    new = newer(app, oven=None, stove=step(15, 2, title="The stove", formerly=["oven"]))
    learner.post("/milestones/baker/stove/undo", data={"entry": entry})
    item = seen(session, new, user).item("stove")
    assert item
    assert item.state == "todo"


def test_of_two_devices_the_second_sees_what_is_there_now(
    learner: FlaskClient, session: Session, app: Flask, user: User
) -> None:
    old = newer(app, crust=step(10, 2, title="Crust"))
    newer(app, crust=step(12, 2, title="Crust"))
    accept(learner, old)
    assert len(revisions(session)) == 1
    assert "changed meanwhile" in learner.get("/plan/changes").text


@pytest.mark.parametrize("address", ["/dashboard", "/plan"])
def test_an_offer_costs_one_query(
    learner: FlaskClient, connection: Connection, app: Flask, user: User, address: str
) -> None:
    with counted(connection) as before:
        learner.get(address)
    newer(app, crust=step(10, 2, title="Crust"))
    with counted(connection) as offered:
        learner.get(address)
    assert len(offered) == len(before) + 1 <= MAX_QUERIES


def test_a_stranger_cannot_answer_for_me(learner: FlaskClient, session: Session, app: Flask, user: User) -> None:
    new = newer(app, crust=step(10, 2, title="Crust"))
    learner.post("/logout")
    log_in(learner, make_user(session, "mallory@example.org"))
    data = {"revision": 1, "version": new.paths["baker"].version, "answer": "accept"}
    assert learner.post("/plan/changes", data=data).status_code == 404
    assert len(revisions(session)) == 1
