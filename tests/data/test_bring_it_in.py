"""An export comes in on a fresh server: all of it or nothing, and the same again adds nothing."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import people
from tests.data.conftest import counts, made
from tests.environment import NOW
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.data import services
from tracker.data.export import as_csv, as_json
from tracker.data.reading import read
from tracker.enrolment import services as enrolments
from tracker.errors import InvalidInput
from tracker.models import Enrolment, ImportDraft, User
from tracker.progress.queries import overview

TODAY = NOW.date()


@pytest.fixture
def elsewhere(fresh_database: str) -> Iterator[Session]:
    """A session on another, empty server."""
    engine = db.make_engine(fresh_database)
    with db.make_sessions(engine)() as opened:
        yield opened
    engine.dispose()


def bring_in(session: Session, user: User, text: str, catalog: Catalog, *, try_only: bool = False) -> services.Imported:
    upload = read(text.encode())
    return services.bring_in(session, user_id=user.id, upload=upload, catalog=catalog, now=NOW, try_only=try_only)


@pytest.mark.parametrize("form", [as_json, as_csv])
def test_a_fresh_server_has_the_same_counts_and_the_same_percent(
    session: Session, elsewhere: Session, catalog: Catalog, filled: User, form: object
) -> None:
    exported = made(session, filled)
    new = people.make_user(elsewhere, "ada@new.example.org", timezone="UTC")
    assert callable(form)
    done = bring_in(elsewhere, new, form(exported), catalog)
    again = made(elsewhere, new)
    assert done.total == sum(counts(exported).values())
    assert counts(again) == counts(exported)
    assert {**exported["records"], "enrolment": [], "plan_revision": [], "pause": []} == {
        **again["records"], "enrolment": [], "plan_revision": [], "pause": [],
    }, "all but the database's own numbers is the same"  # fmt: skip
    path = people.path_of(catalog)
    here, there = (
        overview(where, user_id=who.id, path=path, today=TODAY) for where, who in ((session, filled), (elsewhere, new))
    )
    assert (here.percent, here.finish_on, here.study.minutes) == (there.percent, there.finish_on, there.study.minutes)
    assert new.timezone == people.BERLIN


def test_a_path_that_was_left_comes_along_and_stays_left(
    session: Session, elsewhere: Session, catalog: Catalog, filled: User
) -> None:
    enrolments.leave(session, user_id=filled.id, path="ml-engineer", now=NOW)
    exported = made(session, filled)
    new = people.make_user(elsewhere, "ada@new.example.org")
    bring_in(elsewhere, new, as_json(exported), catalog)
    assert counts(made(elsewhere, new)) == counts(exported)
    assert elsewhere.scalars(select(Enrolment.left_at)).one() == NOW


def test_export_import_export_is_the_same_to_the_byte(
    session: Session, elsewhere: Session, catalog: Catalog, filled: User
) -> None:
    new = people.make_user(elsewhere, filled.email, timezone="UTC")
    bring_in(elsewhere, new, as_csv(made(session, filled)), catalog)
    one, other = (json.loads(as_json(made(where, who))) for where, who in ((session, filled), (elsewhere, new)))
    assert one["records"]["milestone_note"] == other["records"]["milestone_note"]
    assert one["records"]["study_session"] == other["records"]["study_session"]


def test_the_same_file_again_adds_nothing(session: Session, catalog: Catalog, filled: User) -> None:
    before = counts(made(session, filled))
    done = bring_in(session, filled, as_json(made(session, filled)), catalog)
    assert done.total == 0
    assert counts(made(session, filled)) == before


def test_what_is_here_stays_as_it_is(session: Session, catalog: Catalog, filled: User) -> None:
    file = json.loads(as_json(made(session, filled)))
    file["records"]["milestone_note"][0]["body"] = "from the file"
    bring_in(session, filled, json.dumps(file), catalog)
    assert "from the file" not in as_json(made(session, filled))


def test_trying_changes_nothing(session: Session, elsewhere: Session, catalog: Catalog, filled: User) -> None:
    new = people.make_user(elsewhere, "ada@new.example.org", timezone="UTC")
    text = as_json(made(session, filled))
    tried = bring_in(elsewhere, new, text, catalog, try_only=True)
    assert tried.total > 10
    assert sum(counts(made(elsewhere, new)).values()) == 0
    assert bring_in(elsewhere, new, text, catalog) == tried


def test_a_file_cannot_give_rights_or_an_address(
    session: Session, elsewhere: Session, catalog: Catalog, filled: User
) -> None:
    file = json.loads(as_json(made(session, filled)))
    file["account"] |= {"is_admin": True, "email": "root@example.org", "id": 1}
    new = people.make_user(elsewhere, "ada@new.example.org", confirmed=False)
    bring_in(elsewhere, new, json.dumps(file), catalog)
    elsewhere.refresh(new)
    assert (new.is_admin, new.email, new.email_confirmed_at) == (False, "ada@new.example.org", None)


def test_a_plan_that_cannot_be_read_is_refused_whole(
    session: Session, elsewhere: Session, catalog: Catalog, filled: User
) -> None:
    file = json.loads(as_json(made(session, filled)))
    file["records"]["plan_revision"][0]["milestones"] = [["numpy", "many", "x"]]
    new = people.make_user(elsewhere, "ada@new.example.org")
    with pytest.raises(InvalidInput, match="cannot be read"):
        bring_in(elsewhere, new, json.dumps(file), catalog)
    assert sum(counts(made(elsewhere, new)).values()) == 0


def upload(client: FlaskClient, content: str) -> int:
    data = {"file": (io.BytesIO(content.encode()), "export.json")}
    return client.post("/settings/data", data=data, content_type="multipart/form-data").status_code


def test_on_the_page_one_looks_first_and_brings_in_then(
    client: FlaskClient, session: Session, catalog: Catalog, filled: User
) -> None:
    text = as_json(made(session, filled))
    grace = people.make_user(session, "grace@example.org")
    people.log_in(client, grace)
    assert upload(client, text) == 303
    page = client.get("/settings/data").text
    assert "Bring in what is new" in page
    assert session.scalar(select(Enrolment.id).where(Enrolment.user_id == grace.id)) is None
    assert client.post("/settings/data/import").status_code == 303
    assert "records came in" in client.get("/settings/data").text
    assert counts(made(session, grace)) == counts(made(session, filled))
    assert client.get("/dashboard").status_code == 200
    assert session.get(ImportDraft, grace.id) is None


def test_what_is_in_it_is_worked_out_once(
    learner: FlaskClient, session: Session, filled: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each trial is a transaction that writes: a page that tried anew could keep everybody else waiting."""
    upload(learner, as_json(made(session, filled)))
    monkeypatch.setattr(services, "bring_in", None)
    page = learner.get("/settings/data").text
    assert "The file holds:" in page
    here = counts(made(session, filled))["study_session"]
    assert f"Entries of study time</th><td>0</td><td>{here}</td>" in page


