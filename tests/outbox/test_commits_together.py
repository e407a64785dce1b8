"""What senders at work write at the same moment is one commit; nobody is waited for who has nothing to write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Engine, event, literal, select
from sqlalchemy.orm import Session

from tracker import db
from tracker.outbox import ledger
from tracker.outbox.ledger import Ledger

SENDERS = 4
LONG = 60
"""Seconds: who waited for them would be seen to."""


@pytest.fixture
def engine(fresh_database: str) -> Iterator[Engine]:
    engine = db.make_engine(fresh_database)
    yield engine
    engine.dispose()


@pytest.fixture
def book(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(ledger, "COMPANY_SECONDS", LONG)
    return Ledger(db.make_sessions(engine))


def test_what_four_write_goes_to_the_disk_in_one_commit(engine: Engine, book: Ledger) -> None:
    answers: list[int] = []
    with ExitStack() as all_at_work, commits(engine) as seen:
        for _ in range(SENDERS):
            all_at_work.enter_context(book.at_work())
        writers = [threading.Thread(target=lambda n=n: answers.append(book.write(reading(n)))) for n in range(SENDERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(LONG / 2)
    assert sorted(answers) == list(range(SENDERS))
    assert len(seen) == 1


def test_one_who_ends_the_work_is_not_waited_for(book: Ledger) -> None:
    answers: list[int] = []
    with book.at_work():
        with book.at_work():
            writer = threading.Thread(target=lambda: answers.append(book.write(reading(7))), daemon=True)
            writer.start()
            writer.join(0.2)
            assert answers == []
        writer.join(LONG / 2)
    assert answers == [7]


def test_one_who_is_slow_is_not_waited_for_long(engine: Engine) -> None:
    book = Ledger(db.make_sessions(engine))
    with book.at_work(), book.at_work():
        assert book.write(reading(7)) == 7


def reading(number: int) -> Callable[[Session], int]:
    """An entry that answers this number."""
    return lambda session: int(session.execute(select(literal(number))).scalar_one())


@contextmanager
def commits(engine: Engine) -> Iterator[list[object]]:
    """One entry for each commit."""
    seen: list[object] = []
    note = seen.append

    event.listen(engine, "commit", note)
    try:
        yield seen
    finally:
        event.remove(engine, "commit", note)
