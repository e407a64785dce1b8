"""Files in and out cost the server something: ten of each an hour, and the learner's own log tells of them."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import people
from tracker.models import SecurityEvent, User


def look_at(client: FlaskClient, content: bytes) -> TestResponse:
    return client.post("/settings/data", data={"file": (BytesIO(content), "export.json")})


def test_ten_exports_an_hour(learner: FlaskClient, filled: User) -> None:
    assert [learner.get("/export.json").status_code for _ in range(5)] == [200] * 5
    assert [learner.get("/export.csv").status_code for _ in range(5)] == [200] * 5
    refused = learner.get("/export.json")
    assert (refused.status_code, "That was too often. Try again in" in refused.text) == (429, True)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600


def test_ten_files_an_hour_are_looked_at(learner: FlaskClient, filled: User) -> None:
    whole = learner.get("/export.json").data
    assert look_at(learner, whole).status_code == 303
    assert [look_at(learner, b"no export").status_code for _ in range(9)] == [422] * 9
    refused = look_at(learner, whole)
    assert (refused.status_code, "Many files were brought in." in refused.text) == (429, True)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert learner.post("/settings/data/import").status_code == 303, "what was looked at can still be brought in"


def test_each_has_their_own_ten(client: FlaskClient, session: Session, filled: User) -> None:
    people.log_in(client, filled)
    for _ in range(11):
        client.get("/export.json")
    client.post("/logout")
    people.log_in(client, people.make_user(session, "grace@example.org"))
    assert client.get("/export.json").status_code == 200


@pytest.mark.parametrize(
    ("kind", "said"), [("data-exported", "Everything taken along"), ("data-imported", "A file brought in")]
)
def test_the_learner_sees_it_in_the_log(
    learner: FlaskClient, session: Session, filled: User, kind: str, said: str
) -> None:
    look_at(learner, learner.get("/export.json").data)
    learner.post("/settings/data/import")
    kept = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == kind)).all()
    assert [event.user_id for event in kept] == [filled.id]
    assert said in learner.get("/settings/security").text


def test_a_stranger_cannot_use_them_up(client: FlaskClient, filled: User) -> None:
    for _ in range(12):
        assert client.get("/export.json").status_code == 302
    people.log_in(client, filled)
    assert client.get("/export.json").status_code == 200
