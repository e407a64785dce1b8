"""Several senders over one outbox: each mail goes once."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from config import Settings
from tests.environment import make_settings
from tests.mailing import PostOffice, post_office, prefer, weekly
from tests.people import make_user
from tracker import db

MAILS = 120


@pytest.fixture
def busy_office(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, db.SessionFactory]:
    engine = db.make_engine(fresh_database)
    sessions = db.make_sessions(engine)
    with sessions() as session:
        for number in range(MAILS):
            user = make_user(session, f"{number}@example.org")
            prefer(session, user)
            weekly(session, user)
    return make_settings(tmp_path_factory.mktemp("instance"), fresh_database), sessions


def test_four_senders_at_once_send_each_mail_once(busy_office: tuple[Settings, db.SessionFactory]) -> None:
    with post_office(*busy_office) as office:
        senders = [threading.Thread(target=office.deliver) for _ in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(60)
        assert Counter(office.sink.recipients) == Counter(f"{n}@example.org" for n in range(MAILS))
        assert {message["Message-ID"] for message in office.sink.messages} == ids(office)
    bind = busy_office[1].kw["bind"]
    bind.dispose()


def ids(office: PostOffice) -> set[str]:
    with office.sessions() as session:
        return {row for (row,) in session.execute(db.Base.metadata.tables["outbox_mail"].select().with_only_columns(
            db.Base.metadata.tables["outbox_mail"].c.message_id
        ))}  # fmt: skip
