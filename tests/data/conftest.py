"""Somebody with a bit of everything on record."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import people
from tests.environment import NOW
from tracker.catalog.schema import Catalog
from tracker.data.export import Export, export
from tracker.enrolment.revisions import Who, add_pause
from tracker.models import User
from tracker.progress import criteria, links, notes
from tracker.progress import services as progress
from tracker.reminders import services as reminders
from tracker.study import services as study
from tracker.study.entry import Entry

TODAY = NOW.date()
DAY = dt.timedelta(days=1)
NOTE = '=HYPERLINK("x")\nKanarienvogel, "quoted"; \'apostrophe\' 🐤'


def fill(session: Session, catalog: Catalog, user: User) -> None:
    """Ticks, criteria, a note, a link, study time, a choice for the week, a pause, a reminder."""
    path = people.path_of(catalog)
    milestone = path.milestone("numpy")
    assert milestone is not None
    for key in ("python-from-zero", "numpy"):
        progress.tick(session, user_id=user.id, path=path, key=key, state="done", today=TODAY, now=NOW)
    progress.tick(session, user_id=user.id, path=path, key="spam-classifier", state="doing", today=TODAY, now=NOW)
    criteria.set_criteria(
        session, user_id=user.id, path=path, key="numpy", met=[milestone.done_when[0].key], today=TODAY
    )
    notes.write_note(session, user_id=user.id, path=path, key="numpy", body=NOTE, now=NOW)
    url = "https://numpy.org/doc/"
    links.add_link(session, user_id=user.id, path=path, key="numpy", url=url, title="The guide", now=NOW)
    for later in (NOW, NOW + dt.timedelta(minutes=1)):  # two that say the same; at once they would be a double click
        entry = Entry(45, TODAY, "numpy", "-1 is a formula to a spreadsheet")
        study.log_time(session, user_id=user.id, path=path, entry=entry, today=TODAY, now=later)
    study.choose_for_week(session, user_id=user.id, path=path, milestones=["numpy"], today=TODAY)
    add_pause(session, Who(user.id, path, 1, TODAY, NOW), starts_on=TODAY + 7 * DAY, ends_on=TODAY + 9 * DAY)
    reminders.save_preferences(
        session, user_id=user.id, enabled=True, weekday=2, hour=18, timezone=people.BERLIN, now=NOW
    )


@pytest.fixture
def filled(session: Session, catalog: Catalog, user: User) -> User:
    """Ada, with all of that."""
    fill(session, catalog, user)
    return user


def made(session: Session, user: User) -> Export:
    """Her export."""
    return export(session, user_id=user.id, now=NOW, site="https://waymark.example.org")


def counts(exported: Export) -> dict[str, int]:
    """Records by kind."""
    return {name: len(rows) for name, rows in exported["records"].items()}
