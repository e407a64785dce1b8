"""After the password, the second factor: a code of the app once, a recovery code once, a passkey once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.factors import code, make_codes, set_up_app
from tests.people import PASSWORD, ada, log_in, make_user
from tracker.models import Authenticator, OutboxMail, RecoveryCode, SecurityEvent, User, UserSession

HALF_MINUTE = dt.timedelta(seconds=30)
SECOND = "/login/second-factor"


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


@pytest.fixture
def secret(client: FlaskClient, user: User) -> str:
    """An app that is in force; the browser is logged out again."""
    log_in(client, user)
    made = set_up_app(client)
    client.post("/logout")
    return made


def give_password(client: FlaskClient, user: User, onward: str = "/plan") -> None:
    answer = client.post("/login", data={"email": user.email, "password": PASSWORD, "next": onward})
    assert (answer.status_code, answer.location) == (303, SECOND)


def is_in(client: FlaskClient) -> bool:
    return client.get("/settings/account").status_code == 200


def test_the_password_alone_opens_nothing(client: FlaskClient, user: User, secret: str) -> None:
    give_password(client, user)
    assert not is_in(client)
    assert client.get(SECOND).status_code == 200
    answer = client.post(SECOND, data={"code": code(secret)})
    assert (answer.status_code, answer.location) == (303, "/plan")
    assert is_in(client)


def test_spaces_in_the_code_do_not_matter(client: FlaskClient, user: User, secret: str) -> None:
    give_password(client, user)
    shown = code(secret)
    assert client.post(SECOND, data={"code": f" {shown[:3]} {shown[3:]} "}).status_code == 303


def test_an_address_that_is_not_confirmed_makes_them_weak_and_the_page_says_so(
    client: FlaskClient, session: Session
) -> None:
    said = "Your address is not confirmed yet. Until it is"
    user = make_user(session, "grace@example.org", confirmed=False)
    log_in(client, user)
    assert said not in client.get("/settings/security").text, "there are none to be taken off"
    set_up_app(client)
    assert said in client.get("/settings/security").text
    user.email_confirmed_at = NOW
    session.commit()
    assert said not in client.get("/settings/security").text


def test_a_code_is_good_once(client: FlaskClient, user: User, secret: str) -> None:
    give_password(client, user)
    client.post(SECOND, data={"code": code(secret)})
    other = client.application.test_client()
    give_password(other, user)
    again = other.post(SECOND, data={"code": code(secret)})
    assert again.status_code == 422
    assert "each can be used once" in again.text


@pytest.mark.parametrize(("steps", "status"), [(-3, 422), (-2, 422), (0, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_half_a_minute_wrong(
    client: FlaskClient, user: User, secret: str, steps: int, status: int
) -> None:
    give_password(client, user)
    assert client.post(SECOND, data={"code": code(secret, NOW + steps * HALF_MINUTE)}).status_code == status


@pytest.mark.parametrize("typed", ["", "000000", "12345", "абвгде", "x" * 61, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"])
def test_a_wrong_code_is_told_and_opens_nothing(client: FlaskClient, user: User, secret: str, typed: str) -> None:
    give_password(client, user)
    assert client.post(SECOND, data={"code": typed}).status_code == 422
    assert not is_in(client)


def test_after_five_wrong_codes_the_right_one_has_to_wait(client: FlaskClient, user: User, secret: str) -> None:
    give_password(client, user)
    for _ in range(5):
        assert client.post(SECOND, data={"code": "000000"}).status_code == 422
    refused = client.post(SECOND, data={"code": code(secret)})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 300
    later = NOW + dt.timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        assert client.post(SECOND, data={"code": code(secret, later)}).status_code == 303


def test_twenty_wrong_codes_are_enough_for_an_hour(client: FlaskClient, user: User, secret: str) -> None:
    for minutes in (0, 5, 10, 15):
        with time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False):
            give_password(client, user)
            for _ in range(5):
                client.post(SECOND, data={"code": "000000"})
    later = NOW + dt.timedelta(minutes=20)
    with time_machine.travel(later, tick=False):
        give_password(client, user)
        refused = client.post(SECOND, data={"code": code(secret, later)})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 300


def test_the_step_ends_after_ten_minutes(client: FlaskClient, user: User, secret: str) -> None:
    give_password(client, user)
    later = NOW + dt.timedelta(minutes=11)
    with time_machine.travel(later, tick=False):
        answer = client.post(SECOND, data={"code": code(secret, later)})
    assert answer.location == "/login"


def test_the_step_ends_with_the_password(client: FlaskClient, session: Session, user: User, secret: str) -> None:
    give_password(client, user)
    session.get_one(User, user.id, populate_existing=True).password_hash = "another"
    session.commit()
    assert client.post(SECOND, data={"code": code(secret)}).location == "/login"


def test_the_cookie_is_another_after_each_step(client: FlaskClient, user: User, secret: str) -> None:
    def token() -> str:
        found = client.get_cookie("waymark")
        return found.value if found else ""

    client.get("/login")
    first = token()
    give_password(client, user)
    second = token()
    client.post(SECOND, data={"code": code(secret)})
    assert len({first, second, token()}) == 3


def test_the_secret_is_shown_until_its_first_code_and_never_again(
    client: FlaskClient, session: Session, user: User
) -> None:
    log_in(client, user)
    secret = set_up_app(client)
    assert client.get("/settings/security/app").status_code == 303
    for address in ("/settings/security", "/settings/security/recovery-codes"):
        assert secret not in client.get(address).text
    row = session.scalars(select(Authenticator)).one()
    assert secret not in row.secret, "the database alone makes no codes"
    assert client.post("/settings/security/app").status_code == 409, "an app in force is not replaced by accident"


def test_setting_it_up_wants_a_right_code(client: FlaskClient, session: Session, user: User) -> None:
    log_in(client, user)
    client.post("/settings/security/app")
    assert client.post("/settings/security/app/confirm", data={"code": "000000"}).status_code == 422
    client.post("/logout")
    assert client.post("/login", data={"email": user.email, "password": PASSWORD}).location == "/dashboard"


def test_setting_it_up_logs_all_other_devices_out_and_tells_by_mail(
    client: FlaskClient, session: Session, user: User
) -> None:
    other = client.application.test_client()
    log_in(other, user)
    log_in(client, user)
    set_up_app(client)
    assert is_in(client)
    assert not is_in(other)
    told = session.scalars(select(OutboxMail).where(OutboxMail.kind == "factor-changed")).one()
    assert (told.recipient, told.context) == (user.email, {"what": "authenticator-added"})
    assert session.scalars(select(UserSession)).one().second_factor


def test_the_picture_is_drawn_without_inline_style(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    client.post("/settings/security/app")
    page = client.get("/settings/security/app").text
    assert '<svg viewBox="' in page
    assert not re.search(r"\sstyle=|<style|<script(?! src)", page)


def test_removed_it_is_asked_for_no_more(client: FlaskClient, session: Session, user: User, secret: str) -> None:
    give_password(client, user)
    client.post(SECOND, data={"code": code(secret)})
    make_codes(client)
    client.post("/settings/security/app/remove")
    assert session.scalars(select(RecoveryCode)).all() == []
    client.post("/logout")
    assert client.post("/login", data={"email": user.email, "password": PASSWORD}).location == "/dashboard"


def test_a_recovery_code_lets_in_once(client: FlaskClient, session: Session, user: User, secret: str) -> None:
    give_password(client, user)
    client.post(SECOND, data={"code": code(secret)})
    codes = make_codes(client)
    assert len(set(codes)) == 8
    client.post("/logout")
    give_password(client, user)
    assert client.post(SECOND, data={"code": codes[0].lower().replace("-", " ")}).status_code == 303
    client.post("/logout")
    give_password(client, user)
    again = client.post(SECOND, data={"code": codes[0]})
    assert again.status_code == 422
    assert "was used already" in again.text
    assert client.post(SECOND, data={"code": codes[1]}).status_code == 303
    assert "6 left" in client.get("/settings/security").text


def test_recovery_codes_are_kept_as_hashes_and_shown_once(
    client: FlaskClient, session: Session, user: User, secret: str
) -> None:
    give_password(client, user)
    client.post(SECOND, data={"code": code(secret)})
    codes = make_codes(client)
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(kept) == 8
    assert not {shown for shown in codes if shown in kept or shown.replace("-", "") in kept}
    assert not [shown for shown in codes if shown in client.get("/settings/security/recovery-codes").text]
    assert min(len(shown.replace("-", "")) * 5 for shown in codes) >= 112, "bits: enough for a plain hash"


def test_new_recovery_codes_make_the_old_ones_void(client: FlaskClient, user: User, secret: str) -> None:
    give_password(client, user)
    client.post(SECOND, data={"code": code(secret)})
    old, new = make_codes(client), make_codes(client)
    client.post("/logout")
    give_password(client, user)
    assert client.post(SECOND, data={"code": old[0]}).status_code == 422
    assert client.post(SECOND, data={"code": new[0]}).status_code == 303


def test_without_a_second_factor_there_are_no_recovery_codes(client: FlaskClient, user: User) -> None:
    log_in(client, user)
    assert client.get("/settings/security/recovery-codes").location == "/settings/security"
    assert client.post("/settings/security/recovery-codes").status_code == 409


def test_wrong_ones_are_in_the_security_log(client: FlaskClient, session: Session, user: User, secret: str) -> None:
    give_password(client, user)
    client.post(SECOND, data={"code": "000000"})
    last = session.scalars(select(SecurityEvent).order_by(SecurityEvent.id.desc())).first()
    assert last
    assert (last.kind, last.user_id) == ("factor-failed", user.id)


def test_a_stranger_cannot_skip_the_password_or_use_their_own_app(
    client: FlaskClient, session: Session, user: User, secret: str
) -> None:
    assert client.get(SECOND).location == "/login"
    assert client.post(SECOND, data={"code": code(secret)}).location == "/login"
    mallory = client.application.test_client()
    log_in(mallory, make_user(session, "mallory@example.org"))
    theirs = set_up_app(mallory)
    give_password(client, user)
    assert client.post(SECOND, data={"code": code(theirs)}).status_code == 422
    assert client.post(SECOND, data={"code": make_codes(mallory)[0]}).status_code == 422
    assert not is_in(client)
