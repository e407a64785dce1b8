"""Rows 18, 22, 23 and 24: changes at the last moment, one learner's bad data, scanners, two versions at once."""

from __future__ import annotations

import datetime as dt
import http.client
import re
import threading
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.faults.table import form
from tests.faults.trial import QUICK, Trial, outcome, wait_until
from tests.people import path_of
from tests.site import Site
from tests.smtp_sink import SmtpSink
from tests.worker_process import KEY
from tracker import clock
from tracker.catalog.schema import Catalog
from tracker.db import Base, transaction
from tracker.enrolment import revisions
from tracker.enrolment.revisions import Who
from tracker.models import Enrolment, PlanRevision, Suppression, User
from tracker.reminders import services

pytestmark = pytest.mark.process
Say = Callable[[str], None]
TIMES = form(25, 100)
Change = Callable[[Session, User, Catalog], None]


def choose_another_day(session: Session, user: User, _catalog: Catalog) -> None:
    now = clock.now_utc()
    day = (now + dt.timedelta(days=9)).weekday()
    services.save_preferences(
        session, user_id=user.id, enabled=True, weekday=day, hour=8, timezone=user.timezone, now=now
    )


def pause(session: Session, user: User, catalog: Catalog) -> None:
    now = clock.now_utc()
    who = Who(user.id, path_of(catalog), 1, now.date(), now)
    today, days = now.date(), dt.timedelta(days=2)
    revisions.add_pause(session, who, starts_on=today - days, ends_on=today + days)


def unsubscribe(session: Session, user: User, _catalog: Catalog) -> None:
    services.unsubscribe(session, user_id=user.id)


def move_address(session: Session, user: User, _catalog: Catalog) -> None:
    with transaction(session):
        session.execute(update(User).where(User.id == user.id).values(email="moved@example.org"))


def be_refused(session: Session, user: User, _catalog: Catalog) -> None:
    with transaction(session):
        session.add(Suppression(address=user.email, reason="complaint", created_at=clock.now_utc()))


def leave(session: Session, user: User, _catalog: Catalog) -> None:
    with transaction(session):
        session.execute(delete(User).where(User.id == user.id))


CHANGES: tuple[Change, ...] = (choose_another_day, pause, unsubscribe, move_address, be_refused, leave)


