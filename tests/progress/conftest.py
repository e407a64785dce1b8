"""Somebody on the path."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import ada, enrol, log_in
from tracker.catalog.schema import Catalog
from tracker.models import User


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    """A beginner since today: 1,040 h at 12 h a week."""
    learner = ada(session)
    enrol(session, catalog, learner)
    return learner


@pytest.fixture
def learner(client: FlaskClient, user: User) -> FlaskClient:
    """The same person, logged in."""
    log_in(client, user)
    return client
