"""An export holds everything that is kept about one learner, and nothing of anybody else."""

from __future__ import annotations

import csv
import io
import json

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import people
from tests.data.conftest import NOTE, fill, made
from tracker.catalog.schema import Catalog
from tracker.data.tables import NOBODYS, owned
from tracker.db import Base
from tracker.models import User


def test_every_table_is_somebodys_or_said_to_be_nobodys() -> None:
    known = {each.name for each in owned()} | set(NOBODYS) | {"user_account"}
    assert known == set(Base.metadata.tables)
    assert all(reason for reason in NOBODYS.values())


def test_every_row_of_the_learner_is_in_it(session: Session, filled: User) -> None:
    exported = made(session, filled)
    parts = exported["records"] | exported["only_here"]
    for each in owned():
        held = session.scalar(select(func.count()).select_from(each.table))
        assert len(parts[each.name]) == held, each.name
    assert exported["records"]["milestone_note"][0]["body"] == NOTE
    assert exported["account"]["email"] == filled.email


def test_what_opens_doors_stays_here(learner: FlaskClient, session: Session, filled: User) -> None:
    text = learner.get("/export.json").text
    assert filled.password_hash not in text
    assert "argon2" not in text
    assert "id_hash" not in text
    assert json.loads(text)["only_here"]["user_session"], "the log-in itself is told"


def test_the_csv_says_the_same(learner: FlaskClient, filled: User) -> None:
    answer = learner.get("/export.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    records = learner.get("/export.json").json
    assert records is not None
    for kind, held in records["records"].items():
        assert sum(row["record"] == kind for row in rows) == len(held), kind


def test_no_cell_is_a_formula(learner: FlaskClient, filled: User) -> None:
    cells = [cell for row in csv.reader(io.StringIO(learner.get("/export.csv").text, newline="")) for cell in row]
    assert "'" + NOTE in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_an_export_is_not_kept_by_browsers_and_proxies(learner: FlaskClient, filled: User) -> None:
    answer = learner.get("/export.json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_cannot(client: FlaskClient, session: Session, catalog: Catalog, filled: User) -> None:
    for address in ("/export.json", "/export.csv", "/settings/data"):
        assert client.get(address).status_code == 302
    other = people.make_user(session, "grace@example.org")
    people.enrol(session, catalog, other)
    fill(session, catalog, other)
    people.log_in(client, other)
    assert filled.email not in client.get("/export.json").text
