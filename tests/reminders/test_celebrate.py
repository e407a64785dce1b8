"""One mail when a phase is finished, one when the path is: by the tick that finishes it, and never again."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.kitchen import kitchen
from tests.mailing import post_office
from tests.people import TODAY, ada, enrol, make_user, path_of
from tests.reminders.links import link, preference
from tracker import db
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import OutboxMail, ProgressLog, Suppression, User
from tracker.outbox.render import Content, Renderer, Skip
from tracker.progress import services as progress
from tracker.progress.queries import overview
from tracker.reminders import services
from tracker.reminders.celebration import CelebrationMail
from tracker.worker import composers

DAY = dt.timedelta(days=1)


class Way:
    """Ada's way, a tick at a time."""

    def __init__(
        self, session: Session, catalog: Catalog, settings: Settings, user: User, slug: str = "ml-engineer"
    ) -> None:
        self.session, self.path, self.settings, self.user = session, path_of(catalog, slug), settings, user

    def tick(self, *keys: str, state: str = "done") -> None:
        for key in keys:
            progress.tick(
                self.session,
                user_id=self.user.id,
                path=self.path,
                key=key,
                state=state,
                today=TODAY,
                now=NOW,
            )

    def phase(self, number: int) -> list[str]:
        return [milestone.key for milestone in self.path.in_phase(number)]

    def mails(self) -> list[tuple[str, str]]:
        self.session.expire_all()
        rows = self.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
        return [(row.kind, row.state) for row in rows]

    def content(self) -> Content:
        mail = self.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
        assert mail
        return composers(self.settings)[mail.kind](self.session, mail, self.user, NOW)


@pytest.fixture
def way(session: Session, catalog: Catalog, settings: Settings, user: User) -> Way:
    return Way(session, catalog, settings, user)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_last_tick_of_a_phase_is_celebrated(way: Way) -> None:
    *most, last = way.phase(1)
    way.tick(*most)
    assert way.mails() == []
    way.tick(last)
    assert way.mails() == [("phase-finished", "queued")]
    content = way.content()
    view = overview(way.session, user_id=way.user.id, path=way.path, today=TODAY)
    assert content.subject == f"Phase 1 finished, {view.percent}% done: Mathematics & Python Foundations"
    text = one_line(content.text)
    assert f"{len(way.phase(1))} milestones, 260 h of study. Well done." in text
    assert "Then phase 2, Machine Learning Fundamentals, begins with Framing a problem" in text
    assert content.unsubscribe
    for sentence in ("260 h of study", "Machine Learning Fundamentals", f"{view.percent}% done"):
        assert sentence in content.html


def test_ticked_off_again_it_is_not_celebrated_again(way: Way) -> None:
    way.tick(*way.phase(1))
    last = way.phase(1)[-1]
    for state in ("todo", "done", "doing", "done"):
        way.tick(last, state=state)
    assert way.mails() == [("phase-finished", "queued")]


def test_what_is_opened_again_before_it_goes_is_not_celebrated(way: Way) -> None:
    way.tick(*way.phase(1))
    way.tick(way.phase(1)[0], state="todo")
    with pytest.raises(Skip, match="opened again"):
        way.content()


def test_a_phase_is_not_celebrated_any_more_once_the_path_is(
    way: Way, settings: Settings, sessions: db.SessionFactory
) -> None:
    way.tick(*(milestone.key for milestone in way.path.active))
    with post_office(settings, sessions) as office:
        assert dict(office.deliver(composers=composers(settings))) == {"skipped": 3, "sent": 1}
        (arrived,) = office.sink.messages
    assert arrived["Subject"] == "100% done: you have finished ML Engineer"


def test_the_last_tick_of_all_is_one_mail_about_the_path(way: Way) -> None:
    for number in (1, 2, 3, 4):
        way.tick(*way.phase(number))
    assert way.mails() == [("phase-finished", "queued")] * 3 + [("path-finished", "queued")]
    content = way.content()
    assert content.subject == "100% done: you have finished ML Engineer"
    text = one_line(content.text)
    assert "60 milestones, 1,040 h of study. Well done." in text, "all on one day"
    assert "What you can show now: - " in text
    assert "the search for work: 4 to 10 months" in text
    way.tick(way.phase(4)[-1], state="todo")
    way.tick(way.phase(4)[-1])
    assert len(way.mails()) == 4


@pytest.mark.parametrize(("days", "span"), [(1, "1 day"), (59, "59 days"), (60, "2 months"), (400, "13 months")])
def test_how_long_the_way_took_is_said_as_it_was(way: Way, days: int, span: str) -> None:
    *most, last = [milestone.key for milestone in way.path.active]
    way.tick(*most)
    later = TODAY + dt.timedelta(days=days)
    progress.tick(
        way.session, user_id=way.user.id, path=way.path, key=last, state="done", today=later, now=NOW, done_on=later
    )
    assert f": {span}. Well done." in one_line(way.content().text)


def test_a_phase_that_was_begun_already_goes_on(way: Way) -> None:
    way.tick(way.phase(2)[0], *way.phase(1))
    assert "Then phase 2, Machine Learning Fundamentals, goes on with " in one_line(way.content().text)


def test_the_end_of_one_path_is_not_the_end_of_the_mail_about_another(way: Way, catalog: Catalog) -> None:
    enrol(way.session, catalog, way.user, slug="backend-developer")
    way.tick(*(milestone.key for milestone in way.path.active))
    content = way.content()
    for part in (content.text, content.html):
        assert "The weekly mail goes on, about your other path." in one_line(part)
        assert "ends here" not in part


