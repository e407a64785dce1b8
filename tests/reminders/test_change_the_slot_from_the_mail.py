"""Another day or hour by a link in the mail: one small form, and nothing else that it could change."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Settings
from tests.people import enrol, make_user
from tests.reminders.links import link, preference, said
from tracker.catalog.schema import Catalog
from tracker.models import User
from tracker.reminders import services


def test_the_form_shows_what_holds_and_the_new_slot_takes_effect(
    session: Session, csrf_client: FlaskClient, settings: Settings, user: User
) -> None:
    address = link(settings, user, "slot")
    page = csrf_client.get(address).text
    assert '<option selected value="0">Monday' in page
    assert '<option selected value="8">08:00' in page
    answer = said(csrf_client.post(address, data={"weekday": "3", "hour": "17"}))
    assert "The weekly mail comes on Thursday at 17:00, Berlin." in answer
    assert "The next one comes on Thursday 4 March, 17:00, Berlin." in answer
    assert preference(session, user).next_due_at == dt.datetime(2027, 3, 4, 16, tzinfo=dt.UTC)


def test_the_same_again_changes_nothing(session: Session, client: FlaskClient, settings: Settings, user: User) -> None:
    for _ in range(3):
        client.post(link(settings, user, "slot"), data={"weekday": "3", "hour": "17"})
    assert preference(session, user).rev == 1


def test_nothing_but_day_and_hour_can_be_changed_by_it(
    session: Session, client: FlaskClient, settings: Settings, user: User
) -> None:
    services.unsubscribe(session, user_id=user.id)
    wishes = {"weekday": "3", "hour": "17", "enabled": "y", "timezone": "Asia/Tokyo"}
    answer = said(client.post(link(settings, user, "slot"), data=wishes))
    assert "is kept, but the weekly mail is off." in answer
    kept = preference(session, user)
    assert (kept.enabled, kept.weekday, kept.hour, kept.next_due_at) == (False, 3, 17, None)
    assert session.get_one(User, user.id, populate_existing=True).timezone == "Europe/Berlin"


@pytest.mark.parametrize(("field", "value"), [("weekday", "7"), ("hour", "24"), ("hour", ""), ("weekday", "monday")])
def test_bad_input_comes_back_with_a_sentence(
    session: Session, client: FlaskClient, settings: Settings, user: User, field: str, value: str
) -> None:
    answer = client.post(link(settings, user, "slot"), data={"weekday": "3", "hour": "17", field: value})
    assert answer.status_code == 422
    assert f"Choose the {'day' if field == 'weekday' else 'hour'} from the list." in said(answer)
    assert ('selected value="17"' if field == "weekday" else 'selected value="3"') in answer.text
    assert preference(session, user).rev == 0


def test_a_stranger_cannot_change_mine(
    session: Session, client: FlaskClient, catalog: Catalog, settings: Settings, user: User
) -> None:
    eve = make_user(session, "eve@example.org")
    enrol(session, catalog, eve)
    client.post(link(settings, eve, "slot"), data={"weekday": "3", "hour": "17"})
    assert (preference(session, user).weekday, preference(session, eve).weekday) == (0, 3)
