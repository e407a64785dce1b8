"""A site where one learner has a bit of everything, each text of it marked, and others who have no business with it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, Select, select
from sqlalchemy.orm import Session

from config import Settings
from tests import people
from tests.data.conftest import fill
from tests.environment import NOW
from tests.kitchen import step, written
from tests.reminders.links import ABOUT, link
from tracker.accounts import tokens
from tracker.catalog.schema import Catalog
from tracker.data.tables import Owned, owned
from tracker.models import (
    Authenticator,
    Enrolment,
    MilestoneLink,
    OutboxMail,
    Passkey,
    ProgressLog,
    RecoveryCode,
    StudySession,
    User,
    UserSession,
)
from tracker.outbox.enqueue import enqueue
from tracker.reminders.tokens import unsubscribe_link

ADDRESS = "kanarienvogel"
"""The owner's mail address begins so; an administrator may read it where mail is looked after."""
STRANGER = "stranger@example.org"
PRIVATE = "Zeisig"
"""In everything that the owner wrote: nobody else ever sees it."""
SHARED = "Stieglitz"
"""In what the owner lets others see who have its address."""
TODAY = NOW.date().isoformat()
STEP = {"slug": "ml-engineer", "key": "spam-classifier"}
START = {"starting_point": "beginner", "hours_per_week": "7", "start_on": TODAY}
OWN = {"title": f"{PRIVATE} in my milestone", "hours": "5", "phase": "1", "done_when": f"{PRIVATE} sings"}


@dataclass(frozen=True)
class World:
    """The site's database, whose browsers there are, and what of the owner's has an address of its own."""

    engine: Engine
    owner_id: int
    cookies: Mapping[str, str]
    its: Mapping[str, Any]


def make_world(app: Flask, engine: Engine, session: Session, catalog: Catalog, settings: Settings) -> World:
    """The app must serve this session's database, without tokens in forms."""
    owner = people.make_user(session, f"{ADDRESS}@example.org", confirmed=False)
    stranger = people.make_user(session, STRANGER)
    browsers = {who: app.test_client() for who in ("nobody", "halfway", "stranger", "owner", "admin")}
    for user in (owner, stranger, people.administrator(session, browsers["admin"])):
        people.enrol(session, catalog, user)
        fill(session, catalog, user)
    people.log_in(browsers["stranger"], stranger)
    people.log_in(browsers["owner"], owner)
    _write_down(browsers["owner"])
    slugs = _own_paths(browsers["owner"])
    ended = _ended(app.test_client(), owner)
    people.log_in(app.test_client(), owner)  # a second device, to be ended from the first
    _keep_safe(session, owner)
    browsers["halfway"].post("/login", data={"email": owner.email, "password": people.PASSWORD})
    cookies = {who: _cookie(browser) for who, browser in browsers.items()} | {"ended": ended}
    return World(engine, owner.id, cookies, _its(session, settings, owner.id) | slugs)


def _cookie(browser: FlaskClient) -> str:
    found = browser.get_cookie("waymark")
    return found.value if found else ""


def _ended(browser: FlaskClient, owner: User) -> str:
    """A cookie whose log-in was ended."""
    people.log_in(browser, owner)
    kept = _cookie(browser)
    browser.post("/logout")
    return kept


def _write_down(browser: FlaskClient) -> None:
    """Note, link, hours and a milestone of one's own."""
    address = f"/milestones/{STEP['slug']}/{STEP['key']}"
    _post(browser, f"{address}/note", body=f"{PRIVATE} in my note")
    _post(browser, f"{address}/links", url=f"https://example.org/{PRIVATE}", title=f"{PRIVATE} in my link")
    _post(browser, "/log", on=TODAY, minutes="45", note=f"{PRIVATE} in my log", milestone=STEP["key"])
    _post(browser, "/log/timer", action="start")
    _post(browser, "/plan/own", **OWN)
    export = browser.get("/export.json").text.replace("in my log", "in my old log").encode()
    browser.post(
        "/settings/data", data={"file": (io.BytesIO(export), "export.json")}, content_type="multipart/form-data"
    )


