"""A milestone as anybody may read it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.counting import asked
from tests.guide.test_read_without_an_account import words
from tests.people import ada, changed, enrol, log_in, path_of
from tracker.catalog.schema import Catalog


def test_it_says_hours_and_why_done_when_and_where_to_learn_it(client: FlaskClient, catalog: Catalog) -> None:
    path = path_of(catalog)
    for milestone in path.active:
        page = client.get(f"/paths/ml-engineer/milestones/{milestone.key}")
        assert page.status_code == 200
        said = words(page.text).replace("&#39;", "'").replace("&amp;", "&").replace("&gt;", ">")
        assert all(criterion.text in said for criterion in milestone.done_when)
        assert all(path.resources[key].url.replace("&", "&amp;") in page.text for key in milestone.resources)
        assert milestone.hours_basis in said
        assert not milestone.estimate or "estimate" in said.lower()


def test_what_comes_first_and_what_it_leads_to_are_links(client: FlaskClient) -> None:
    page = client.get("/paths/ml-engineer/milestones/numpy").text
    assert 'href="/paths/ml-engineer/milestones/python-from-zero"' in page.split("Leads to")[0]
    assert 'href="/paths/ml-engineer/milestones/pandas"' in page.split("Leads to")[1]


def test_an_old_name_leads_to_the_present_one_and_what_is_retired_is_gone(
    app: Flask, client: FlaskClient, catalog: Catalog
) -> None:
    path = path_of(catalog)
    first = path.milestones[0].model_copy(update={"formerly": ("once-so",)})
    second = path.milestones[1].model_copy(update={"retired": True})
    made = changed(path, milestones=(first, second, *path.milestones[2:]))
    app.extensions["tracker"] = replace(app.extensions["tracker"], catalog=Catalog(paths={path.slug: made}))
    try:
        answer = client.get("/paths/ml-engineer/milestones/once-so")
        assert (answer.status_code, answer.location) == (301, f"/paths/ml-engineer/milestones/{first.key}")
        assert client.get(f"/paths/ml-engineer/milestones/{second.key}").status_code == 404
    finally:
        app.extensions["tracker"] = replace(app.extensions["tracker"], catalog=catalog)


@pytest.mark.parametrize("address", ["/paths/ml-engineer/milestones/juggling", "/paths/astronaut/milestones/numpy"])
def test_what_does_not_exist_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_it_sets_no_cookie_and_asks_the_database_nothing(client: FlaskClient, connection: Connection) -> None:
    with asked(connection) as statements:
        answer = client.get("/paths/ml-engineer/milestones/numpy")
    assert "Set-Cookie" not in answer.headers
    assert statements == []


def test_who_is_on_the_path_is_led_to_the_own_one(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    user = ada(session)
    enrol(session, catalog, user)
    log_in(client, user)
    assert 'href="/milestones/ml-engineer/numpy"' in client.get("/paths/ml-engineer/milestones/numpy").text
