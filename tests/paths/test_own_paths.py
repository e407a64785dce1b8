"""A path of one's own: uploaded, looked at, kept, walked, shared, replaced, deleted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import ROOT
from tests.environment import NOW, make_settings
from tests.guide.test_read_without_an_account import words
from tests.kitchen import Steps, step, written
from tests.people import TODAY, ada, log_in, make_user
from tests.progress.test_overview import MAX_QUERIES, counted
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.data.erasing import erase_address
from tracker.data.export import as_json, export
from tracker.data.reading import read
from tracker.data.services import bring_in
from tracker.enrolment.paths import learned_path
from tracker.models import Enrolment, OutboxMail, OwnPath, User
from tracker.outbox.render import Renderer
from tracker.paths.services import drop_unowned
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.reminders.compose import WeeklyMail

CHOICES = {"starting_point": "beginner", "hours_per_week": "10", "start_on": "2027-03-01"}


def pastry() -> Steps:
    """60 hours, of which kneading is the baker's."""
    return {
        "kneading": step(20, title="Kneading", shared="kneading"),
        "puff": step(15, title="Puff pastry"),
        "tarts": step(25, 2, title="Tarts"),
    }


def upload(client: FlaskClient, text: str | bytes, address: str = "/paths/own", name: str = "p.yaml") -> TestResponse:
    content = text if isinstance(text, bytes) else text.encode()
    # by hand: the test client would put what is large into a temporary file that it does not close
    head = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + b"\r\n--cut--\r\n"
    return client.post(address, data=body, content_type="multipart/form-data; boundary=cut")


def kept(client: FlaskClient, session: Session, steps: Steps | None = None) -> str:
    """A kept path; its slug."""
    address = upload(client, written("pastry", steps or pastry())).location
    assert client.post(address, data={"answer": "keep"}).status_code == 303
    session.expire_all()
    return session.scalars(select(OwnPath.slug).order_by(OwnPath.id.desc())).first() or ""


def seen(session: Session, catalog: Catalog, user_id: int, slug: str) -> Overview:
    session.expire_all()
    path = learned_path(session, catalog, user_id, slug)
    assert path
    return overview(session, user_id=user_id, path=path, today=TODAY)


def test_an_upload_is_looked_at_before_it_is_kept(learner: FlaskClient, session: Session) -> None:
    answer = upload(learner, written("pastry", pastry()))
    assert re.fullmatch(r"/paths/own-[0-9a-f]{32}/preview", answer.location)
    page = learner.get(answer.location).text
    for said in ("60 h", "3 in 2 phases", "At 10 h a week", "1.4 months"):
        assert said in page
    assert "2.3 months" in learner.get(answer.location, query_string={"hours_per_week": "6"}).text
    assert session.scalars(select(OwnPath.text)).one() == ""
    learner.post(answer.location, data={"answer": "discard"})
    session.expire_all()
    assert session.scalars(select(OwnPath)).all() == []


def test_the_same_file_sent_again_is_the_one_that_waits(learner: FlaskClient, session: Session) -> None:
    text = written("pastry", pastry())
    first, second = upload(learner, text), upload(learner, text)
    assert first.location == second.location
    learner.post(first.location, data={"answer": "keep"})
    assert upload(learner, text).location != first.location, "once it is kept, another copy is meant"
    assert len(session.scalars(select(OwnPath)).all()) == 2


