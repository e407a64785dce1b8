"""Without a mail server each mail becomes a file that any mail program opens."""

from __future__ import annotations

import email
import email.policy
import stat

from sqlalchemy.orm import Session

from config import Settings
from tests.mailing import MINUTE, post_office, prefer, weekly
from tests.people import ada
from tracker.db import SessionFactory, transaction
from tracker.models import OutboxMail
from tracker.outbox.deliver import transport_for
from tracker.outbox.folder import FolderTransport


def test_a_mail_becomes_a_file_in_a_private_folder(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    with post_office(settings, sessions) as office:
        office.deliver(transport=transport_for(settings))
        assert office.mail(mail_id).state == "sent"
    (file,) = settings.mail_dir.iterdir()
    assert file.name == f"2027-03-01T0900-weekly-ada@example.org-{mail_id}.eml"
    parsed = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert parsed["To"] == "ada@example.org"
    assert stat.S_IMODE(settings.mail_dir.stat().st_mode) == 0o700


def test_the_same_mail_written_twice_is_one_file(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    with post_office(settings, sessions) as office:
        for _ in range(2):
            with transaction(session):
                session.get_one(OutboxMail, mail_id, populate_existing=True).state = "queued"
            office.moment.passes(MINUTE)
            office.deliver(transport=transport_for(settings))
    assert len(list(settings.mail_dir.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_tried_again_later(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    mail_id = weekly(session, user)
    folder = settings.instance_dir / "mail"
    folder.mkdir()
    name = f"2027-03-01T0900-weekly-ada@example.org-{mail_id}.eml"
    (folder / name).mkdir()  # even for root, a file cannot take the place of a folder
    with post_office(settings, sessions) as office:
        office.deliver(transport=FolderTransport(folder))
        mail = office.mail(mail_id)
        assert (mail.state, mail.attempts, mail.ambiguous) == ("queued", 1, 0)
        (folder / name).rmdir()
        office.moment.now = mail.available_at
        office.deliver(transport=FolderTransport(folder))
        assert office.mail(mail_id).state == "sent"
