"""Public pages and static files: small, kept by caches, checked by an ETag; pages of a learner are never kept."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import ada, log_in

PAGES = ("/", "/paths", "/paths/ml-engineer")
GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_may_be_kept_and_is_compressed(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address), client.get(address, headers=GZIP)
    assert plain.headers["Cache-Control"] == packed.headers["Cache-Control"] == "public, max-age=300"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) * 0.7
    assert packed.content_length == len(packed.data)
    for name in ("Cookie", "Accept-Encoding"):
        assert name in plain.vary
        assert name in packed.vary


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_did_not_change_is_not_sent_again(client: FlaskClient, address: str) -> None:
    etag = client.get(address, headers=GZIP).headers["ETag"]
    again = client.get(address, headers={**GZIP, "If-None-Match": etag})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_another_answer_has_another_etag(client: FlaskClient) -> None:
    assert client.get("/").headers["ETag"] != client.get("/?hours_per_week=7").headers["ETag"]


@pytest.mark.parametrize("address", PAGES)
def test_what_somebody_logged_in_sees_is_not_kept(client: FlaskClient, session: Session, address: str) -> None:
    log_in(client, ada(session))
    answer = client.get(address, headers=GZIP)
    assert "ada@example.org" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.vary
    assert "Content-Encoding" not in answer.headers
    assert "ETag" not in answer.headers


def test_a_page_with_a_message_for_one_visitor_is_not_kept(client: FlaskClient, session: Session) -> None:
    ada(session)
    client.post("/forgot-password", data={"email": "ada@example.org"})
    answer = client.get("/paths", headers=GZIP)
    assert "a mail with a link is on its way" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Content-Encoding" not in answer.headers


def test_who_has_seen_the_sign_up_page_asks_again_each_time(csrf_client: FlaskClient) -> None:
    assert "Set-Cookie" in csrf_client.get("/signup").headers
    csrf_client.get("/paths")  # Flask-Login marks the session once more
    answer = csrf_client.get("/paths/ml-engineer", headers=GZIP)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "csrf" not in gzip.decompress(answer.data).decode()
    again = csrf_client.get("/paths/ml-engineer", headers={**GZIP, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("kind", ["cross-site", "same-site", "nonsense", None])
@pytest.mark.parametrize("address", ["/signup", "/login", "/dashboard", "/plan", "/nowhere", "/palette?q=guess"])
def test_a_page_of_somebody_tells_no_other_site_anything_by_its_length(
    learner: FlaskClient, address: str, kind: str | None
) -> None:
    headers = {**GZIP, **({"Sec-Fetch-Site": kind} if kind else {})}
    assert "Content-Encoding" not in learner.get(address, headers=headers).headers


@pytest.mark.parametrize("kind", ["same-origin", "none"])
def test_asked_for_from_our_own_pages_it_is_compressed(learner: FlaskClient, kind: str) -> None:
    plain = learner.get("/plan")
    packed = learner.get("/plan", headers={**GZIP, "Sec-Fetch-Site": kind})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) * 0.3
    assert packed.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in learner.get("/plan", headers={"Sec-Fetch-Site": kind}).headers, "it takes none"


def test_static_files_are_compressed_and_kept_for_a_year(client: FlaskClient) -> None:
    links = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', client.get("/").text)
    assert len(links) >= 4
    for link in links:
        with client.get(link) as plain, client.get(link, headers=GZIP) as packed:
            assert gzip.decompress(packed.data) == plain.data
            assert "max-age=31536000" in packed.headers["Cache-Control"]
            assert "Accept-Encoding" in packed.vary
            etag = packed.headers["ETag"]
        with client.get(link, headers={**GZIP, "If-None-Match": etag}) as again:
            assert again.status_code == 304


def test_a_picture_is_left_as_it_is(client: FlaskClient) -> None:
    with client.get("/static/img/dashboard.png", headers=GZIP) as answer:
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
