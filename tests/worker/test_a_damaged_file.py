"""Bytes that a failing disk has changed are told within a day, in the log of the reminder process."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import people
from tests.environment import make_settings
from tracker import db
from tracker.data.erasing import empty_log
from tracker.housekeeping import Worker
from tracker.migrate import migrate
from tracker.soundness import damage

PAGE = 4096


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """SQLite in any case, with some learners in it, all of them in the file itself."""
    engine = db.make_engine(f"sqlite:///{tmp_path}/tracker.db")
    migrate(engine)
    with db.make_sessions(engine)() as session:
        for number in range(40):
            people.make_user(session, f"learner-{number}@example.org")
        empty_log(session)
    engine.dispose()
    return tmp_path / "tracker.db"


def flip(file: Path) -> None:
    """The page with the address of one of them is overwritten in its head."""
    content = bytearray(file.read_bytes())
    page = content.index(b"learner-7@example.org") // PAGE * PAGE
    content[page : page + 200] = bytes(200)
    file.write_bytes(content)


@pytest.mark.parametrize("damaged", [False, True])
def test_it_is_told(tmp_path: Path, file: Path, damaged: bool, caplog: pytest.LogCaptureFixture) -> None:
    if damaged:
        flip(file)
    url = f"sqlite:///{file}"
    engine = db.make_engine(url)
    Worker(make_settings(tmp_path, url), db.make_sessions(engine), {})._prune()
    assert ("the database's file is damaged" in caplog.text) is damaged
    engine.dispose()


def test_a_sound_database_of_either_kind_is_fine(session: Session) -> None:
    assert damage(session) == ""