def test_a_file_that_fits_no_more_is_said_and_forgotten(learner: FlaskClient, session: Session, filled: User) -> None:
    upload(learner, as_json(made(session, filled)))
    kept = session.get_one(ImportDraft, filled.id)
    kept.body = kept.body.replace('"ml-engineer"', '"gone-engineer"')
    session.commit()
    refused = learner.post("/settings/data/import")
    assert (refused.status_code, "is not on this server" in refused.text) == (422, True)
    assert "Look at the file" in refused.text
    assert session.scalar(select(ImportDraft.user_id)) is None


def test_a_draft_of_an_older_version_is_none(learner: FlaskClient, session: Session, filled: User) -> None:
    session.add(ImportDraft(user_id=filled.id, body=as_json(made(session, filled)), created_at=NOW))
    session.commit()
    assert "Look at the file" in learner.get("/settings/data").text


def test_a_file_can_be_forgotten(learner: FlaskClient, session: Session, filled: User) -> None:
    upload(learner, as_json(made(session, filled)))
    learner.post("/settings/data/import/forget")
    assert "Look at the file" in learner.get("/settings/data").text
    learner.post("/settings/data/import")
    assert "There is no file" in learner.get("/settings/data").text


def test_a_file_nobody_said_yes_to_is_forgotten_after_a_day(session: Session, filled: User) -> None:
    services.keep_draft(session, user_id=filled.id, text="{}", preview=services.Imported({}, {}), now=NOW)
    services.forget_drafts(session, now=NOW + dt.timedelta(hours=23))
    assert services.draft_of(session, filled.id) == services.Draft("{}", services.Imported({}, {}))
    services.forget_drafts(session, now=NOW + dt.timedelta(hours=25))
    assert services.draft_of(session, filled.id) is None


def test_a_stranger_cannot(client: FlaskClient, session: Session, filled: User) -> None:
    for address in ("/settings/data", "/settings/data/import", "/settings/data/import/forget"):
        assert client.post(address).status_code == 302
    text = as_json(made(session, filled))
    services.keep_draft(session, user_id=filled.id, text=text, preview=services.Imported({}, {}), now=NOW)
    people.log_in(client, people.make_user(session, "grace@example.org"))
    assert "Look at the file" in client.get("/settings/data").text, "it is not shown to somebody else"
