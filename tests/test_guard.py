"""Changes come from our own pages, and our own name is the only one we answer to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.environment import make_settings
from tests.people import PASSWORD, ada, log_in
from tracker import create_app, guard, web
from tracker.models import OutboxMail, User, UserSession

SPAM = "/milestones/ml-engineer/spam-classifier"
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]
OWN = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "HTTP://LOCALHOST"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
]


def unsafe_rules(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of everything that may change something."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - guard.SAFE_METHODS):
            values = dict.fromkeys(rule.arguments, "1")
            built = rule.build(values, append_unknown=False)
            assert built
            found.append((rule.endpoint, method, built[1]))
    return found


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_page_of_another_site_changes_nothing(learner: FlaskClient, headers: dict[str, str]) -> None:
    assert learner.post(SPAM, data={"state": "done"}, headers=headers).status_code == 403
    assert "0% done" in learner.get("/dashboard").text


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_our_own_pages_and_plain_programs_may(learner: FlaskClient, headers: dict[str, str]) -> None:
    assert learner.post(SPAM, data={"state": "done"}, headers=headers).status_code == 303


def test_every_unsafe_address_refuses_another_site(app: Flask, learner: FlaskClient) -> None:
    rules = unsafe_rules(app)
    assert len(rules) > 20
    let_through = [
        f"{method} {address}"
        for endpoint, method, address in rules
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"})
        if endpoint not in guard.FROM_ELSEWHERE
        and learner.open(address, method=method, headers=headers).status_code != 403
    ]
    assert let_through == []


def test_every_unsafe_address_wants_the_forms_token(app: Flask, csrf_client: FlaskClient, user: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    log_in(csrf_client, user)
    app.config["WTF_CSRF_ENABLED"] = True
    let_through = [
        f"{method} {address}"
        for endpoint, method, address in unsafe_rules(app)
        for data in ({}, {"csrf_token": "made-up"})
        if endpoint not in guard.FROM_ELSEWHERE
        and csrf_client.open(address, method=method, data=data).status_code != 403
    ]
    assert let_through == []


def test_the_token_of_somebody_else_is_none(csrf_client: FlaskClient, session: Session) -> None:
    page = csrf_client.application.test_client().get("/login").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    user = ada(session)
    csrf_client.get("/login")
    answer = csrf_client.post("/login", data={"email": user.email, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 403
    assert session.scalars(select(UserSession)).all() == []


def test_the_exceptions_are_those_that_are_listed(app: Flask) -> None:
    views = [app.view_functions[name] for name in guard.FROM_ELSEWHERE]
    assert {f"{view.__module__}.{view.__name__}" for view in views} == web.csrf._exempt_views
    assert not web.csrf._exempt_blueprints


def test_reading_is_not_asked_where_it_comes_from(client: FlaskClient) -> None:
    assert client.get("/paths", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "[::1", "a b", "10.0.0.1"]
)
def test_another_name_is_refused_and_comes_back_in_no_link(client: FlaskClient, session: Session, host: str) -> None:
    ada(session)
    answer = client.post("/forgot-password", data={"email": "ada@example.org"}, headers={"Host": host})
    assert answer.status_code == 400
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "evil" not in answer.text
    assert session.scalars(select(OutboxMail)).all() == []


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "LOCALHOST", "[::1]:8000"])
def test_this_machine_is_always_at_home(client: FlaskClient, host: str) -> None:
    assert client.get("/login", headers={"Host": host}).status_code == 200


def test_a_probe_may_ask_by_number(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "10.0.0.1:8000"}).status_code == 200


def test_a_forged_forwarded_host_makes_no_link(client: FlaskClient, session: Session) -> None:
    ada(session)
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = client.post("/forgot-password", data={"email": "ada@example.org"}, headers=headers)
    assert answer.location == "/login"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.1", "127.0.0.0/24"),
        (1, "198.51.100.1", "198.51.100.0/24"),
        (1, "192.0.2.1, 198.51.100.1", "198.51.100.0/24"),
        (2, "192.0.2.1, 198.51.100.1", "192.0.2.0/24"),
        (1, "nonsense", ""),
    ],
)
def test_only_our_own_proxies_say_who_asks(
    tmp_path: Path, engine: Engine, session: Session, app: Flask, proxies: int, forwarded: str, seen: str
) -> None:
    settings = replace(make_settings(tmp_path, engine.url.render_as_string(False)), proxies=proxies)
    behind = create_app(settings, engine, app.extensions["tracker"].sessions)
    behind.config["WTF_CSRF_ENABLED"] = False
    user, client = ada(session), behind.test_client()
    client.post("/login", data={"email": user.email, "password": PASSWORD}, headers={"X-Forwarded-For": forwarded})
    assert session.scalars(select(UserSession.network)).one() == seen


def test_what_is_refused_stands_in_the_servers_log(learner: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "tracker.security")
    learner.post(SPAM, data={"state": "done"}, headers={"Origin": "https://evil.example"})
    learner.post("/settings/security/passkeys/77/remove")
    learner.get("/admin/outbox")
    learner.get("/nowhere/at/all")
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("refused")]
    assert [re.findall(r"status=(\d+) method=(\w+) endpoint=(\S+)", line)[0] for line in lines] == [
        ("403", "POST", "progress.milestone"),
        ("404", "POST", "security.remove_passkey"),
        ("404", "GET", "admin.outbox"),
    ]
    assert all(re.search(r"user=\d+ network=127\.0\.0\.0/24 request=[0-9a-f]{16}$", line) for line in lines)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n/evil.example", "https:evil.example", "https://evil.example", "javascript:alert(1)", "evil.example",
        " //evil.example", "/ /evil",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(client: FlaskClient, session: Session, elsewhere: str) -> None:
    user = ada(session)
    answer = client.post("/login", data={"email": user.email, "password": PASSWORD, "next": elsewhere})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dashboard")
    assert client.get("/login", query_string={"next": elsewhere}).headers["Location"] == "/dashboard"


def test_a_page_of_our_own_is_gone_on_to(client: FlaskClient, session: Session) -> None:
    user = ada(session)
    answer = client.post("/login", data={"email": user.email, "password": PASSWORD, "next": "/log?on=2027-03-01"})
    assert answer.headers["Location"] == "/log?on=2027-03-01"
