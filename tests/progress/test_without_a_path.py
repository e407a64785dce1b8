"""Somebody who has signed up and is on no path yet is led to the paths, whatever they open."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import ada, log_in


@pytest.mark.parametrize("address", ["/plan", "/plan/settings", "/plan/pauses", "/plan/ways", "/log"])
def test_pages_about_ones_plan_lead_to_the_paths(client: FlaskClient, session: Session, address: str) -> None:
    log_in(client, ada(session))
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path == "/dashboard"
    assert "Pick a path to begin" in answer.text


def test_forms_about_it_change_nothing(client: FlaskClient, session: Session) -> None:
    log_in(client, ada(session))
    assert client.post("/log", data={"on": "2027-03-01", "minutes": "30"}).status_code == 404
    assert client.post("/plan/settings", data={"hours_per_week": "12"}).status_code == 404
