"""From claimed mails to bytes: what is still wanted is read for a whole batch at once, then written one by one."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from config import Settings
from tracker import language
from tracker.db import SessionFactory
from tracker.models import OutboxMail, User
from tracker.outbox import message
from tracker.outbox.outcomes import DATABASE_TROUBLE
from tracker.outbox.render import Addressed, BatchComposer, Composers, Content, Skip
from tracker.outbox.wanted import looked_at

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to go."""

    message_id: str
    date: str
    data: bytes


Write = Callable[[], Letter]
"""Gives one mail. Raises Skip with the reason where it has no point any more, or what went wrong in writing it."""


Elsewhere = Callable[[Sequence[OutboxMail], dt.datetime], Mapping[int, Letter]]
"""Another place where letters may be written; gives those that it has."""


def nowhere(_batch: Sequence[OutboxMail], _now: dt.datetime) -> Mapping[int, Letter]:
    """Where there is no other place."""
    return {}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written."""

    settings: Settings
    sessions: SessionFactory
    composers: Composers
    now: Callable[[], dt.datetime]
    elsewhere: Elsewhere = nowhere

    def read(self, batch: Sequence[OutboxMail]) -> Mapping[int, Write]:
        """Each mail of a batch, by its number; what composers read ahead costs a fixed number of queries.

        All are written in a row: one by one between their sendings it took half as long again.
        """
        now = self.now()
        letters = self.elsewhere(batch, now)
        rest = [mail for mail in batch if mail.id not in letters]
        here = self._read(rest, now) if rest else {}
        return {**here, **{number: partial(_as_it_is, letter) for number, letter in letters.items()}}

    def _read(self, batch: Sequence[OutboxMail], now: dt.datetime) -> Mapping[int, Write]:
        with self.sessions() as session:
            looked = looked_at(session, batch, now)
            wanted = [(mail, user) for mail in batch for reason, user in [looked[mail.id]] if user and not reason]
            contents = self._contents(session, wanted, now)
        return {
            mail.id: _tried(
                partial(self._letter, mail, contents[mail.id] if mail.id in contents else _no(looked[mail.id][0]))
            )
            for mail in batch
        }

    def _contents(
        self, session: Session, wanted: Sequence[Addressed], now: dt.datetime
    ) -> dict[int, Callable[[], Content]]:
        found: dict[int, Callable[[], Content]] = {mail.id: partial(self._alone, mail, user) for mail, user in wanted}
        for kind in {mail.kind for mail, _ in wanted}:
            composer, these = self.composers.get(kind), [pair for pair in wanted if pair[0].kind == kind]
            if isinstance(composer, BatchComposer):
                try:
                    writers = composer.read(session, these, now)
                except DATABASE_TROUBLE:
                    raise
                except Exception:
                    # One learner's bad data must not hold up the others': each is read alone, when it is its turn.
                    log.exception("a batch of %s could not be read at once", kind)
                    continue
                found |= {mail.id: write for (mail, _), write in zip(these, writers, strict=True)}
        return {mail.id: partial(_spoken, user.locale, found[mail.id]) for mail, user in wanted}

    def _alone(self, mail: OutboxMail, user: User) -> Content:
        with self.sessions() as session:
            return self.composers[mail.kind](session, mail, session.get_one(User, user.id), self.now())

    def _letter(self, mail: OutboxMail, write: Callable[[], Content]) -> Letter:
        content = write()
        message_id = mail.message_id or message.message_id(self.settings, mail)
        date = mail.date_header or message.date_header(self.now())
        data = message.build(self.settings, mail, content, message_id=message_id, date=date)
        return Letter(message_id, date, data)


def _spoken(locale: str, write: Callable[[], Content]) -> Content:
    """In the language, and with the dates and numbers, of whom it goes to."""
    with language.speaking(locale):
        return write()


def _tried(write: Write) -> Write:
    """Writes now; whether it worked is told to whoever asks for the mail, since it concerns no other one."""
    try:
        letter = write()
    except Exception as fault:  # noqa: BLE001  # raised again by the one that is given back
        return partial(_raise, fault)
    return partial(_as_it_is, letter)


def _as_it_is(letter: Letter) -> Letter:
    return letter


def _raise(fault: Exception) -> Letter:
    raise fault


def _no(reason: str) -> Callable[[], Content]:
    def refuse() -> Content:
        raise Skip(reason)

    return refuse