@pytest.mark.fault(
    18, "another day, pause, unsubscribe, new address, complaint, deletion between claim and mark",
    "0 mails to them; skipped with a reason, moved, or gone; the others get theirs",
)  # fmt: skip
def test_changes_between_claim_and_mark(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    addresses = trial.learners(len(CHANGES) + 2)
    changes = dict(zip(addresses, CHANGES, strict=False))
    with trial.sessions() as session:
        numbers = {user.email: user.id for user in session.scalars(select(User))}

    def policy(stage: str, recipient: str, _count: int) -> None:
        """The server has said yes to the recipient: the last moment before the mark."""
        change = changes.pop(recipient, None) if stage == "data" else None
        if change:
            with trial.sessions() as session:
                change(session, session.get_one(User, numbers[recipient]), trial.catalog)

    sink.policy = policy
    trial.child(sink.url).start()
    wait_until(lambda: not changes and not trial.states() & Counter(("claimed", "sending")) and len(sink.messages) == 2)
    wait_until(lambda: {mail.state for mail in trial.mails() if mail.due_at <= clock.now_utc()} <= {"sent", "skipped"})
    mails = {mail.user_id: mail for mail in trial.mails()}
    said = []
    for address, change in zip(addresses, CHANGES, strict=False):
        mail = mails.get(numbers[address])
        # Moved to another day of the same week, or where that week has none left, sent as it was.
        became = f"{mail.state} {mail.reason}".strip() if mail else "gone"
        said.append(f"{change.__name__.replace('_', ' ')}: {became}")
    seen("; ".join(said))
    assert sink.recipients == addresses[len(CHANGES) :] or set(sink.recipients) == set(addresses[len(CHANGES) :])
    assert [line.split(": ")[1].split()[0] for line in said][1:] == ["skipped"] * 4 + ["gone"]


@pytest.mark.fault(22, "one learner's data cannot be read", "that mail dead after 3 tries, the others sent")
def test_one_learners_bad_data(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    addresses = trial.learners(20)
    with trial.sessions() as session, transaction(session):
        odd = session.scalars(select(User.id).where(User.email == addresses[7])).one()
        plans = select(Enrolment.id).where(Enrolment.user_id == odd)
        session.execute(
            update(PlanRevision).where(PlanRevision.enrolment_id.in_(plans)).values(milestones=[["x", "not a number"]])
        )
    at_once = {**QUICK, "tracker.outbox.outcomes.LONGEST_WAIT": {"seconds": 0.2}}
    trial.child(sink.url, patch=at_once).start()
    wait_until(trial.all_are(20, "sent", "dead"))
    (dead,) = [mail for mail in trial.mails() if mail.state == "dead"]
    seen(f"{trial.states()['sent']} sent; 1 dead after {dead.attempts}: {dead.reason}")
    assert (dead.user_id, dead.attempts) == (odd, 3)
    assert sorted(sink.recipients) == sorted(set(addresses) - {addresses[7]})


def everything(trial: Trial) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for the processes' own heartbeats."""
    with trial.sessions() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != "sender"
        }


@pytest.mark.browser
@pytest.mark.fault(
    23, "a scanner opens every link of a mail again and again, by GET and HEAD, and runs its script",
    "0 changes; one-click POST: off, 200, 0 redirects, 0 cookies",
)  # fmt: skip
def test_a_scanner_that_opens_every_link(
    trial: Trial, sink: SmtpSink, seen: Say, tmp_path: Path, chromium: Browser
) -> None:
    trial.learners(1)
    with Site(tmp_path, trial.url, arguments=("--no-reminders",), TRACKER_SECRET_KEY=KEY) as site:
        trial.child(sink.url, BASE_URL=site.url).start()
        wait_until(trial.all_are(1, "sent"))
        parts = [str(part.get_content()) for part in sink.messages[0].iter_parts()]
        found = re.findall(rf"{re.escape(site.url)}/[^\s\"<>)]+", unescape("\n".join(parts)))
        links = sorted(set(found))
        before = everything(trial)
        asked = [(method, link) for link in links for method in ("GET", "HEAD")] * TIMES
        statuses = Counter(ask(site, method, link)[0] for method, link in asked)
        run_scripts(chromium, links)
        assert everything(trial) == before
        (way_out,) = re.findall(r"<(http[^>]+)>", sink.messages[0]["List-Unsubscribe"])
        status, headers = ask(site, "POST", way_out, "List-Unsubscribe=One-Click")
        with trial.sessions() as session:
            enabled = session.execute(select(Base.metadata.tables["reminder_preference"].c.enabled)).scalar_one()
    cookies, redirects = headers.get_all("Set-Cookie") or [], headers.get_all("Location") or []
    seen(
        f"{len(links)} links, {statuses.total()} requests ({dict(statuses)}), 0 rows changed; POST {status}, "
        f"{len(redirects)} redirects, {len(cookies)} cookies, reminders {'on' if enabled else 'off'}"
    )
    assert way_out in links
    assert not [code for code in statuses if code >= 400]
    assert (status, cookies, redirects, enabled) == (200, [], [], False)


def ask(site: Site, method: str, link: str, body: str | None = None) -> tuple[int, http.client.HTTPMessage]:
    """As a plain HTTP client, without cookies and without following."""
    parts = urlsplit(site.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, link.removeprefix(site.url), body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def run_scripts(chromium: Browser, links: list[str]) -> None:
    """As a scanner with a browser in it does."""
    page = chromium.new_page()
    for link in links:
        page.goto(link, wait_until="load")
    page.close()


@pytest.mark.fault(
    24,
    "two versions at once: other settings and leases",
    "each mail once; both take part; each mail is of one",
)
def test_two_versions_at_once(trial: Trial, sink: SmtpSink, seen: Say) -> None:
    """The old code is not at hand: what one version of it may not know of the other is its settings and constants.

    What it shows: nothing but the rows of the outbox is agreed on, and neither leases nor batches need be the same.
    """
    trial.learners(120)
    both = threading.Event()
    sink.policy = lambda _stage, _r, _n: None if both.wait(60) else "421 no"
    old = {**QUICK, "tracker.outbox.claim.LEASE": {"seconds": 1200}, "tracker.outbox.deliver.FIRST_BATCH": 5}
    names = ("Waymark old", "Waymark new")
    first = trial.child(sink.url, patch=old, SITE_NAME=names[0], MAIL_AMBIGUOUS="hold", MAIL_SPREAD="0").start()
    second = trial.child(sink.url, SITE_NAME=names[1]).start()
    wait_until(lambda: trial.is_up(first) and trial.is_up(second) and sink.stages["greeting"] >= 8)
    both.set()
    wait_until(trial.all_are(120, "sent"))
    found = outcome(trial, sink)
    wrote = Counter(name for message in sink.messages for name in names if name in str(message["List-Id"]))
    seen(f"{found}; {', '.join(f'{count} by {name}' for name, count in sorted(wrote.items()))}")
    assert (found.lost, found.doubled, wrote.total()) == (0, 0, 120)
    assert min(wrote[name] for name in names) > 0
