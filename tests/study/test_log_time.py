"""Time in the log: shown before it is kept, corrected, deleted, brought back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user
from tracker.catalog.schema import Catalog
from tracker.models import StudySession, User
from tracker.study.queries import SHOWN

ENTRY = {"on": "2027-03-01", "minutes": "45", "milestone": "pandas", "note": "groupby"}


def entries(session: Session) -> list[StudySession]:
    session.expire_all()
    return list(session.scalars(select(StudySession).order_by(StudySession.id)))


def test_a_line_is_shown_as_understood_and_not_kept(learner: FlaskClient, session: Session) -> None:
    page = learner.get("/log?entry=45m+pandas+yesterday").text
    assert "Understood; is it right?" in page
    assert 'value="2027-02-28"' in page
    assert 'value="45"' in page
    assert re.search(r'<option selected value="pandas"', page)
    assert entries(session) == []


def test_a_line_without_minutes_is_kept_with_a_sentence(learner: FlaskClient) -> None:
    answer = learner.get("/log?entry=pandas+yesterday")
    assert answer.status_code == 422
    assert "Say how long" in answer.text
    assert 'value="pandas yesterday"' in answer.text


def test_the_form_keeps_it(learner: FlaskClient, session: Session) -> None:
    assert learner.post("/log", data=ENTRY).status_code == 303
    (row,) = entries(session)
    assert (row.on_day, row.minutes, row.milestone, row.note) == (dt.date(2027, 3, 1), 45, "pandas", "groupby")
    assert "45 min" in learner.get("/log").text
    assert ">0.8 <" in learner.get("/dashboard").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": "2027-03-02"}, "That day is still to come"),
        ({"on": "1066-10-14"}, "Choose a day from 1990 on"),
        ({"on": "yesterday"}, "Give a date such as"),
        ({"on": ""}, "Give the day"),
        ({"minutes": "1500"}, "from 1 minute to 24 hours"),
        ({"minutes": "0"}, "from 1 minute to 24 hours"),
        ({"minutes": "-5"}, "from 1 minute to 24 hours"),
        ({"minutes": "many"}, "Give whole minutes"),
        ({"minutes": ""}, "Give the minutes"),
        ({"milestone": "alchemy"}, "The path has no such milestone"),
        ({"note": "x" * 501}, "at most 500 characters"),
        ({"note": "a\x00b"}, "NUL"),
    ],
)
def test_what_cannot_be_is_refused_and_the_rest_is_kept(
    learner: FlaskClient, session: Session, change: dict[str, str], sentence: str
) -> None:
    answer = learner.post("/log", data=ENTRY | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    if "note" not in change:
        assert 'value="groupby"' in answer.text
    assert entries(session) == []


def test_a_day_has_24_hours(learner: FlaskClient, session: Session) -> None:
    learner.post("/log", data=ENTRY | {"minutes": "1400"})
    answer = learner.post("/log", data=ENTRY)
    assert answer.status_code == 422
    assert "23 h 20 min of that one are logged already" in answer.text
    assert len(entries(session)) == 1


def test_an_entry_is_corrected(learner: FlaskClient, session: Session) -> None:
    learner.post("/log", data=ENTRY | {"minutes": "1400"})
    number = entries(session)[0].id
    assert 'value="1400"' in learner.get(f"/log/{number}").text
    assert learner.post(f"/log/{number}", data=ENTRY | {"minutes": "90"}).status_code == 303
    assert [row.minutes for row in entries(session)] == [90]
    assert learner.post(f"/log/{number}", data=ENTRY | {"minutes": "1441"}).status_code == 422


def undo(page: str) -> tuple[str, dict[str, str]]:
    """Where the undo of the newest message leads, and what it sends."""
    forms = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', page.split("toasts", 1)[1], re.DOTALL)
    address, fields = forms[-1]
    return address, dict(re.findall(r'name="(\w+)" value="([^"]*)"', fields))


def test_what_was_logged_can_be_undone(learner: FlaskClient, session: Session) -> None:
    address, fields = undo(learner.post("/log", data=ENTRY, follow_redirects=True).text)
    assert learner.post(address, data=fields).status_code == 303
    assert entries(session) == []


def test_a_correction_can_be_undone(learner: FlaskClient, session: Session) -> None:
    learner.post("/log", data=ENTRY)
    number = entries(session)[0].id
    page = learner.post(f"/log/{number}", data=ENTRY | {"minutes": "90", "note": ""}, follow_redirects=True).text
    address, fields = undo(page)
    assert learner.post(address, data=fields).status_code == 303
    (row,) = entries(session)
    assert (row.minutes, row.note) == (45, "groupby")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_same_form_sent_again_much_later_is_one_entry(learner: FlaskClient, session: Session) -> None:
    form = ENTRY | {"key": hidden(learner.get("/log").text, "key")}
    assert learner.post("/log", data=form).status_code == 303
    with time_machine.travel(NOW + dt.timedelta(minutes=10), tick=False):
        page = learner.post("/log", data=form, follow_redirects=True).text
    assert "Logged: 45 min" in page
    assert len(entries(session)) == 1
    assert undo(page)[0] == f"/log/{entries(session)[0].id}/delete"


def test_two_equal_sessions_that_are_meant_are_two(learner: FlaskClient, session: Session) -> None:
    for _ in range(2):
        form = ENTRY | {"key": hidden(learner.get("/log").text, "key")}
        assert learner.post("/log", data=form).status_code == 303
    assert len(entries(session)) == 2


def test_another_entry_out_of_the_same_form_is_kept(learner: FlaskClient, session: Session) -> None:
    form = ENTRY | {"key": hidden(learner.get("/log").text, "key")}
    learner.post("/log", data=form)
    learner.post("/log", data=form | {"minutes": "50"})
    assert [row.minutes for row in entries(session)] == [45, 50]


def test_a_form_that_came_back_is_still_the_same_one(learner: FlaskClient) -> None:
    key = hidden(learner.get("/log").text, "key")
    assert hidden(learner.post("/log", data=ENTRY | {"key": key, "minutes": ""}).text, "key") == key


def test_an_entry_that_another_device_has_corrected_is_not_overwritten_unseen(
    learner: FlaskClient, session: Session
) -> None:
    learner.post("/log", data=ENTRY)
    address = f"/log/{entries(session)[0].id}"
    seen = hidden(learner.get(address).text, "seen")
    learner.post(address, data=ENTRY | {"minutes": "90", "note": "From the phone", "seen": seen})
    refused = learner.post(address, data=ENTRY | {"minutes": "30", "note": "From the laptop", "seen": seen})
    assert refused.status_code == 409
    assert "changed meanwhile" in refused.text
    assert "<b>1 h 30 min</b>" in refused.text
    assert "From the phone" in refused.text
    assert 'value="From the laptop"' in refused.text
    assert [row.minutes for row in entries(session)] == [90]
    again = ENTRY | {"minutes": "30", "seen": hidden(refused.text, "seen")}
    assert learner.post(address, data=again).status_code == 303
    assert [row.minutes for row in entries(session)] == [30]


def test_undo_takes_nothing_back_that_another_device_has_changed_since(learner: FlaskClient, session: Session) -> None:
    learner.post("/log", data=ENTRY)
    number = entries(session)[0].id
    page = learner.post(f"/log/{number}", data=ENTRY | {"minutes": "90"}, follow_redirects=True).text
    learner.post(f"/log/{number}", data=ENTRY | {"minutes": "120"})
    address, fields = undo(page)
    assert learner.post(address, data=fields).status_code == 409
    assert [row.minutes for row in entries(session)] == [120]


def test_bringing_back_twice_brings_back_one(learner: FlaskClient, session: Session) -> None:
    learner.post("/log", data=ENTRY)
    page = learner.post(f"/log/{entries(session)[0].id}/delete", follow_redirects=True).text
    address, fields = undo(page)
    for minute in range(2):
        with time_machine.travel(NOW + dt.timedelta(minutes=minute), tick=False):
            assert learner.post(address, data=fields).status_code == 303
    assert len(entries(session)) == 1


def test_older_entries_are_on_further_pages(learner: FlaskClient, session: Session, user: User) -> None:
    for back in range(SHOWN + 2):
        on = TODAY - dt.timedelta(days=back)
        session.add(
            StudySession(user_id=user.id, path="ml-engineer", on_day=on, minutes=30 + back, note="", created_at=NOW)
        )
    session.commit()
    first, second = learner.get("/log").text, learner.get("/log?page=2").text
    assert 'href="/log?page=2"' in first
    assert len(re.findall(r'aria-label="Delete', first)) == SHOWN
    assert len(re.findall(r'aria-label="Delete', second)) == 2
    assert "Older entries</a>" not in second
    assert "There are no older entries" in learner.get("/log?page=99").text
    assert learner.get("/log?page=-1").status_code == 200


def test_a_deleted_entry_can_be_brought_back(learner: FlaskClient, session: Session) -> None:
    learner.post("/log", data=ENTRY)
    page = learner.post(f"/log/{entries(session)[0].id}/delete", follow_redirects=True).text
    assert entries(session) == []
    address, fields = undo(page)
    assert address == "/log"
    assert learner.post("/log", data=fields).status_code == 303
    (row,) = entries(session)
    assert (row.minutes, row.milestone, row.note) == (45, "pandas", "groupby")


def test_a_change_of_zone_moves_no_past_day(learner: FlaskClient, session: Session, user: User) -> None:
    learner.post("/log", data=ENTRY)
    user.timezone = "Pacific/Auckland"
    session.commit()
    assert [row.on_day for row in entries(session)] == [TODAY]


def test_a_stranger_cannot_see_change_or_delete_it(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    log_in(client, user)
    client.post("/log", data=ENTRY)
    number = entries(session)[0].id
    client.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    assert "groupby" not in client.get("/log").text
    assert client.get(f"/log/{number}").status_code == 404
    assert client.post(f"/log/{number}", data=ENTRY).status_code == 404
    assert client.post(f"/log/{number}/delete").status_code == 404
    assert len(entries(session)) == 1
