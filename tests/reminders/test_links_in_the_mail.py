"""What holds for every link of a mail that acts: harmless to open, able to do one thing, for one learner, by POST."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.people import enrol, log_in, make_user
from tests.reminders.links import ABOUT, link, preference, said
from tracker import signing
from tracker.catalog.schema import Catalog
from tracker.data.erasing import erase
from tracker.db import Base, transaction
from tracker.models import User
from tracker.reminders.tokens import Act

every_act = pytest.mark.parametrize("act", ABOUT)


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """The whole database as it is."""
    session.expire_all()
    tables = Base.metadata.sorted_tables
    return {t.name: [tuple(row) for row in session.execute(select(t).order_by(*t.primary_key))] for t in tables}


@every_act
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_scanners_that_open_it_a_hundred_times_change_nothing(
    session: Session, csrf_client: FlaskClient, settings: Settings, user: User, act: Act, method: str
) -> None:
    before = everything(session)
    for _ in range(100):
        assert csrf_client.open(link(settings, user, act), method=method).status_code == 200
    assert everything(session) == before


@every_act
def test_a_person_finds_one_button_that_works_without_log_in_cookie_or_redirect(
    session: Session, csrf_client: FlaskClient, settings: Settings, user: User, act: Act
) -> None:
    page = csrf_client.get(link(settings, user, act))
    assert page.text.count("<button") == 1
    form = {"weekday": "3", "hour": "17"} if act == "slot" else {}
    before = everything(session)
    answer = csrf_client.post(link(settings, user, act), data=form)
    assert answer.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in answer.headers
    assert act == "weekly" or everything(session) != before
    main = answer.text[answer.text.index("<main") :]
    assert re.search(r'<a href="/(settings|plan|milestones)', main), "the way to take it back"


@every_act
def test_the_address_stays_out_of_caches_indexes_and_referers(
    client: FlaskClient, settings: Settings, user: User, act: Act
) -> None:
    for path in (link(settings, user, act), f"/mail/{act}/forged"):
        for answer in (client.get(path), client.post(path)):
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@every_act
@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda _t: "x", lambda t: "9" + t])
def test_a_forged_one_is_the_same_calm_404(
    session: Session,
    client: FlaskClient,
    settings: Settings,
    user: User,
    act: Act,
    change: Callable[[str], str],
) -> None:
    folder, token = link(settings, user, act).rsplit("/", 1)
    before = everything(session)
    for method in ("GET", "POST"):
        answer = client.open(f"{folder}/{change(token)}", method=method)
        assert answer.status_code == 404
        assert "This link does not work." in said(answer)
    assert everything(session) == before


@every_act
@pytest.mark.parametrize("other", ABOUT)
def test_it_opens_no_other_act(client: FlaskClient, settings: Settings, user: User, act: Act, other: str) -> None:
    token = link(settings, user, act).rsplit("/", 1)[1]
    assert client.post(f"/mail/{other}/{token}").status_code == (404 if other != act else 422 if act == "slot" else 200)
    assert client.post(f"/unsubscribe/{token}").status_code == 404


@every_act
def test_it_is_worth_nothing_once_the_account_is_deleted(
    session: Session, client: FlaskClient, settings: Settings, user: User, catalog: Catalog, act: Act
) -> None:
    address, number = link(settings, user, act), user.id
    erase(session, user_id=user.id, now=NOW)
    assert client.post(address).status_code == 404
    successor = make_user(session, "successor@example.org")
    with transaction(session):  # SQLite gives the highest number again
        session.execute(text(f"UPDATE user_account SET id = {number} WHERE id = {successor.id}"))
    session.expunge_all()
    enrol(session, catalog, session.get_one(User, number))
    assert client.post(address).status_code == 404


@every_act
def test_it_is_worth_nothing_once_the_address_has_changed(
    session: Session, client: FlaskClient, settings: Settings, user: User, act: Act
) -> None:
    address = link(settings, user, act)
    with transaction(session):
        session.get_one(User, user.id).email = "new@example.org"
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


@every_act
def test_a_link_that_does_not_hold_says_what_to_do(
    client: FlaskClient, settings: Settings, user: User, act: Act
) -> None:
    for address in (link(settings, user, act)[:-3], "/unsubscribe/nonsense"):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 404
            assert "copy the whole address from the mail, or log in and do it there." in said(answer)


def test_it_carries_no_time(settings: Settings, user: User) -> None:
    assert link(settings, user, "slot") == link(settings, user, "slot")
    words = signing.unsign_words(settings.secret_key, "mail-done", link(settings, user, "done").rsplit("/", 1)[1])
    assert [words[0], *words[2:]] == [str(user.id), "ml-engineer", "numpy"]


@every_act
def test_a_stranger_cannot_act_on_my_account_with_his_own_link(
    session: Session, client: FlaskClient, settings: Settings, user: User, catalog: Catalog, act: Act
) -> None:
    eve = make_user(session, "eve@example.org")
    enrol(session, catalog, eve)
    mine = (preference(session, user).next_due_at, preference(session, user).rev)
    log_in(client, user)  # not even in my own browser
    client.post(link(settings, eve, act), data={"weekday": "5", "hour": "5"})
    assert (preference(session, user).next_due_at, preference(session, user).rev) == mine
    for name in ("milestone_state", "pause", "outbox_mail"):
        owner = "enrolment_id" if name == "pause" else "user_id"
        table = Base.metadata.tables[name]
        number = 1 if name == "pause" else user.id
        found = session.scalar(select(func.count()).select_from(table).where(table.c[owner] == number))
        assert name == "pause" or not found
