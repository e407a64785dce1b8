"""The palette: from a few letters to a tick, a log entry or a page; the page does the same without scripts."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.counting import asked
from tests.people import TODAY, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.models import User
from tracker.palette.commands import Command, Place, commands
from tracker.progress.overview import Overview
from tracker.progress.queries import overview

PLACES = [Place("progress.plan", "Plan", "phases"), Place("study.log", "Study log", "time")]


@pytest.fixture
def board(session: Session, catalog: Catalog, learner: FlaskClient, user: User) -> Overview:
    return overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)


def offered(board: Overview | None, catalog: Catalog, question: str, *, timing: bool = False) -> list[Command]:
    return commands(question, overview=board, places=PLACES, catalog=catalog, timing=timing, today=TODAY)


def said(line: Command) -> str:
    return f"{line.kind} {line.item.key if line.item else ''}".strip()


def test_before_anything_is_typed_the_next_steps_come_first_then_the_pages(board: Overview, catalog: Catalog) -> None:
    lines = offered(board, catalog, "")
    assert [said(line) for line in lines[:3]] == [f"tick {item.key}" for item in board.next_items[:3]]
    assert [line.kind for line in lines[3:]] == ["start-timer", "place", "place"]


@pytest.mark.parametrize("question", ["numpy", "NUM", "done numpy", "tick nump", "  Numpy  "])
def test_a_few_letters_find_the_milestone_to_tick(board: Overview, catalog: Catalog, question: str) -> None:
    assert said(offered(board, catalog, question)[0]) == "tick numpy"


def test_letters_from_the_middle_of_a_word_do_not(board: Overview, catalog: Catalog) -> None:
    assert "tick numpy" not in [said(line) for line in offered(board, catalog, "umpy")]


def test_a_verb_narrows_it(board: Overview, catalog: Catalog) -> None:
    assert {line.kind for line in offered(board, catalog, "open numpy")} == {"open"}
    assert {line.kind for line in offered(board, catalog, "done numpy")} == {"tick"}
    assert {line.kind for line in offered(board, catalog, "find numpy")} == {"found"}


def test_time_is_understood_as_in_the_log(board: Overview, catalog: Catalog) -> None:
    line = offered(board, catalog, "45m pandas yesterday")[0]
    assert line.kind == "log"
    assert line.entry is not None
    assert (line.entry.minutes, line.entry.milestone, (TODAY - line.entry.on).days) == (45, "pandas", 1)


def test_the_timer_is_started_or_stopped(board: Overview, catalog: Catalog) -> None:
    assert [line.kind for line in offered(board, catalog, "timer")] == ["start-timer"]
    assert "stop-timer" in [line.kind for line in offered(board, catalog, "stop timer", timing=True)]


def test_who_is_on_no_path_gets_pages_and_the_search(catalog: Catalog) -> None:
    assert {line.kind for line in offered(None, catalog, "plan")} == {"place", "found"}


def test_what_is_done_can_be_set_back(learner: FlaskClient, session: Session, catalog: Catalog, user: User) -> None:
    learner.post("/milestones/ml-engineer/numpy", data={"state": "done"})
    board = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)
    assert "tick numpy" not in [said(line) for line in offered(board, catalog, "numpy")]
    assert "reopen numpy" in [said(line) for line in offered(board, catalog, "numpy")]


def test_the_page_ticks_without_scripts_and_comes_back(learner: FlaskClient) -> None:
    page = learner.get("/palette?q=done+numpy&from=/log").text
    form = page.split('action="/milestones/ml-engineer/numpy"', 1)[1].split("</form>", 1)[0]
    fields = dict(re.findall(r'name="(state|next)" value="([^"]+)"', form))
    assert fields == {"state": "done", "next": "/log"}
    answer = learner.post("/milestones/ml-engineer/numpy", data=fields)
    assert (answer.status_code, answer.location) == (303, "/log")
    assert "Done: NumPy" in learner.get("/log").text


def test_the_way_back_is_never_to_another_site(learner: FlaskClient) -> None:
    assert "evil.example" not in learner.get("/palette?from=//evil.example/").text


def test_nothing_that_fits_says_so(learner: FlaskClient) -> None:
    assert "Nothing fits" in learner.get("/palette?q=xyzzyx").text
    assert "Nothing fits" in learner.get("/palette?q=" + "ä" * 5000).text


def test_scripts_get_the_lines_alone(learner: FlaskClient) -> None:
    piece = learner.get("/palette?q=plan", headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert 'href="/plan"' in piece


def test_it_asks_as_much_as_the_dashboard_at_most(learner: FlaskClient, connection: Connection) -> None:
    with asked(connection) as statements:
        learner.get("/palette?q=numpy")
    assert len(statements) <= 8


def test_only_an_administrator_is_shown_the_outbox(learner: FlaskClient) -> None:
    assert "/admin" not in learner.get("/palette?q=outbox").text


def test_a_stranger_cannot(client: FlaskClient, session: Session) -> None:
    for address in ("/palette", "/shortcuts"):
        assert "/login" in client.get(address).headers["Location"]
    log_in(client, make_user(session, "stranger@example.org"))
    assert "Mark as done" not in client.get("/palette").text, "somebody without a path has nothing to tick"
