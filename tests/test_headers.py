"""What every answer tells the browser not to do: pages, errors, files and machines' answers alike."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.environment import make_settings
from tests.people import PASSWORD, ada
from tracker import create_app

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def secure(tmp_path: Path, engine: Engine, app: Flask) -> FlaskClient:
    """The site as it is reached over https."""
    settings = replace(make_settings(tmp_path, engine.url.render_as_string(False)), base_url="https://w.example.org")
    made = create_app(settings, engine, app.extensions["tracker"].sessions)
    made.config["WTF_CSRF_ENABLED"] = False
    client = made.test_client()
    client.environ_base |= {"HTTP_HOST": "w.example.org", "wsgi.url_scheme": "https"}
    return client


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 200), ("GET", "/login", 200), ("GET", "/healthz", 200), ("GET", "/static/css/tokens.css", 200),
        ("GET", "/nowhere", 404), ("GET", "/plan", 302), ("GET", "/logout", 405), ("POST", "/login", 422),
        ("TRACE", "/", 405), ("POST", "/signup", 413),
    ],
)  # fmt: skip
def test_no_answer_is_without_them(client: FlaskClient, method: str, address: str, status: int) -> None:
    data = {"email": "x" * 1_100_000} if status == 413 else None
    answer = client.open(address, method=method, data=data)
    answer.close()
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    for part in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert {name: answer.headers[name] for name in WANTED} == WANTED
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_a_fault_of_ours_shows_a_number_and_nothing_else(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_values: object) -> str:
        raise ZeroDivisionError("/secret/path SELECT * FROM user_account")

    monkeypatch.setitem(app.view_functions, "guide.landing", broken)
    monkeypatch.setattr(app, "testing", False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Content-Security-Policy" in answer.headers
    assert not re.search("ZeroDivision|secret|SELECT|Traceback", answer.text)
    number = re.search(r"number ([0-9a-f]{16})", answer.text)
    assert number
    assert number.group(1) in caplog.text


def test_over_https_the_cookies_are_bound_to_the_host(secure: FlaskClient, session: Session) -> None:
    user = ada(session)
    answer = secure.post("/login", data={"email": user.email, "password": PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    assert sorted(cookie.split("=")[0] for cookie in cookies) == ["__Host-waymark", "__Host-waymark-device"]
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_on_this_machine_they_work_without_https(client: FlaskClient, session: Session) -> None:
    user = ada(session)
    answer = client.post("/login", data={"email": user.email, "password": PASSWORD})
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "Secure" not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert "Strict-Transport-Security" not in answer.headers


def test_private_pages_are_kept_nowhere(learner: FlaskClient) -> None:
    for address in ("/dashboard", "/settings/account", "/settings/security", "/paths"):
        answer = learner.get(address)
        assert answer.headers["Cache-Control"] == "no-store", address
        assert "Cookie" in answer.headers["Vary"], address


def test_a_page_with_a_form_goes_into_no_shared_cache(client: FlaskClient) -> None:
    for address in ("/", "/paths", "/privacy"):
        assert client.get(address).headers["Cache-Control"] == "public, max-age=300", address
    for address in ("/login", "/signup", "/forgot-password", "/nowhere", "/healthz"):
        assert client.get(address).headers["Cache-Control"] == "private, no-cache", address
    files = client.get("/static/js/waymark.js")
    files.close()
    assert "max-age=31536000" in files.headers["Cache-Control"]


def test_public_pages_set_no_cookie(client: FlaskClient) -> None:
    for address in ("/", "/paths", "/paths/ml-engineer", "/healthz"):
        assert "Set-Cookie" not in client.get(address).headers, address


def test_the_cookie_says_nothing_of_the_account(learner: FlaskClient) -> None:
    found = learner.get_cookie("waymark")
    assert found
    signer = SecureCookieSessionInterface().get_signing_serializer(learner.application)
    assert signer
    held = signer.loads(found.value)
    assert set(held) <= {"_fresh", "_id", "_permanent", "_user_id", "csrf_token"}
    assert len(held["_user_id"]) >= 43, "256 random bits"
    assert "ada" not in str(held)
