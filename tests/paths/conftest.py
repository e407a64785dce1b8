"""A small kitchen instead of the shipped paths, and somebody who bakes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.kitchen import kitchen, serve
from tests.people import ada, enrol
from tracker.catalog.schema import Catalog
from tracker.models import User


@pytest.fixture
def catalog(app: Flask) -> Catalog:
    """Served by the app, too."""
    made = kitchen()
    serve(app, made)
    return made


@pytest.fixture
def user(session: Session, catalog: Catalog) -> User:
    """Ada bakes for 10 h a week, since today: 100 h, 70 days."""
    made = ada(session)
    enrol(session, catalog, made, slug="baker", hours_per_week=10)
    return made
