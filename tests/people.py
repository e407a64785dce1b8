"""The people of the tests, made through the same services as real ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.environment import NOW, make_settings
from tracker.accounts import services as accounts
from tracker.catalog.schema import Catalog
from tracker.catalog.schema import Path as CareerPath
from tracker.enrolment import services as enrolments
from tracker.enrolment.drafting import Choices
from tracker.models import Authenticator, Enrolment, User, UserSession

PASSWORD = "violet-harbor-quilt-27"
BERLIN = "Europe/Berlin"
TODAY = NOW.date()


def make_user(session: Session, email: str, *, timezone: str = BERLIN, confirmed: bool = True) -> User:
    """An account whose password is PASSWORD."""
    return accounts.create_user(
        session,
        email=email,
        password=PASSWORD,
        timezone=timezone,
        settings=make_settings(Path("unused"), "sqlite:///unused"),
        now=NOW,
        confirmed=confirmed,
    )


def ada(session: Session) -> User:
    """She lives in Berlin, and her address is confirmed."""
    return make_user(session, "ada@example.org")


def log_in(client: FlaskClient, user: User) -> None:
    """Through the log-in form."""
    answer = client.post("/login", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


def administrator(session: Session, client: FlaskClient) -> User:
    """Somebody who may administer the site, logged in, with a second factor that was shown."""
    user = make_user(session, "admin@example.org")
    accounts.promote(session, email=user.email, now=NOW)
    log_in(client, user)
    session.add(Authenticator(user_id=user.id, secret="never asked for", created_at=NOW, confirmed_at=NOW))
    session.execute(update(UserSession).where(UserSession.user_id == user.id).values(second_factor=True))
    session.commit()
    return user


def path_of(catalog: Catalog, slug: str = "ml-engineer") -> CareerPath:
    """A path that is known to be there."""
    path = catalog.path(slug)
    assert path is not None
    return path


def changed(path: CareerPath, **fields: object) -> CareerPath:
    """A copy with other content that has worked nothing out yet; model_copy would take along what the path has."""
    return CareerPath.model_validate({name: getattr(path, name) for name in CareerPath.model_fields} | fields)


def enrol(
    session: Session,
    catalog: Catalog,
    user: User,
    *,
    starting_point: str = "beginner",
    hours_per_week: float = 12,
    start_on: dt.date = TODAY,
    target_on: dt.date | None = None,
    known: frozenset[str] | None = None,
    slug: str = "ml-engineer",
) -> Enrolment:
    """On the path since today, as a beginner with 12 h a week unless said otherwise."""
    choices = Choices(starting_point, hours_per_week, start_on, target_on, known)
    return enrolments.enrol(
        session, user_id=user.id, path=path_of(catalog, slug), choices=choices, today=TODAY, now=NOW
    )
