"""A mail that is written leaves nothing behind for the collector of garbage, which takes long over a whole batch."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import weekly
from tests.people import ada, enrol
from tracker.catalog.schema import Catalog
from tracker.models import OutboxMail
from tracker.progress.overview import Overview
from tracker.progress.reckoning import reckon
from tracker.reminders import compose
from tracker.worker import composers


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("collector_off")
def test_what_it_says_is_gone_once_it_is_written(
    session: Session, catalog: Catalog, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    views: list[weakref.ref[Overview]] = []

    def noted(*given: Any, **named: Any) -> Overview:
        view = reckon(*given, **named)
        views.append(weakref.ref(view))
        return view

    monkeypatch.setattr(compose, "reckon", noted)
    user = ada(session)
    enrol(session, catalog, user)
    mail = session.get_one(OutboxMail, weekly(session, user))
    content = composers(settings)["weekly"](session, mail, user, NOW)
    assert "This week" in content.html
    assert [view() for view in views] == [None]
