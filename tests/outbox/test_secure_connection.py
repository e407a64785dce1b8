"""TLS, STARTTLS and a log-in, with a server that really speaks them; never a password or a mail in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy.orm import Session

import config_checks
from config import Settings
from tests.certificates import make_certificate, server_side
from tests.mailing import PostOffice, urgent
from tests.people import ada
from tests.smtp_sink import Locks, SmtpSink
from tracker.db import SessionFactory
from tracker.outbox import smtp
from tracker.outbox.outcomes import ServerTrouble

Tls = Literal["starttls", "tls"]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that this machine trusts for the length of a test, as with a certificate authority of one's own."""
    file = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@contextmanager
def office(settings: Settings, sessions: SessionFactory, locks: Locks, url: str) -> Iterator[PostOffice]:
    with SmtpSink(locks=locks) as sink:
        server = config_checks.mail_server(url.format(port=sink.port), "development")
        assert server
        yield PostOffice(replace(settings, mail=server), sessions, sink)


def send(office: PostOffice) -> None:
    transport = smtp.SmtpTransport(office.settings, office.settings.mail or office.sink.server, smtp.Patience(5, 5))
    office.deliver(transport=transport)


URLS: dict[Tls, str] = {
    "starttls": "smtp://ada:p%40ss@127.0.0.1:{port}?tls=starttls",
    "tls": "smtps://ada:p%40ss@127.0.0.1:{port}",
}


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_through_tls_after_a_log_in(
    session: Session, sessions: SessionFactory, settings: Settings, certificate: Path, tls: Tls
) -> None:
    user = ada(session)
    ids = [urgent(session, user) for _ in range(3)]
    locks = Locks(server_side(certificate), tls, "ada", "p@ss")
    with office(settings, sessions, locks, URLS[tls]) as open_office:
        send(open_office)
        assert [open_office.mail(mail_id).state for mail_id in ids] == ["sent"] * 3
        sink = open_office.sink
        assert (len(sink.messages), sink.connections, sink.secured, sink.logins) == (3, 1, 1, [True])


def refused_connection(office: PostOffice, mail_id: int) -> str:
    with pytest.raises(ServerTrouble):
        send(office)
    mail = office.mail(mail_id)
    assert (mail.state, mail.attempts, mail.last_phase) == ("queued", 0, "connect")
    assert office.sink.messages == []
    return mail.last_text


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_mail_nor_password(
    session: Session, sessions: SessionFactory, settings: Settings, tmp_path: Path, tls: Tls
) -> None:
    mail_id = urgent(session, ada(session))
    locks = Locks(server_side(make_certificate(tmp_path)), tls, "ada", "p@ss")
    with office(settings, sessions, locks, URLS[tls]) as open_office:
        assert "CERTIFICATE_VERIFY_FAILED" in refused_connection(open_office, mail_id)
        assert (open_office.sink.logins, open_office.sink.stages["mail"]) == ([], 0)


def test_a_certificate_for_another_name_is_not_taken(
    session: Session, sessions: SessionFactory, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = urgent(session, ada(session))
    other = make_certificate(tmp_path, "127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with office(settings, sessions, Locks(server_side(other)), URLS["starttls"]) as open_office:
        assert "IP address mismatch" in refused_connection(open_office, mail_id)


def test_a_server_that_hides_its_starttls_is_not_spoken_to_in_the_clear(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    mail_id = urgent(session, ada(session))
    with office(settings, sessions, Locks(user="ada", password="p@ss"), URLS["starttls"]) as open_office:
        assert "STARTTLS" in refused_connection(open_office, mail_id)
        assert open_office.sink.logins == []


def test_a_wrong_password_burns_no_mail(
    session: Session, sessions: SessionFactory, settings: Settings, certificate: Path
) -> None:
    mail_id = urgent(session, ada(session))
    locks = Locks(server_side(certificate), "starttls", "ada", "another")
    with office(settings, sessions, locks, URLS["starttls"]) as open_office:
        assert refused_connection(open_office, mail_id).startswith("535 5.7.8")


def test_a_connection_is_opened_anew_after_a_number_of_mails(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MAILS_PER_CONNECTION", 3)
    user = ada(session)
    for _ in range(7):
        urgent(session, user)
    with office(settings, sessions, Locks(), "smtp://127.0.0.1:{port}") as open_office:
        send(open_office)
        sink = open_office.sink
        assert (len(sink.messages), sink.connections, sink.stages["quit"]) == (7, 3, 3)
