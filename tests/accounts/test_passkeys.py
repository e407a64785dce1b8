"""Passkeys of a phone of our own making, which also does what no honest one would (tests/browser has a real one)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.environment import NOW
from tests.factors import PRESENT, VERIFIED, Phone, add_passkey, options
from tests.people import PASSWORD, ada, log_in, make_user
from tracker.models import OutboxMail, Passkey, User


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


@pytest.fixture
def phone(client: FlaskClient, user: User) -> Phone:
    """It has a passkey of Ada's; the browser is logged out again."""
    made = Phone()
    log_in(client, user)
    add_passkey(client, made)
    client.post("/logout")
    return made


def enter(client: FlaskClient, credential: str) -> TestResponse:
    return client.post("/login/passkey", data={"credential": credential, "next": "/plan"})


def is_in(client: FlaskClient) -> bool:
    return client.get("/settings/account").status_code == 200


def test_it_opens_the_door_alone(client: FlaskClient, session: Session, phone: Phone) -> None:
    answer = enter(client, phone.use(options(client, "log-in")))
    assert (answer.status_code, answer.location) == (303, "/plan")
    assert is_in(client)
    row = session.scalars(select(Passkey)).one()
    assert (row.name, row.last_used_at, row.sign_count) == ("my phone", NOW, 1)


def test_it_is_the_second_factor_after_the_password(client: FlaskClient, user: User, phone: Phone) -> None:
    client.post("/login", data={"email": user.email, "password": PASSWORD, "next": "/plan"})
    assert not is_in(client)
    credential = phone.use(options(client, "factor"))
    answer = client.post("/login/second-factor/passkey", data={"credential": credential})
    assert (answer.status_code, answer.location) == (303, "/plan")


def test_several_have_names_and_can_be_removed(client: FlaskClient, session: Session, user: User, phone: Phone) -> None:
    enter(client, phone.use(options(client, "log-in")))
    add_passkey(client, Phone(), "<b>my stick</b>")
    page = client.get("/settings/security").text
    assert "my phone" in page
    assert "&lt;b&gt;my stick&lt;/b&gt;" in page
    first = session.scalars(select(Passkey).order_by(Passkey.id)).first()
    assert first
    client.post(f"/settings/security/passkeys/{first.id}/remove")
    client.post("/logout")
    assert "not accepted" in client.get(enter(client, phone.use(options(client, "log-in"))).location).text
    assert not is_in(client)


def test_adding_and_removing_one_is_told_by_mail(client: FlaskClient, session: Session, phone: Phone) -> None:
    enter(client, phone.use(options(client, "log-in")))
    client.post(f"/settings/security/passkeys/{session.scalars(select(Passkey.id)).one()}/remove")
    mails = session.scalars(select(OutboxMail).where(OutboxMail.kind == "factor-changed").order_by(OutboxMail.id))
    assert [mail.context["what"] for mail in mails] == ["passkey-added", "passkey-removed"]


@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_is_taken_once(client: FlaskClient, phone: Phone, counts: bool) -> None:
    """Replayed with the very cookie it was made for; also that of a passkey which does not count its uses."""
    phone.counts = counts
    credential = phone.use(options(client, "log-in"))
    cookie = client.get_cookie("waymark")
    assert cookie
    enter(client, credential)
    client.post("/logout")
    client.set_cookie("waymark", cookie.value)
    enter(client, credential)
    assert not is_in(client)


def test_an_answer_is_for_one_browser(client: FlaskClient, phone: Phone) -> None:
    credential = phone.use(options(client, "log-in"))
    other = client.application.test_client()
    options(other, "log-in")
    enter(other, credential)
    assert not is_in(other)


def test_an_answer_is_for_five_minutes(client: FlaskClient, phone: Phone) -> None:
    wished = options(client, "log-in")
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        enter(client, phone.use(wished))
        assert not is_in(client)