def _own_paths(browser: FlaskClient) -> dict[str, str]:
    """One that is walked, one that is shared, and one that was only looked at so far; their slugs."""
    slugs = {}
    for name, title in (("walked path", PRIVATE), ("shared path", SHARED), ("draft path", PRIVATE)):
        body = json.loads(
            written("pastry", {"puff": step(15, title="Puff"), "tarts": step(25, title=f"{title} tarts")})
        )
        preview = _post(browser, "/paths/own", text=json.dumps(body | {"title": f"{title} path"}))
        slugs[name] = preview.split("/")[2]
        if name != "draft path":
            _post(browser, preview, answer="keep")
    _post(browser, f"/paths/{slugs['shared path']}/share", shared="yes")
    _post(browser, f"/paths/{slugs['walked path']}/enrol", **START)
    _post(browser, "/paths/current", path=STEP["slug"])
    return slugs


def pastry(title: str) -> str:
    """A small path file that says ``title`` here and there."""
    body = json.loads(written("pastry", {"puff": step(15, title="Puff"), "tarts": step(25, title=f"{title} tarts")}))
    return json.dumps(body | {"title": f"{title} path"})


def _keep_safe(session: Session, owner: User) -> None:
    """A passkey, an app and codes; a mail that was given up."""
    session.add(
        Passkey(user_id=owner.id, credential_id="b3duZXI", public_key=b"", name=f"{PRIVATE} key", created_at=NOW)
    )
    session.add(Authenticator(user_id=owner.id, secret="never asked for", created_at=NOW, confirmed_at=NOW))
    session.add(RecoveryCode(code_hash="0" * 64, user_id=owner.id))
    mail = enqueue(session, user_id=owner.id, kind="confirm-email", recipient=owner.email, now=NOW)
    mail.state = "dead"
    session.commit()


def _post(browser: FlaskClient, address: str, **fields: str) -> str:
    """Sends a form that is taken; the address of the next page."""
    answer = browser.post(address, data=fields)
    assert answer.status_code == 303, f"{address}: {answer.text}"
    return answer.location


def _its(session: Session, settings: Settings, owner_id: int) -> dict[str, Any]:
    """What the owner has that an address or a form can name."""
    session.expire_all()
    user = session.get_one(User, owner_id)

    def newest(found: Select[Any]) -> Any:
        return session.scalars(found).all()[-1]

    own = newest(select(Enrolment.own).where(Enrolment.user_id == owner_id, Enrolment.path == STEP["slug"]))
    acts = {
        f"{act} link": link(settings, user, act, *about).split("/")[-1]
        for act, about in {**ABOUT, "done": ("ml-engineer", "pandas")}.items()
    }
    return {
        "entry": newest(select(StudySession.id).where(StudySession.user_id == owner_id).order_by(StudySession.id)),
        "link": newest(select(MilestoneLink.id).where(MilestoneLink.user_id == owner_id).order_by(MilestoneLink.id)),
        "change": newest(select(ProgressLog.id).where(ProgressLog.user_id == owner_id).order_by(ProgressLog.id)),
        "passkey": newest(select(Passkey.id).where(Passkey.user_id == owner_id)),
        "session": newest(select(UserSession.id_hash).where(UserSession.user_id == owner_id)),
        "mail": newest(select(OutboxMail.id).where(OutboxMail.user_id == owner_id).order_by(OutboxMail.id)),
        "milestone": own[0]["key"],
        "unsubscribe link": urlsplit(unsubscribe_link(settings, user)).path.split("/")[-1],
        "confirm link": tokens.confirm_link(settings, user).split("/")[-1],
        "reset link": tokens.reset_link(settings, user).split("/")[-1],
        "change link": tokens.change_link(settings, user, "nachtigall@example.org").split("/")[-1],
        **acts,
    }


def held(connection: Connection, user_id: int) -> dict[str, Sequence[Any]]:
    """Every row of somebody's, with what an export leaves out: password, keys, log-ins."""
    rows = {each.name: connection.execute(_rows(each, user_id)).all() for each in owned()}
    return rows | {"user_account": connection.execute(select(User.__table__).where(User.id == user_id)).all()}


def _rows(each: Owned, user_id: int) -> Select[Any]:
    found = select(each.table).order_by(*each.table.primary_key)
    if each.parent is None:
        return found.where(each.link == user_id)
    parents = select(each.parent.table.c.id).where(each.parent.link == user_id)
    return found.where(each.link.in_(parents))
