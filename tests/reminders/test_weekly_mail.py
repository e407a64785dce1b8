"""What the weekly mail says in each state, and that its two parts say the same."""

from __future__ import annotations

import datetime as dt
import email
import email.message
import email.policy
import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import weekly
from tests.people import TODAY, ada, enrol, path_of
from tracker.catalog.schema import Catalog
from tracker.db import transaction
from tracker.models import Enrolment, OutboxMail, Pause, ReminderPreference, User
from tracker.outbox import message
from tracker.outbox.render import Content, Skip
from tracker.progress import services as progress
from tracker.progress.queries import overview
from tracker.study.entry import Entry
from tracker.study.services import choose_for_week, log_time
from tracker.worker import composers

DAY = dt.timedelta(days=1)


class Desk:
    """Ada, her path, and the composer of the weekly mail."""

    def __init__(self, session: Session, catalog: Catalog, settings: Settings) -> None:
        self.session, self.catalog = session, catalog
        self.settings = replace(settings, base_url="https://waymark.example.org")
        self.user: User = ada(session)
        self.mail = session.get_one(OutboxMail, weekly(session, self.user))
        self.compose = composers(self.settings)["weekly"]

    def enrol(self, start_on: dt.date = TODAY) -> Enrolment:
        return enrol(self.session, self.catalog, self.user, start_on=start_on)

    def keys(self) -> list[str]:
        view = overview(self.session, user_id=self.user.id, path=path_of(self.catalog), today=TODAY)
        return [milestone.key for milestone in view.plan.milestones]

    def tick(self, key: str, state: str = "done", on: dt.date = TODAY, now: dt.datetime = NOW) -> None:
        progress.tick(
            self.session, user_id=self.user.id, path=path_of(self.catalog), key=key, state=state, today=now.date(),
            now=now, done_on=on if state == "done" else None,
        )  # fmt: skip

    def content(self, now: dt.datetime = NOW) -> Content:
        return self.compose(self.session, self.mail, self.user, now)

    def received(self, now: dt.datetime = NOW) -> email.message.EmailMessage:
        data = message.build(self.settings, self.mail, self.content(now), message_id="<a@b>", date="x")
        assert len(data) < 90_000
        parsed = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(parsed, email.message.EmailMessage)
        return parsed


@pytest.fixture
def desk(session: Session, catalog: Catalog, settings: Settings) -> Desk:
    return Desk(session, catalog, settings)