def test_an_answer_is_for_one_purpose(client: FlaskClient, user: User, phone: Phone) -> None:
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    enter(client, phone.use(options(client, "factor")))
    assert not is_in(client)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "http://localhost.evil.example"])
def test_an_answer_given_to_another_site_is_refused(client: FlaskClient, phone: Phone, origin: str) -> None:
    wished, phone.origin = options(client, "log-in"), origin
    enter(client, phone.use(wished))
    assert not is_in(client)


def test_an_answer_for_another_name_is_refused(client: FlaskClient, phone: Phone) -> None:
    wished, phone.site = options(client, "log-in"), "evil.example"
    enter(client, phone.use(wished))
    assert not is_in(client)


@pytest.mark.parametrize("flags", [PRESENT, VERIFIED, 0])
def test_the_phone_must_know_its_owner(client: FlaskClient, phone: Phone, flags: int) -> None:
    enter(client, phone.use(options(client, "log-in"), flags=flags))
    assert not is_in(client)


def test_a_copied_phone_is_noticed_by_its_count(client: FlaskClient, phone: Phone) -> None:
    enter(client, phone.use(options(client, "log-in")))
    client.post("/logout")
    phone.count = 0
    enter(client, phone.use(options(client, "log-in")))
    assert not is_in(client)


def test_one_that_belongs_to_somebody_is_not_added_again(client: FlaskClient, session: Session, phone: Phone) -> None:
    mallory = client.application.test_client()
    log_in(mallory, make_user(session, "mallory@example.org"))
    made = phone.create(options(mallory, "add"))
    answer = mallory.post("/settings/security/passkeys", data={"credential": made})
    assert answer.status_code == 422
    assert "belongs to an account already" in answer.text


@pytest.mark.parametrize("sent", ["", "x", "{}", "[]", "[" * 5000, '{"id": 1}', "null", "x" * 20_001, "\x00"])
def test_nonsense_is_refused_in_a_sentence(client: FlaskClient, user: User, phone: Phone, sent: str) -> None:
    assert enter(client, sent).status_code == 303
    log_in_again = client.post("/login", data={"email": user.email, "password": PASSWORD})
    assert log_in_again.location == "/login/second-factor"
    assert client.post("/login/second-factor/passkey", data={"credential": sent}).status_code == 422
    enter(client, phone.use(options(client, "log-in")))
    assert client.post("/settings/security/passkeys", data={"credential": sent}).status_code == 422


def test_every_byte_of_an_answer_counts(client: FlaskClient, phone: Phone) -> None:
    for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        said = json.loads(phone.use(options(client, "log-in")))
        text = said["response"][part]
        said["response"][part] = text[:10] + ("A" if text[10] != "A" else "B") + text[11:]
        enter(client, json.dumps(said))
        assert not is_in(client), part


def test_asking_for_a_wish_writes_nothing(client: FlaskClient, session: Session, phone: Phone) -> None:
    wished = json.loads(options(client, "log-in"))
    assert wished.get("allowCredentials", []) == [], "strangers learn of nobody's passkeys"
    assert wished["userVerification"] == "required"
    assert len(wished["challenge"]) > 22, "128 bits"


def test_a_stranger_cannot_use_or_remove_somebody_elses(
    client: FlaskClient, session: Session, user: User, phone: Phone
) -> None:
    for purpose in ("add", "prove", "factor", "nonsense"):
        assert client.post(f"/passkeys/options/{purpose}").status_code == 404
    mallory, theirs = client.application.test_client(), Phone()
    log_in(mallory, make_user(session, "mallory@example.org"))
    add_passkey(mallory, theirs)
    adas = session.scalars(select(Passkey).where(Passkey.user_id == user.id)).one()
    assert mallory.post(f"/settings/security/passkeys/{adas.id}/remove").status_code == 404
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    answer = client.post("/login/second-factor/passkey", data={"credential": theirs.use(options(client, "factor"))})
    assert answer.status_code == 422
    assert not is_in(client)
