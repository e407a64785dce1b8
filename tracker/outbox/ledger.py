"""What several senders have to write at the same moment goes to the disk in one commit.

A commit that survives a power cut waits for the disk, and SQLite lets one writer in at a time: with a commit for each
of them, four senders would wait for one another at every mail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from tracker.db import SessionFactory, transaction
from tracker.outbox.outcomes import DATABASE_TROUBLE

T = TypeVar("T")
COMPANY_SECONDS = 0.002
"""So long a writer waits for the others at work: a commit costs as much for one as for four, and more than this."""


class _Slip:
    """Something to be written, and what came of it."""

    def __init__(self, entry: Callable[[Session], Any]) -> None:
        self.entry = entry
        self.answer: Any = None
        self.fault: BaseException | None = None
        self.dealt_with = False


class Ledger:
    """Shared by the senders of a process. It has no thread: whoever comes first writes for all who come by then."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions
        self._waiting: list[_Slip] = []
        self._at_work = 0
        self._door, self._desk = threading.Lock(), threading.Lock()
        self._all_there = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside, a sender has one thing after the other to write, so that waiting for it is worth while."""
        with self._door:
            self._at_work += 1
        try:
            yield
        finally:
            with self._door:
                self._at_work -= 1
                self._look_round()

    def write(self, entry: Callable[[Session], T]) -> T:
        """The entry's answer, once it is durable; raises what hindered it, and then nothing of it is written.

        ``entry`` must not commit, and is done anew where the fault was that of another's.
        """
        slip = _Slip(entry)
        with self._door:
            self._waiting.append(slip)
            self._look_round()
        with self._desk:
            if not slip.dealt_with:
                self._all_there.wait(COMPANY_SECONDS)
                with self._door:
                    slips, self._waiting = self._waiting, []
                    self._all_there.clear()
                self._deal_with(slips)
        if slip.fault is not None:
            raise slip.fault
        return cast(T, slip.answer)

    def _look_round(self) -> None:
        if len(self._waiting) >= self._at_work:
            self._all_there.set()

    def _deal_with(self, slips: Sequence[_Slip]) -> None:
        try:
            with self._sessions() as session, transaction(session):
                for slip in slips:
                    slip.answer = slip.entry(session)
        except BaseException as fault:  # noqa: BLE001  # raised again by everyone whom it concerns
            if len(slips) > 1 and isinstance(fault, Exception) and not isinstance(fault, DATABASE_TROUBLE):
                for slip in slips:
                    self._deal_with([slip])
                return
            for slip in slips:
                slip.fault = fault
        for slip in slips:
            slip.dealt_with = True
