"""Where somebody is logged in: listed, ended one by one or all, and at an end with the password or the time."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import PASSWORD, ada, log_in, make_user
from tracker.accounts import services, tokens
from tracker.accounts.upkeep import forget_old
from tracker.data.erasing import erase
from tracker.models import OutboxMail, SecurityEvent, User, UserSession

NEW = "copper-lantern-orchard-3"
MINUTE = dt.timedelta(minutes=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def user(session: Session) -> User:
    return ada(session)


def browser(client: FlaskClient, user: User, agent: str = FIREFOX, address: str = "203.0.113.77") -> FlaskClient:
    made = client.application.test_client()
    made.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    log_in(made, user)
    return made


def is_in(client: FlaskClient) -> bool:
    return client.get("/settings/account").status_code == 200


def test_they_are_listed_in_words_with_the_network_cut_short(client: FlaskClient, user: User) -> None:
    browser(client, user, IPHONE, "2001:db8:1:2::3")
    page = browser(client, user).get("/settings/security").text
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "this one" in page
    assert "203.0.113.0/24" in page
    assert "2001:db8:1::/48" in page
    assert "203.0.113.77" not in page
    assert "::3" not in page


def test_one_is_ended_from_another(client: FlaskClient, session: Session, user: User) -> None:
    here, there = browser(client, user), browser(client, user, IPHONE)
    row = session.scalars(select(UserSession).where(UserSession.user_agent == IPHONE)).one()
    assert here.post(f"/settings/security/sessions/{row.id_hash}/end").status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)


def test_all_others_are_ended_at_once(client: FlaskClient, user: User) -> None:
    here, *others = (browser(client, user) for _ in range(3))
    here.post("/settings/security/sessions/end")
    assert [is_in(one) for one in (here, *others)] == [True, False, False]


def test_another_password_ends_all_others_and_renews_this_one(
    client: FlaskClient, session: Session, user: User
) -> None:
    here, there = browser(client, user), browser(client, user)
    before = here.get_cookie("waymark")
    assert before
    assert here.post("/settings/security/password", data={"password": NEW}).status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)
    copied = client.application.test_client()
    copied.set_cookie("waymark", before.value)
    assert not is_in(copied), "a cookie that was copied before is worth nothing"
    assert here.post("/logout").status_code == 303
    assert here.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422
    assert here.post("/login", data={"email": user.email, "password": NEW}).status_code == 303
    assert session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id.desc())).first() == "password-changed"


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Give a password"), ("short", "at least 12"), ("ada@example.org", "first")]
)
def test_a_weak_password_is_told_beside_its_field(client: FlaskClient, user: User, typed: str, said: str) -> None:
    here, there = browser(client, user), browser(client, user)
    answer = here.post("/settings/security/password", data={"password": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert is_in(there)


def test_whoever_runs_the_site_ends_them_all(client: FlaskClient, session: Session, user: User) -> None:
    here, there = browser(client, user), browser(client, user)
    services.log_out_everywhere(session, email=user.email, now=NOW)
    assert not is_in(here)
    assert not is_in(there)
    log_in(here, user)
    assert "Logged out everywhere by whoever runs this site" in here.get("/settings/security").text


def test_deleting_the_account_ends_them_all(client: FlaskClient, session: Session, user: User) -> None:
    here = browser(client, user)
    erase(session, user_id=user.id, now=NOW)
    assert not is_in(here)
    assert session.scalars(select(UserSession)).all() == []


@pytest.mark.parametrize(
    ("admin", "steps", "inside"),
    [
        (False, [dt.timedelta(days=14, seconds=-1)], True),
        (False, [dt.timedelta(days=14)], False),
        (False, [dt.timedelta(days=13), dt.timedelta(days=26), dt.timedelta(days=30)], False),
        (True, [dt.timedelta(minutes=59)], True),
        (True, [dt.timedelta(hours=1)], False),
        (True, [dt.timedelta(minutes=50 * count) for count in range(1, 14)], True),
        (True, [*(dt.timedelta(minutes=50 * count) for count in range(1, 15)), dt.timedelta(hours=12)], False),
    ],
)
def test_they_end_by_themselves(
    client: FlaskClient, session: Session, user: User, admin: bool, steps: list[dt.timedelta], inside: bool
) -> None:
    """After a fortnight without use and after a month; of whoever administers the site after 1 and 12 hours."""
    user.is_admin = admin
    session.commit()
    here = browser(client, user)
    for step in steps:
        with time_machine.travel(NOW + step, tick=False):
            last = is_in(here)
    assert last is inside


def test_a_new_administrator_logs_in_anew(client: FlaskClient, session: Session, user: User) -> None:
    here = browser(client, user)
    services.promote(session, email=user.email, now=NOW)
    assert not is_in(here)


def test_a_browser_that_the_account_has_not_met_is_told_by_mail(
    client: FlaskClient, session: Session, user: User
) -> None:
    first = browser(client, user)
    assert session.scalars(select(OutboxMail)).all() == [], "the very first log-in is nobody's news"
    first.post("/logout")
    log_in(first, user)
    assert session.scalars(select(OutboxMail)).all() == [], "nor is one of a browser that is known"
    browser(client, user, IPHONE)
    mail = session.scalars(select(OutboxMail)).one()
    assert (mail.kind, mail.recipient) == ("new-device", user.email)
    assert mail.context == {"device": "Safari on iPhone", "network": "203.0.113.0/24"}


def test_another_password_makes_strangers_of_all_browsers_but_the_one_that_set_it(
    client: FlaskClient, session: Session, user: User
) -> None:
    here, there = browser(client, user), browser(client, user, IPHONE)
    with time_machine.travel(NOW + MINUTE, tick=False):
        here.post("/settings/security/password", data={"password": NEW})
        known = told(session)
        assert here.post("/logout").status_code == 303
        assert enter(here, user) == 303
        assert told(session) == known, "it is known"
        assert enter(there, user) == 303
        assert told(session) == known + 1


@pytest.mark.parametrize("by_mail", [True, False])
def test_a_reset_and_the_operators_log_out_make_strangers_of_all_browsers(
    client: FlaskClient, session: Session, settings: Settings, user: User, by_mail: bool
) -> None:
    here = browser(client, user)
    with time_machine.travel(NOW + MINUTE, tick=False):
        if by_mail:
            session.refresh(user)
            link = tokens.reset_link(settings, user).removeprefix(settings.base_url)
            assert client.post(link, data={"password": NEW}).status_code == 303
        else:
            services.log_out_everywhere(session, email=user.email, now=NOW + MINUTE)
        assert enter(here, user, NEW if by_mail else PASSWORD) == 303
        assert told(session) == 1
        here.post("/logout")
        assert enter(here, user, NEW if by_mail else PASSWORD) == 303
        assert told(session) == 1, "by now it is known again"


def enter(here: FlaskClient, user: User, password: str = NEW) -> int:
    return here.post("/login", data={"email": user.email, "password": password}).status_code


def told(session: Session) -> int:
    """How many log-ins of new devices were told."""
    return session.scalar(select(func.count()).where(OutboxMail.kind == "new-device")) or 0


def test_what_happened_is_on_the_page(client: FlaskClient, session: Session, user: User) -> None:
    here = browser(client, user)
    client.post("/login", data={"email": user.email, "password": "wrong-password-1"})
    here.post("/settings/security/password", data={"password": NEW})
    page = here.get("/settings/security").text
    for said in ("Logged in", "Wrong password at log-in", "Password changed"):
        assert said in page
    event = session.scalars(select(SecurityEvent).where(SecurityEvent.kind == "password-changed")).one()
    assert event.network == "203.0.113.0/24"
    assert event.request_id


def test_the_servers_log_tells_it_too_and_no_secret(
    client: FlaskClient, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    client.post("/login", data={"email": "x@example.org\r\n2026 log-in user=1", "password": "CANARY-password-1"})
    here = browser(client, user)
    here.post("/settings/security/password", data={"password": "CANARY-another-password-2"})
    lines = [record.getMessage() for record in caplog.records if record.name == "tracker.security"]
    assert [line.split()[0] for line in lines] == ["log-in-failed", "log-in", "password-changed"]
    assert f"user={user.id} network=203.0.113.0/24 request=" in lines[1]
    cookie = here.get_cookie("waymark")
    assert cookie
    for secret in ("CANARY", "x@example.org", user.email, cookie.value, PASSWORD, "\n"):
        assert secret not in " ".join(record.getMessage() for record in caplog.records)


def test_what_happened_long_ago_is_gone(client: FlaskClient, session: Session, user: User, settings: Settings) -> None:
    browser(client, user)
    assert session.scalars(select(SecurityEvent)).all() != []
    forget_old(session, settings=settings, now=NOW + dt.timedelta(days=89))
    assert session.scalars(select(SecurityEvent)).all() != []
    forget_old(session, settings=settings, now=NOW + dt.timedelta(days=91))
    assert session.scalars(select(SecurityEvent)).all() == []


def test_guesses_at_nobody_are_gone_after_a_week(client: FlaskClient, session: Session, settings: Settings) -> None:
    client.post("/login", data={"email": "nobody@example.org", "password": PASSWORD})
    forget_old(session, settings=settings, now=NOW + dt.timedelta(days=6))
    assert [event.kind for event in session.scalars(select(SecurityEvent))] == ["log-in-failed"]
    forget_old(session, settings=settings, now=NOW + dt.timedelta(days=8))
    assert session.scalars(select(SecurityEvent)).all() == []


def test_a_stranger_cannot_see_or_end_them(client: FlaskClient, session: Session, user: User) -> None:
    here = browser(client, user)
    row = session.scalars(select(UserSession)).one()
    mallory = browser(client, make_user(session, "mallory@example.org"), IPHONE)
    real = mallory.post(f"/settings/security/sessions/{row.id_hash}/end")
    made_up = mallory.post(f"/settings/security/sessions/{'0' * 64}/end")
    assert (real.status_code, real.text) == (404, made_up.text)
    mallory.post("/settings/security/sessions/end")
    assert is_in(here)
    assert "Firefox" not in mallory.get("/settings/security").text
