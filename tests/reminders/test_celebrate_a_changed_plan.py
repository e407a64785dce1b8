"""A plan from which the last open milestone is taken out is finished, too, or a phase of it; what was so is no news."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import TODAY
from tests.reminders.test_celebrate import Way
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.enrolment.own import Wanted, add_own, drop_own
from tracker.enrolment.paths import learned_path
from tracker.enrolment.revisions import Who
from tracker.models import Celebration, OutboxMail, User
from tracker.progress.queries import overview


class Changing(Way):
    """Ada's way with milestones of her own, which she may take out again."""

    def who(self) -> Who:
        seen = overview(self.session, user_id=self.user.id, path=self.path, today=TODAY).revision
        return Who(self.user.id, self.path, seen, TODAY, NOW)

    def add(self, catalog: Catalog, phase: int) -> str:
        key = add_own(self.session, self.who(), Wanted(title=f"Cakes {phase}", hours=5, phase=phase, done_when=()))
        path = learned_path(self.session, catalog, self.user.id, self.path.slug)
        assert path
        self.path = path
        return key

    def drop(self, key: str) -> None:
        drop_own(self.session, self.who(), key)


@pytest.fixture
def way(session: Session, catalog: Catalog, settings: Settings, user: User) -> Changing:
    return Changing(session, catalog, settings, user)


def test_a_phase_without_its_last_open_milestone_is_finished(way: Changing, catalog: Catalog) -> None:
    first, second = way.add(catalog, 1), way.add(catalog, 2)
    way.tick(*(key for key in way.phase(1) if key != first))
    way.drop(second)
    assert way.mails() == [], "something is open still"
    way.drop(first)
    assert way.mails() == [("phase-finished", "queued")]
    assert "Phase 1 finished" in way.content().text
    way.drop(way.add(catalog, 1))
    assert way.mails() == [("phase-finished", "queued")], "once"


def test_a_path_without_its_last_open_milestone_is_finished(way: Changing, catalog: Catalog) -> None:
    own = way.add(catalog, 4)
    way.tick(*(milestone.key for milestone in way.path.active if milestone.key != own))
    already = way.mails()
    way.drop(own)
    assert way.mails() == [*already, ("path-finished", "queued")]
    assert "You have finished ML Engineer" in way.content().text


def test_what_was_finished_before_is_no_news_in_another_plan(way: Changing, catalog: Catalog) -> None:
    way.tick(*way.phase(1))
    with transaction(way.session):
        for table in (OutboxMail, Celebration):  # as where the data was brought in from another server
            way.session.execute(delete(table))
    way.drop(way.add(catalog, 2))
    assert way.mails() == []