def plain(html: str) -> str:
    html = re.sub(r"(?s)<style.*?</style>", " ", html)
    return re.sub(r"\s+([,.:])", r"\1", " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()))


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_it_names_percent_pace_forecast_and_what_is_next(desk: Desk) -> None:
    desk.enrol()
    for key in desk.keys()[:6]:
        desk.tick(key)
    # A week later: what was done on the day of the last mail is still named.
    content = desk.content(NOW + 7 * DAY)
    assert re.fullmatch(r"\d+% done, \d+ days ahead: next up .+", content.subject)
    view = overview(desk.session, user_id=desk.user.id, path=path_of(desk.catalog), today=TODAY + 7 * DAY)
    text = one_line(content.text)
    assert f"{view.percent}% done, " in text
    assert f"1. {view.next_items[0].milestone.title} due " in text
    assert f"/milestones/ml-engineer/{view.next_items[0].key}" in text
    assert "Ticked off in the last seven days: " in text
    assert "you will most likely finish between " in text


def titles(text: str) -> list[str]:
    return re.findall(r"(?m)^\d\. (.+)$", text)


def test_a_step_that_is_larger_than_a_week_stands_alone_and_says_so(desk: Desk) -> None:
    desk.enrol()
    text = desk.content().text
    assert titles(text) == ["Python from zero"]
    assert "due 26 Mar, 44 h, some 4 weeks at your 12 h a week" in one_line(text)
    assert "After that: School maths: algebra, functions, logarithms." in one_line(text)


def test_several_steps_are_named_where_they_fit_the_hours_of_the_week(desk: Desk) -> None:
    enrol(desk.session, desk.catalog, desk.user, hours_per_week=80)
    assert titles(desk.content().text) == ["Python from zero", "School maths: algebra, functions, logarithms"]
    for key in desk.keys()[:6]:
        desk.tick(key)
    view = overview(desk.session, user_id=desk.user.id, path=path_of(desk.catalog), today=TODAY)
    assert titles(desk.content().text) == [item.milestone.title for item in view.next_items[:3]]


def test_what_was_chosen_for_the_week_comes_first_even_where_it_is_much(desk: Desk) -> None:
    desk.enrol()
    keys = desk.keys()
    chosen = [keys[4], keys[7]]
    choose_for_week(desk.session, user_id=desk.user.id, path=path_of(desk.catalog), milestones=chosen, today=TODAY)
    text = desk.content().text
    names = {m.key: m.title for m in path_of(desk.catalog).active}
    assert titles(text) == [names[key] for key in chosen]
    assert "YOUR CHOICE FOR THIS WEEK" in text
    assert "After that: Python from zero." in one_line(text)


def test_it_tells_what_was_done_since_the_last_mail_however_long_ago_that_was(desk: Desk) -> None:
    desk.enrol()
    keys = desk.keys()
    desk.tick(keys[0], on=TODAY)
    with transaction(desk.session):
        desk.session.get_one(ReminderPreference, desk.user.id).last_sent_at = NOW
    entry = Entry(95, TODAY + 2 * DAY, None, "")
    path = path_of(desk.catalog)
    log_time(desk.session, user_id=desk.user.id, path=path, entry=entry, today=TODAY + 2 * DAY, now=NOW)
    text = one_line(desk.content(NOW + 28 * DAY).text)
    assert "Ticked off since the last mail (1 Mar): Python from zero (44 h). You logged 1 h 35 min of study." in text


def test_what_was_done_before_the_last_mail_and_ticked_after_it_is_news(desk: Desk) -> None:
    desk.enrol(TODAY - 30 * DAY)
    first, second, *_ = desk.keys()
    desk.tick(first, now=NOW - DAY, on=TODAY - DAY)
    with transaction(desk.session):
        desk.session.get_one(ReminderPreference, desk.user.id).last_sent_at = NOW
    desk.tick(second, now=NOW + DAY, on=TODAY - 20 * DAY)
    text = one_line(desk.content(NOW + 7 * DAY).text)
    assert "Ticked off since the last mail (1 Mar): School maths: algebra, functions, logarithms (36 h)." in text


def test_what_one_mail_has_told_the_next_one_does_not_tell_again(desk: Desk) -> None:
    desk.enrol()
    desk.tick(desk.keys()[0], now=NOW - dt.timedelta(hours=1))
    with transaction(desk.session):
        desk.session.get_one(ReminderPreference, desk.user.id).last_sent_at = NOW
    assert "Nothing was ticked off since the last mail (1 Mar)." in one_line(desk.content(NOW + 7 * DAY).text)


def test_the_text_is_as_wide_as_mail_is_read(desk: Desk) -> None:
    desk.enrol()
    for content in (desk.content(), desk.content(NOW + 200 * DAY)):
        wide = [line for line in content.text.splitlines() if len(line) > 72 and "http" not in line]
        assert not wide


def test_both_parts_say_the_same(desk: Desk) -> None:
    desk.enrol()
    desk.tick(desk.keys()[0], "doing")
    mail = desk.received(NOW + 60 * DAY)
    text, html = (part.get_content() for part in mail.iter_parts())
    seen = plain(html)
    for line in text.splitlines():
        if line.strip() and "http" not in line and line != "--" and not line.endswith(":"):
            assert re.sub(r"^\d\. ", "", line.strip()).lower() in seen.lower(), line
    assert set(re.findall(r"https://[^\s\"<)]+", text)) == set(re.findall(r'href="([^"]+)"', html))


def test_who_is_behind_only_because_a_long_milestone_is_not_ticked_hears_that_its_criteria_count(desk: Desk) -> None:
    desk.enrol()
    text = one_line(desk.content(NOW + 10 * DAY).text)
    assert "Nothing is past its planned date:" in text
    assert "Tick its criteria as you meet them, and they count at once." in text
    assert desk.content(NOW + 20 * DAY).subject.startswith("0% done: next up ")
    assert "ways to go on" not in one_line(desk.content(NOW + 20 * DAY).text)
    assert "ways to go on" in one_line(desk.content(NOW + 30 * DAY).text)


def test_what_is_overdue_is_said_calmly(desk: Desk) -> None:
    desk.enrol()
    first = desk.keys()[0]
    text = one_line(desk.content(NOW + 30 * DAY).text)
    title = next(m.title for m in path_of(desk.catalog).active if m.key == first)
    assert f"Past its planned date (26 Mar): {title}." in text
    assert f"1. {title} planned for 26 Mar" in text
    assert "behind" in desk.content(NOW + 30 * DAY).subject
    later = one_line(desk.content(NOW + 200 * DAY).text)
    assert re.search(r"\d+ milestones are past their planned dates, the first since 26 Mar: .+ and \d+ more\.", later)


def test_a_day_of_another_year_is_named_with_its_year(desk: Desk) -> None:
    desk.enrol()
    with transaction(desk.session):
        desk.session.get_one(ReminderPreference, desk.user.id).last_sent_at = NOW + 290 * DAY
    text = one_line(desk.content(NOW + 320 * DAY).text)
    assert "Nothing was ticked off since the last mail (16 Dec 2027)." in text
    assert "the first since 26 Mar 2027: " in text
    assert "planned for 26 Mar 2027" in text


def test_what_has_time_until_another_year_says_which(desk: Desk) -> None:
    enrol(desk.session, desk.catalog, desk.user, hours_per_week=1)
    text = one_line(desk.content(NOW + 7 * DAY).text)
    assert "Nothing is past its planned date: Python from zero has time until 2 Jan 2028." in text


def test_before_the_start_it_looks_ahead(desk: Desk) -> None:
    desk.enrol(TODAY + 10 * DAY)
    content = desk.content()
    assert content.subject.startswith("0% done, starting Thursday 11 March: next up ")
    assert "Your plan begins on Thursday 11 March." in content.text
    assert "behind" not in content.text
    assert "TO BEGIN WITH" in content.text
    assert "THIS WEEK\n" not in content.text


def test_before_anything_is_done_the_forecast_stands_beside_the_date_of_the_plan(desk: Desk) -> None:
    desk.enrol()
    text = one_line(desk.content(NOW + 7 * DAY).text)
    assert "By the plan you finish in October 2028. The forecast so far is between " in text
    assert "most likely" not in text


def test_a_forecast_that_nobody_can_see_as_far_as_is_not_made(desk: Desk) -> None:
    desk.enrol()
    text = one_line(desk.content(NOW + 300 * DAY).text)
    assert (
        "By the plan you finish in October 2028. A forecast begins with the first milestone that you tick off." in text
    )
    text = one_line(desk.content(NOW + 900 * DAY).text)
    assert "The finish that was planned, October 2028, has gone by." in text


def test_a_step_under_way_is_seen(desk: Desk) -> None:
    desk.enrol()
    desk.tick(desk.keys()[0], "doing")
    text = one_line(desk.content(NOW + 14 * DAY).text)
    assert "No milestone was ticked off in the last seven days, but Python from zero is under way." in text
    assert "44 h, begun" in text


def test_how_to_stop_it_is_at_the_top_and_at_the_foot_of_the_text(desk: Desk) -> None:
    desk.enrol()
    content = desk.content()
    assert content.unsubscribe.startswith("https://waymark.example.org/unsubscribe/")
    lines = content.text.splitlines()
    where = [number for number, line in enumerate(lines) if content.unsubscribe in line]
    assert where[0] < 6
    assert where[-1] == len(lines) - 1
    assert "You get this every Monday at 08:00, Berlin" in content.text


def test_it_needs_nothing_from_elsewhere(desk: Desk) -> None:
    desk.enrol()
    html = desk.content().html
    assert "<img" not in html
    assert "<script" not in html
    assert "<link" not in html
    assert "url(" not in html
    assert 'class="card" style="' in html, "styles are inlined"
    assert "prefers-color-scheme: dark" in html, "what cannot be inlined stays in the head"


def test_titles_from_the_catalogue_are_text_not_markup(desk: Desk) -> None:
    desk.enrol()
    desk.settings = replace(desk.settings, site_name="A <b>& B</b>")
    desk.compose = composers(desk.settings)["weekly"]
    assert "A &lt;b&gt;&amp; B&lt;/b&gt;" in desk.content().html
    assert "A <b>& B</b>" in one_line(desk.content().text)


def test_nothing_is_sent_to_somebody_without_a_path(desk: Desk) -> None:
    with pytest.raises(Skip, match=r"You are not on a path\."):
        desk.content()


def test_nothing_is_sent_once_the_path_is_finished(desk: Desk) -> None:
    desk.enrol()
    keys = desk.keys()
    for key in keys[:-1]:
        desk.tick(key)
    content = desk.content()
    assert len(re.findall(r"^\d\. ", content.text, re.MULTILINE)) == 1, "one step is left"
    desk.tick(keys[-1])
    with pytest.raises(Skip, match=r"Your path is finished\."):
        desk.content()


def test_nothing_is_sent_during_a_pause(desk: Desk) -> None:
    enrolment = desk.enrol()
    with transaction(desk.session):
        desk.session.add(Pause(enrolment_id=enrolment.id, starts_on=TODAY, ends_on=TODAY + 7 * DAY, created_at=NOW))
    with pytest.raises(Skip, match=r"Your plan is paused\."):
        desk.content(NOW + DAY)
    assert desk.content(NOW + 8 * DAY)


def test_the_last_mail_before_a_pause_says_so(desk: Desk) -> None:
    enrolment = desk.enrol()
    begins, ends = TODAY + 3 * DAY, TODAY + 16 * DAY
    with transaction(desk.session):
        desk.session.add(Pause(enrolment_id=enrolment.id, starts_on=begins, ends_on=ends, created_at=NOW))
    sentence = "From Thursday 4 March to Wednesday 17 March your plan is paused: no reminder comes in that time"
    content = desk.content()
    assert sentence in one_line(content.text)
    assert sentence in plain(content.html)
    assert "paused" not in desk.content(NOW + 17 * DAY).text


def test_its_rhythm_is_the_one_that_was_chosen(desk: Desk) -> None:
    desk.enrol()
    with transaction(desk.session):
        preference = desk.session.get_one(ReminderPreference, desk.user.id)
        preference.weekday, preference.hour = 5, 18
    assert "every Saturday at 18:00, Berlin" in desk.content().text


def test_it_costs_the_same_few_queries_whatever_was_done(desk: Desk) -> None:
    desk.enrol()
    counts = []
    for keys in (desk.keys()[:1], desk.keys()[1:25]):
        for key in keys:
            desk.tick(key)
        desk.session.expire_all()
        statements: list[str] = []
        listener = lambda _c, _cur, statement, *_rest, into=statements: into.append(statement)  # noqa: E731
        event.listen(desk.session.connection(), "before_cursor_execute", listener)
        desk.content()
        event.remove(desk.session.connection(), "before_cursor_execute", listener)
        counts.append(len([s for s in statements if s.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 9, counts
