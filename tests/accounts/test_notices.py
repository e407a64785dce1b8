"""Every sensitive change is told by mail at once, to the address of before, without a secret or what was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.factors import Phone, add_passkey, make_codes, set_up_app
from tests.people import PASSWORD, ada, log_in
from tracker.accounts import services, tokens
from tracker.accounts.events import WORDS
from tracker.models import OutboxMail, User
from tracker.outbox.enqueue import URGENT
from tracker.outbox.render import Content
from tracker.worker import composers

NEW = "copper-lantern-orchard-3"
Act = Callable[[FlaskClient, Session, Settings, User], None]


def new_password(client: FlaskClient, _session: Session, _settings: Settings, _user: User) -> None:
    client.post("/settings/security/password", data={"password": NEW})


def reset(client: FlaskClient, session: Session, settings: Settings, user: User) -> None:
    session.refresh(user)
    client.post(tokens.reset_link(settings, user).removeprefix(settings.base_url), data={"password": NEW})


def new_address(client: FlaskClient, session: Session, settings: Settings, user: User) -> None:
    session.refresh(user)
    client.post(tokens.change_link(settings, user, "new@example.org").removeprefix(settings.base_url))


def app(client: FlaskClient, _session: Session, _settings: Settings, _user: User) -> None:
    set_up_app(client)


def passkey(client: FlaskClient, _session: Session, _settings: Settings, _user: User) -> None:
    add_passkey(client, Phone(), "SECRET-CANARY")


def codes(client: FlaskClient, _session: Session, _settings: Settings, _user: User) -> None:
    set_up_app(client)
    make_codes(client)


def operator(_client: FlaskClient, session: Session, _settings: Settings, user: User) -> None:
    services.reset_factors(session, email=user.email, now=NOW)


def device(client: FlaskClient, _session: Session, _settings: Settings, user: User) -> None:
    log_in(client.application.test_client(), user)


@pytest.mark.parametrize(
    ("act", "subject"),
    [
        (new_password, "Your password at Waymark was changed"),
        (reset, "Your password at Waymark was changed"),
        (new_address, "Your address at Waymark was changed"),
        (app, "Your account at Waymark: Authenticator app set up"),
        (passkey, "Your account at Waymark: Passkey added"),
        (codes, "Your account at Waymark: New recovery codes made; older ones are void"),
        (operator, "Your account at Waymark: All second factors were removed by whoever runs this site"),
        (device, "New log-in to Waymark: an unknown program"),
    ],
)
def test_it_is_told(client: FlaskClient, session: Session, settings: Settings, act: Act, subject: str) -> None:
    user = ada(session)
    log_in(client, user)
    act(client, session, settings, user)
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail
    assert (mail.recipient, mail.priority) == ("ada@example.org", URGENT)
    content = _written(session, settings, mail)
    assert content.subject == subject
    assert "If that was you, all is well." in content.text
    assert "1 March, 10:00, Berlin" in " ".join(content.text.split())  # wherever the line ends
    for secret in (NEW, PASSWORD, "SECRET-CANARY", "/reset-password/", "/change-email/"):
        assert secret not in content.text + content.html + content.subject


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_every_kind_of_event_reads_as_a_sentence_in_a_mail(session: Session, settings: Settings, kind: str) -> None:
    user = ada(session)
    mail = OutboxMail(
        user_id=user.id, kind="factor-changed", recipient=user.email, context={"what": kind},
        due_at=NOW, available_at=NOW, expires_at=NOW, created_at=NOW,
    )  # fmt: skip
    assert WORDS[kind] in " ".join(_written(session, settings, mail).text.split())


def _written(session: Session, settings: Settings, mail: OutboxMail) -> Content:
    return composers(settings)[mail.kind](session, mail, session.get_one(User, mail.user_id), NOW)
