"""Mails are written in a process of their own, so that sending them has a core to itself.

Python runs one thread at a time, and to write a mail takes longer than to send it. The process only reads the
database. Whatever it does not answer (it was killed, a mail cannot be written) is written by whoever asked: so
nothing depends on it, and every fault is met where it always was.
"""

from __future__ import annotations

import datetime as dt
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from multiprocessing.connection import Connection

from sqlalchemy import select

from config import Settings
from tracker import db
from tracker.models import OutboxMail
from tracker.outbox.letters import Desk, Letter
from tracker.outbox.render import Composers

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60
FEW = 4
"""So many mails are sooner written than asked for; and no urgent one waits here behind a batch."""


class Scribe:
    """Started before there are other threads; ends with its parent, in whatever way that ends."""

    def __init__(self, settings: Settings, composers: Composers) -> None:
        forked = multiprocessing.get_context("fork")
        self._ours, theirs = forked.Pipe()
        self._turn = threading.Lock()
        self._process = forked.Process(
            target=_write_all, args=(theirs, self._ours, settings, composers), name="scribe", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process.pid  # noqa: S101  # it was started
        return self._process.pid

    def write(self, batch: Sequence[OutboxMail], now: dt.datetime) -> Mapping[int, Letter]:
        """The letters that could be written, by the mail's number."""
        if len(batch) <= FEW:
            return {}
        with self._turn:
            try:
                self._ours.send(([mail.id for mail in batch], now))
                if self._ours.poll(PATIENCE_SECONDS):
                    letters: Mapping[int, Letter] = self._ours.recv()
                    return letters
            except (OSError, EOFError):
                pass
            if not self._ours.closed:
                log.warning("the process that writes mails is gone; they are written where they are sent")
            self.end()
        return {}

    def end(self) -> None:
        """It ends once nobody can ask any more. At the end of the parent this comes by itself."""
        self._ours.close()


def _write_all(questions: Connection, other_end: Connection, settings: Settings, composers: Composers) -> None:
    other_end.close()  # so that the end of the parent is the end of the questions
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sessions = db.make_sessions(db.make_engine(settings.database_url))
    try:
        while True:
            numbers, now = questions.recv()
            questions.send(_written(Desk(settings, sessions, composers, partial(_same, now)), numbers))
    except (OSError, EOFError):
        os._exit(0)  # without the parent's own good-byes


def _same(moment: dt.datetime) -> dt.datetime:
    return moment


def _written(desk: Desk, numbers: Sequence[int]) -> Mapping[int, Letter]:
    try:
        with desk.sessions() as session:
            batch = session.scalars(select(OutboxMail).where(OutboxMail.id.in_(numbers))).all()
            session.expunge_all()
        writers = desk.read(batch)
    except Exception:  # noqa: BLE001  # whoever asked will meet it, too, and says so
        return {}
    letters = {}
    for number, write in writers.items():
        try:
            letters[number] = write()
        except Exception:  # noqa: BLE001, S112  # as above
            continue
    return letters