def test_a_path_of_ones_own_is_not_followed_by_the_search_for_work(session: Session, settings: Settings) -> None:
    user, catalog = ada(session), kitchen()
    enrol(session, catalog, user, slug="cook")
    way = Way(session, catalog, settings, user, "cook")
    way.tick(*(milestone.key for milestone in way.path.active))
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail
    content = CelebrationMail(settings, catalog, Renderer(settings))(session, mail, user, NOW)
    assert "You have finished Cook" in content.text
    assert "search for work" not in content.text + content.html
    assert "\n\n\n" not in content.text


def test_marking_the_rest_of_a_phase_celebrates_too(way: Way) -> None:
    way.tick(way.phase(1)[0])
    progress.mark_phase(way.session, user_id=way.user.id, path=way.path, number=1, state="done", today=TODAY, now=NOW)
    assert way.mails() == [("phase-finished", "queued")]


def test_a_phase_that_was_only_known_is_nothing_to_celebrate(way: Way) -> None:
    progress.mark_phase(way.session, user_id=way.user.id, path=way.path, number=1, state="known", today=TODAY, now=NOW)
    assert way.mails() == []


def test_a_tick_by_mail_celebrates_and_says_mail_in_the_log(way: Way, client: FlaskClient, settings: Settings) -> None:
    *most, last = way.phase(1)
    way.tick(*most)
    client.post(link(settings, way.user, "done", "ml-engineer", last))
    assert way.mails() == [("phase-finished", "queued")]
    newest = way.session.scalars(select(ProgressLog).order_by(ProgressLog.id.desc())).first()
    assert newest
    assert newest.door == "mail"


@pytest.mark.parametrize("why", ["off", "unconfirmed"])
def test_who_gets_no_reminders_gets_none_of_these_not_even_later(way: Way, why: str) -> None:
    if why == "off":
        services.unsubscribe(way.session, user_id=way.user.id)
    else:
        with transaction(way.session):
            way.session.get_one(User, way.user.id).email_confirmed_at = None
    way.tick(*way.phase(1))
    assert way.mails() == []
    if why == "off":
        wishes = {"enabled": True, "weekday": 0, "hour": 8, "timezone": "Europe/Berlin"}
        services.save_preferences(way.session, user_id=way.user.id, now=NOW, **wishes)  # type: ignore[arg-type]
    way.tick(way.phase(1)[0], state="todo")
    way.tick(way.phase(1)[0])
    assert way.mails() == []


def test_it_is_sent_beside_the_weekly_mail_and_asks_for_no_answer(
    way: Way, settings: Settings, sessions: db.SessionFactory
) -> None:
    way.tick(*way.phase(1))
    # In between another hour was chosen: the mail goes all the same.
    services.change_slot(way.session, user_id=way.user.id, weekday=3, hour=9, now=NOW)
    with post_office(settings, sessions) as office:
        outcomes = office.deliver(composers=composers(settings))
        (arrived,) = office.sink.messages
    assert dict(outcomes) == {"sent": 1}
    for header in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Auto-Submitted"):
        assert arrived[header], header
    kept = preference(way.session, way.user)
    assert (kept.unanswered, kept.last_sent_at) == (0, None)


def test_it_honours_an_address_that_was_refused_and_a_change_of_mind(
    way: Way, settings: Settings, sessions: db.SessionFactory
) -> None:
    way.tick(*way.phase(1))
    with transaction(way.session):
        way.session.add(Suppression(address=way.user.email, reason="hard", evidence="no", created_at=NOW))
    way.tick(*way.phase(2))
    with post_office(settings, sessions) as office:
        assert dict(office.deliver(composers=composers(settings))) == {"skipped": 2}
        assert office.sink.messages == []


def test_the_tick_and_its_mail_are_one_step(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    *most, last = way.phase(1)
    way.tick(*most)

    def crash(*_arguments: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracker.progress.celebrate.enqueue_unasked", crash)
    with pytest.raises(KeyboardInterrupt):
        way.tick(last)
    monkeypatch.undo()
    assert way.mails() == []
    way.tick(last)
    assert way.mails() == [("phase-finished", "queued")]


def test_the_last_two_ticks_may_arrive_together(fresh_database: str, catalog: Catalog, settings: Settings) -> None:
    engine = db.make_engine(fresh_database)
    sessions = db.make_sessions(engine)
    with sessions() as session:
        user = ada(session)
        enrol(session, catalog, user)
        way = Way(session, catalog, settings, user)
        *most, last, very_last = way.phase(1)
        way.tick(*most)
    gate = threading.Barrier(2)

    def tick_at_once(key: str) -> None:
        with sessions() as own:
            gate.wait(20)
            Way(own, catalog, settings, user).tick(key)

    ticks = [threading.Thread(target=tick_at_once, args=(key,)) for key in (last, very_last)]
    for thread in ticks:
        thread.start()
    for thread in ticks:
        thread.join(60)
    with sessions() as session:
        assert Way(session, catalog, settings, user).mails() == [("phase-finished", "queued")]
    engine.dispose()


def test_a_stranger_cannot_have_me_congratulated(way: Way, session: Session, catalog: Catalog) -> None:
    *most, last = way.phase(1)
    way.tick(*most)
    eve = make_user(session, "eve@example.org")
    enrol(session, catalog, eve)
    progress.tick(session, user_id=eve.id, path=way.path, key=last, state="done", today=TODAY, now=NOW)
    assert way.mails() == []
