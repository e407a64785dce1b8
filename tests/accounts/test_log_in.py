"""In and out: a random id in the cookie, everything else on the server."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import PASSWORD, ada, log_in, make_user
from tracker.accounts import entry, passwords
from tracker.accounts.visit import Visit
from tracker.models import User, UserSession


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("waymark")
    assert found
    return found.value


def test_address_and_password_open_the_door(client: FlaskClient, session: Session) -> None:
    user = ada(session)
    answer = client.post("/login", data={"email": " ADA@example.org ", "password": PASSWORD, "next": "/plan"})
    assert (answer.status_code, answer.location) == (303, "/plan")
    assert client.get("/settings/account").status_code == 200
    row = session.scalars(select(UserSession)).one()
    assert row.user_id == user.id
    assert row.id_hash not in cookie(client)


def test_a_password_that_is_changed_at_this_moment_opens_nothing_any_more(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = ada(session)
    judging = passwords.verify

    def judge_while_it_is_changed(kept: str | None, password: str, settings: Settings) -> bool:
        good = judging(kept, password, settings)
        changed = update(User).values(password_hash=passwords.hash_password("copper-lantern-orchard-3", settings))
        session.execute(changed, execution_options={"synchronize_session": False})
        session.commit()
        return good

    monkeypatch.setattr(passwords, "verify", judge_while_it_is_changed)
    assert client.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422
    assert client.get("/settings/account").status_code == 302


def test_a_page_that_needs_it_asks_and_then_goes_on(client: FlaskClient, session: Session) -> None:
    asked = client.get("/plan")
    assert asked.status_code == 302
    assert asked.location == "/login?next=/plan"


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.org", "wrong-password-1"), ("nobody@example.org", PASSWORD), ("nonsense", PASSWORD)],
)
def test_a_wrong_pair_is_not_told_apart(client: FlaskClient, session: Session, email: str, password: str) -> None:
    ada(session)
    answer = client.post("/login", data={"email": email, "password": password})
    assert answer.status_code == 422
    assert "Address and password do not fit together." in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text


def test_a_new_log_in_never_takes_over_an_old_cookie(client: FlaskClient, session: Session) -> None:
    client.get("/login")
    planted = cookie(client)
    log_in(client, ada(session))
    assert cookie(client) != planted


def test_logging_out_ends_the_session_on_the_server(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    stolen = cookie(client)
    assert client.post("/logout").status_code == 303
    client.set_cookie("waymark", stolen)
    assert client.get("/settings/account").status_code == 302
    assert session.scalars(select(UserSession)).all() == []


def test_logging_out_is_a_post(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    assert client.get("/logout").status_code == 405
    assert client.get("/settings/account").status_code == 200


def test_a_log_in_ends_after_a_fortnight_without_use(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    with time_machine.travel(NOW + dt.timedelta(days=13), tick=False):
        assert client.get("/settings/account").status_code == 200
    with time_machine.travel(NOW + dt.timedelta(days=26), tick=False):
        assert client.get("/settings/account").status_code == 200
    with time_machine.travel(NOW + dt.timedelta(days=31), tick=False):
        assert client.get("/settings/account").status_code == 302


def test_the_hash_grows_with_its_cost(session: Session, settings: Settings, now: dt.datetime) -> None:
    user = ada(session)
    before = user.password_hash
    raised = Settings(
        settings.instance_dir, settings.database_url, settings.secret_key, settings.base_url, password_memory_kib=128
    )
    assert entry.with_password(session, email=user.email, password=PASSWORD, settings=raised, visit=Visit(), now=now)
    after = session.get_one(User, user.id, populate_existing=True).password_hash
    assert "m=64" in before
    assert "m=128" in after


def test_a_private_page_is_kept_in_no_cache(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    assert client.get("/settings/account").headers["Cache-Control"] == "no-store"


def test_a_stranger_cannot_use_somebody_elses_session_for_themselves(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    assert "ada@example.org" in client.get("/settings/account").text
    other = client.application.test_client()
    log_in(other, make_user(session, "mallory@example.org"))
    assert "ada@example.org" not in other.get("/settings/account").text
