"""A log-in that ends while somebody types: what was typed stays, and is sent again after a new log-in."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tests.people import enrol, log_in, make_user
from tracker.catalog.schema import Catalog
from tracker.models import User, UserSession

NOTE = "/milestones/ml-engineer/numpy/note"
LONG = "Broadcasting finally makes sense: " + "shapes are aligned from the right; " * 40 + "<b>done</b>"
OURS = {"Sec-Fetch-Site": "same-origin"}


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def typing(csrf_client: FlaskClient, session: Session, catalog: Catalog) -> tuple[User, str]:
    """Somebody with the page of a milestone open, whose session was ended from elsewhere; the page's token."""
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user)
    _log_in(csrf_client, user)
    opened = token(csrf_client.get("/milestones/ml-engineer/numpy").text)
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    session.commit()
    return user, opened


def _log_in(client: FlaskClient, user: User) -> None:
    client.environ_base["HTTP_X_CSRFTOKEN"] = token(client.get("/login").text)
    log_in(client, user)
    del client.environ_base["HTTP_X_CSRFTOKEN"]


def test_a_long_note_is_still_there_after_the_log_in(csrf_client: FlaskClient, typing: tuple[User, str]) -> None:
    user, opened = typing
    fields = {"body": LONG, "csrf_token": opened}
    answer = csrf_client.post(NOTE, data=fields, headers=OURS)
    assert answer.status_code == 403
    assert "not logged in any more" in answer.text
    assert html.escape(LONG, quote=False) in answer.text.replace("&#34;", '"').replace("&#39;", "'")
    again = csrf_client.post(NOTE, data={**fields, "csrf_token": token(answer.text)}, headers=OURS)
    assert (again.status_code, LONG in html.unescape(again.text)) == (403, True), "sent again without a log-in"
    _log_in(csrf_client, user)
    late = csrf_client.post(NOTE, data={**fields, "csrf_token": token(again.text)}, headers=OURS)
    if late.status_code == 403:  # the log-in made a new token, too
        assert LONG in html.unescape(late.text)
        late = csrf_client.post(NOTE, data={**fields, "csrf_token": token(late.text)}, headers=OURS)
    assert late.status_code == 303
    assert LONG in html.unescape(csrf_client.get("/milestones/ml-engineer/numpy").text)


def test_a_stranger_cannot_have_it_sent_again_from_another_site(
    csrf_client: FlaskClient, typing: tuple[User, str]
) -> None:
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = csrf_client.post(NOTE, data={"body": "planted", "csrf_token": "guessed"}, headers=headers)
        assert answer.status_code == 403
        assert "planted" not in answer.text


def test_a_password_is_in_no_page(csrf_client: FlaskClient) -> None:
    csrf_client.get("/login")
    fields = {"email": "grace@example.org", "password": "violet-harbor-quilt-27", "csrf_token": "old"}
    answer = csrf_client.post("/login", data=fields, headers=OURS)
    assert answer.status_code == 403
    assert "violet-harbor" not in answer.text