def test_a_kept_path_is_walked_like_any_other(
    learner: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    learner.post("/milestones/baker/kneading", data={"state": "done"})
    slug = kept(learner, session)
    assert "Yours already" in learner.get(f"/paths/{slug}/enrol", query_string=CHOICES).text
    learner.post(f"/paths/{slug}/enrol", data=CHOICES)
    assert "Pastry" in learner.get("/dashboard").text
    learner.post(f"/milestones/{slug}/puff", data={"state": "done"})
    learner.post("/plan/own", data={"title": "Macarons", "hours": "5", "phase": "2", "revision": "1"})
    board = seen(session, catalog, user.id, slug)
    assert (board.hours_done, board.hours_total) == (35, 65)
    assert "Macarons" in learner.get("/plan").text
    mail = OutboxMail(user_id=user.id, kind="weekly", recipient=user.email)
    settings = make_settings(ROOT, "sqlite://")
    session.refresh(user)
    content = WeeklyMail(settings, catalog, Renderer(settings))(session, mail, user, NOW)
    assert "Pastry" in content.text


def test_text_may_be_pasted_too(learner: FlaskClient) -> None:
    assert learner.post("/paths/own", data={"text": written("pastry", pastry())}).status_code == 303


BROKEN: list[tuple[str | bytes, str]] = [
    ("", "line 1: There is nothing in this file."),
    ("a: [", "line 2: This is not valid YAML: while parsing a flow node"),
    ("slug: x\ntitle: [a, b", "a flow sequence that began in line 2"),
    ("a: &x [1]\nb: *x", "line 1: Anchors and aliases"),
    (b"title: caf\xe9", "line 1: This line is not UTF-8"),
    (b"x" * 1_000_001, "larger than 1 MB"),
    ("[" * 100_000, "nested deeper than"),
    ("[" + "1," * 40_000 + "]", "line 1: The file holds more than 30,000 values"),
    ("- a\n- b", "should be a mapping"),
    ("slug: p\nslug: q", "line 2: The key slug is given twice"),
    ("!!python/object/apply:os.system ['id']", "line 1"),
    (written("p", pastry() | {"x": step(-1, title="X")}), "more than 0"),
    (written("p", pastry() | {"x": step(1, title="X", needs=["y"])}), "x needs y, which is not a milestone"),
    (written("p", pastry() | {"own-x": step(1, title="X")}), "for what learners add"),
    (json.dumps(json.loads(written("p", pastry())) | {"version": "1"}), "leave it out"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_each_fault_is_named_with_its_line_and_nothing_is_kept(
    learner: FlaskClient, session: Session, text: str | bytes, said: str
) -> None:
    answer = upload(learner, text, name="mine.yaml")
    assert answer.status_code == 422
    assert "mine.yaml, line " in answer.text
    assert said in answer.text
    assert session.scalars(select(OwnPath)).all() == []


def test_pasted_text_with_a_fault_is_still_there(learner: FlaskClient) -> None:
    answer = learner.post("/paths/own", data={"text": "title: <b>\nphases: ["})
    assert answer.status_code == 422
    assert "title: &lt;b&gt;\nphases: [</textarea>" in answer.text


def test_ten_megabytes_are_refused_in_a_sentence(learner: FlaskClient) -> None:
    answer = upload(learner, b"x" * 10_000_000)
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.text


def test_a_file_of_nearly_a_megabyte_is_taken(learner: FlaskClient) -> None:
    text = written("pastry", pastry())
    assert upload(learner, text + "\n" + "#" * (999_000 - len(text))).status_code == 303


@pytest.mark.parametrize("slug", ["ml-engineer", "data-scientist", "backend-developer"])
def test_a_shipped_path_is_downloaded_and_uploaded_again(client: FlaskClient, session: Session, slug: str) -> None:
    file = client.get(f"/paths/{slug}.yaml")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{slug}.yaml"'
    assert file.text == (ROOT / "seed_data" / "paths" / f"{slug}.yaml").read_text()
    log_in(client, ada(session))
    own = kept_text(client, session, file.text)
    assert client.get(f"/paths/{own}").status_code == 200
    assert client.get(f"/paths/{own}.yaml").text == file.text


def kept_text(client: FlaskClient, session: Session, text: str) -> str:
    address = upload(client, text).location
    client.post(address, data={"answer": "keep"})
    session.expire_all()
    return session.scalars(select(OwnPath.slug)).one()


def test_shared_by_its_address_others_open_it_and_start(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog
) -> None:
    slug = kept(learner, session)
    stranger = app.test_client()
    grace = make_user(session, "grace@example.org")
    addresses = (f"/paths/{slug}", f"/paths/{slug}.yaml", f"/paths/{slug}/enrol")
    log_in(stranger, grace)
    assert [stranger.get(address).status_code for address in addresses] == [404, 404, 404]
    assert [app.test_client().get(address).status_code for address in addresses[:2]] == [404, 404]
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    assert app.test_client().get(addresses[0]).status_code == 200, "without an account, too"
    page = stranger.get(addresses[0])
    assert "Tarts" in page.text
    assert "Delete this path" not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    stranger.post(f"/paths/{slug}/enrol", data=CHOICES)
    assert seen(session, catalog, grace.id, slug).hours_total == 60
    # who is on it keeps it; nobody new comes
    learner.post(f"/paths/{slug}/share", data={"shared": "no"})
    assert stranger.get("/dashboard").status_code == 200
    assert stranger.get(f"/milestones/{slug}/tarts").status_code == 200
    assert app.test_client().get(addresses[0]).status_code == 404


def test_a_new_version_is_offered_to_all_who_are_on_it(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog
) -> None:
    slug = kept(learner, session)
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    grace = make_user(session, "grace@example.org")
    stranger = app.test_client()
    log_in(stranger, grace)
    stranger.post(f"/paths/{slug}/enrol", data=CHOICES)
    stranger.post(f"/milestones/{slug}/puff", data={"state": "done"})

    newer: dict[str, Any] = pastry() | {"cream": step(10, 2, title="Cream")}
    answer = upload(learner, written("pastry", newer), f"/paths/{slug}/replace")
    assert "offered it as a new version" in learner.get(answer.location).text
    assert "has a new version" not in stranger.get("/dashboard").text
    learner.post(answer.location, data={"answer": "keep"})
    assert "1 added, yours kept; your finish" in stranger.get("/dashboard").text
    assert seen(session, catalog, grace.id, slug).hours_total == 60

    del newer["puff"]
    refused = upload(learner, written("pastry", newer), f"/paths/{slug}/replace")
    assert refused.status_code == 422
    assert "The milestone puff is gone, but 1 learner" in refused.text
    assert seen(session, catalog, grace.id, slug).hours_done == 15


def test_it_is_deleted_only_while_nobody_is_on_it(learner: FlaskClient, session: Session, app: Flask) -> None:
    slug = kept(learner, session)
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    learner.post(f"/paths/{slug}/enrol", data=CHOICES)
    said = learner.post(f"/paths/{slug}/delete", follow_redirects=True).text
    assert "You are on this path. Leave it first" in said
    stranger = app.test_client()
    log_in(stranger, make_user(session, "grace@example.org"))
    stranger.post(f"/paths/{slug}/enrol", data=CHOICES)
    learner.post(f"/paths/{slug}/leave")
    said = learner.post(f"/paths/{slug}/delete", follow_redirects=True).text
    assert "1 learner is on this path, so it cannot be deleted" in said
    stranger.post(f"/paths/{slug}/leave")
    learner.post(f"/paths/{slug}/delete")
    session.expire_all()
    assert session.scalars(select(OwnPath)).all() == []
    assert learner.get("/dashboard").status_code == 200
    assert stranger.get("/dashboard").status_code == 200
    assert learner.post(f"/paths/{slug}/return").status_code == 303
    assert learner.get("/dashboard").status_code == 200, "also for one who goes back to what is gone"


def test_when_the_owner_goes_others_keep_it_and_nothing_else_stays(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, user: User
) -> None:
    alone, walked = kept(learner, session), kept(learner, session)
    learner.post(f"/paths/{walked}/share", data={"shared": "yes"})
    grace = make_user(session, "grace@example.org")
    stranger = app.test_client()
    log_in(stranger, grace)
    stranger.post(f"/paths/{walked}/enrol", data=CHOICES)
    erase_address(session, email=user.email, now=NOW)
    session.expire_all()
    assert alone != walked
    assert [(row.slug, row.owner_id) for row in session.scalars(select(OwnPath))] == [(walked, None)]
    assert seen(session, catalog, grace.id, walked).hours_total == 60
    assert drop_unowned(session) == 0
    erase_address(session, email="grace@example.org", now=NOW)
    assert drop_unowned(session) == 1


def test_an_owner_who_comes_back_with_an_export_walks_the_path_that_others_kept(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, user: User
) -> None:
    slug = kept(learner, session)
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    stranger = app.test_client()
    log_in(stranger, make_user(session, "grace@example.org"))
    for client in (learner, stranger):
        client.post(f"/paths/{slug}/enrol", data=CHOICES)
    learner.post(f"/milestones/{slug}/puff", data={"state": "done"})
    text = as_json(export(session, user_id=user.id, now=NOW, site="https://waymark.example.org"))
    erase_address(session, email=user.email, now=NOW)
    again = ada(session)
    bring_in(session, user_id=again.id, upload=read(text.encode()), catalog=catalog, now=NOW)
    assert seen(session, catalog, again.id, slug).hours_done == 15
    assert session.scalars(select(OwnPath.owner_id)).all() == [None], "others rely on it as it is"


def test_whoever_walks_the_path_of_somebody_else_takes_a_copy_along(
    learner: FlaskClient, session: Session, app: Flask, catalog: Catalog, fresh_database: str
) -> None:
    slug = kept(learner, session)
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    upload(learner, written("pastry", pastry() | {"cream": step(10, 2, title="Cream")}), f"/paths/{slug}/replace")
    stranger, grace = app.test_client(), make_user(session, "grace@example.org")
    log_in(stranger, grace)
    stranger.post(f"/paths/{slug}/enrol", data=CHOICES)
    stranger.post(f"/milestones/{slug}/puff", data={"state": "done"})
    text = as_json(export(session, user_id=grace.id, now=NOW, site="https://waymark.example.org"))
    engine = db.make_engine(fresh_database)
    with db.make_sessions(engine)() as elsewhere:
        new = make_user(elsewhere, "grace@example.org")
        bring_in(elsewhere, user_id=new.id, upload=read(text.encode()), catalog=catalog, now=NOW)
        assert seen(elsewhere, catalog, new.id, slug).hours_done == 15
        copy = elsewhere.scalars(select(OwnPath)).one()
        assert (copy.owner_id, copy.shared, copy.draft) == (new.id, False, None)
    engine.dispose()


def test_sixty_files_an_hour_are_enough(learner: FlaskClient) -> None:
    for _ in range(60):
        assert upload(learner, "a: [").status_code == 422
    refused = learner.post("/paths/own", data={"text": written("pastry", pastry())})
    assert (refused.status_code, "Many files were read. That was too often." in refused.text) == (429, True)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "Pastry" in refused.text, "what was typed is still there"


def test_twenty_are_enough(learner: FlaskClient, session: Session, user: User) -> None:
    rows = [
        OwnPath(slug=f"own-{n:032x}", owner_id=user.id, title="x", created_at=NOW, updated_at=NOW) for n in range(20)
    ]
    session.add_all(rows)
    session.commit()
    answer = upload(learner, written("pastry", pastry()))
    assert answer.status_code == 422
    assert "You have 20 paths of your own" in answer.text


@pytest.mark.parametrize("address", ["/dashboard", "/plan"])
def test_an_own_path_takes_no_more_queries_than_ours(
    learner: FlaskClient, connection: Connection, session: Session, address: str
) -> None:
    with counted(connection) as ours:
        learner.get(address)
    slug = kept(learner, session)
    learner.post(f"/paths/{slug}/enrol", data=CHOICES)
    with counted(connection) as own:
        learner.get(address)
    assert len(own) == len(ours) <= MAX_QUERIES


def test_a_stranger_cannot_change_share_replace_or_delete_mine(
    learner: FlaskClient, session: Session, app: Flask
) -> None:
    slug = kept(learner, session)
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    stranger = app.test_client()
    log_in(stranger, make_user(session, "mallory@example.org"))
    assert stranger.get(f"/paths/{slug}/preview").status_code == 404
    assert stranger.post(f"/paths/{slug}/preview", data={"answer": "discard"}).status_code == 404
    assert stranger.post(f"/paths/{slug}/share", data={"shared": "no"}).status_code == 404
    assert stranger.post(f"/paths/{slug}/delete").status_code == 404
    assert upload(stranger, written("pastry", pastry()), f"/paths/{slug}/replace").status_code == 404
    session.expire_all()
    row = session.scalars(select(OwnPath)).one()
    assert (row.shared, row.draft) == (True, None)
    assert session.scalars(select(Enrolment.path)).all() == ["baker"]


def hits(client: FlaskClient, question: str) -> list[tuple[str, str]]:
    page = client.get("/search", query_string={"q": question}).text
    return re.findall(r'class="hit" href="([^"]+)">([^<]+)<', page)


def test_its_milestones_are_found_by_whoever_wrote_or_walks_it_and_nobody_else(
    learner: FlaskClient, session: Session, app: Flask
) -> None:
    slug = kept(learner, session)
    assert (f"/paths/{slug}", "Puff pastry") in hits(learner, "puff")
    learner.post(f"/paths/{slug}/enrol", data=CHOICES)
    address = f"/milestones/{slug}/puff"
    assert (address, "Puff pastry") in hits(learner, "puff")
    assert learner.get(address).status_code == 200
    stranger = app.test_client()
    log_in(stranger, make_user(session, "eve@example.org"))
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    for browser in (stranger, app.test_client()):
        assert hits(browser, "puff") == []


def test_a_milestone_of_ones_own_is_found_too(learner: FlaskClient, session: Session) -> None:
    learner.post("/plan/own", data={"revision": "1", "title": "Croissants", "hours": "5", "phase": "1"})
    session.expire_all()
    ((address, title),) = hits(learner, "croiss")
    assert (title, learner.get(address).status_code) == ("Croissants", 200)


def test_it_is_compared_with_ours_by_who_may_see_it(learner: FlaskClient, session: Session, app: Flask) -> None:
    slug = kept(learner, session)
    address = f"/compare/baker/{slug}?hours_per_week=10"
    answer = learner.get(address)
    page = words(answer.text)
    assert "Hours 100 h 60 h" in page
    assert "1 milestone is the same work" in page
    assert f'<option value="{slug}" selected>Pastry</option>' in answer.text
    assert f"/paths/{slug}/enrol?" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert f'<option value="{slug}">' in learner.get("/compare/baker/cook").text
    assert learner.get(f"/compare/{slug}/baker").status_code == 200
    stranger = app.test_client()
    assert stranger.get(address).status_code == 404
    learner.post(f"/paths/{slug}/share", data={"shared": "yes"})
    assert stranger.get(address).status_code == 200
    assert slug not in stranger.get("/compare/baker/cook").text
