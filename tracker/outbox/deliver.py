"""Sending what is claimed: compose from live data, offer, pass the fence, send, record what became of it.

Knows no domain: what a kind of mail says comes from the composers handed in.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from sqlalchemy.orm import Session

from config import Settings
from tracker.db import SessionFactory
from tracker.language import gettext_noop
from tracker.models import OutboxMail
from tracker.outbox import claim
from tracker.outbox.alarm import note_refusal
from tracker.outbox.folder import FolderTransport
from tracker.outbox.ledger import Ledger
from tracker.outbox.letters import Desk, Elsewhere, Letter, Write, nowhere
from tracker.outbox.outcomes import DATABASE_TROUBLE, POLICY, Dropped, Refused, Sent, ServerTrouble, retry_at
from tracker.outbox.rate import Rate
from tracker.outbox.record import record, record_sent
from tracker.outbox.render import Composers, Skip
from tracker.outbox.smtp import SmtpTransport
from tracker.outbox.wanted import EXPIRED, why_not

log = logging.getLogger(__name__)

FIRST_BATCH, LARGEST_BATCH = 20, 160
"""Mails that are read at once: twice as many after each batch that was dealt with in good time."""
BATCH_SECONDS = 2.0
"""After this long the rest of a batch is given back, so that an urgent mail never waits for twenty slow ones."""
TURNED_AWAY = dt.timedelta(seconds=5)
"""So that nobody asks again and again without a breath where fence and words should ever disagree."""
AGAIN_SECONDS = 60
"""Within these a mail goes again whose conversation the server cut short; others go first."""
COMPOSE_ATTEMPTS = 3
RECORD_PAUSES = (0.1, 0.5, 1, 2, 5, *[10] * 50)
"""Seconds between attempts to record an outcome: for about as long as the lease. The mail has left, so not knowing it
any more would mean a second copy."""
UNWRITTEN = gettext_noop("The mail could not be written.")
AWAY = gettext_noop("The mail server cannot be reached at the moment; the mail waits for it.")


class Transport(Protocol):
    """A way out: a mail server or a folder."""

    def offer(self, mail: OutboxMail) -> None:
        """Everything before the first byte."""

    def send(self, data: bytes) -> Sent:
        """All bytes, and the answer."""

    def abandon(self) -> None:
        """Ends without sending."""

    def close(self) -> None:
        """Ends in good order."""


def _unheard(_mail: OutboxMail, _outcome: str) -> None:
    """For a postman whom nobody asks for figures."""


@dataclass(slots=True)
class Postman:
    """One sender: one transport, one batch at a time."""

    settings: Settings
    sessions: SessionFactory
    composers: Composers
    transport: Transport
    now: Callable[[], dt.datetime]
    ledger: Ledger
    rate: Rate = field(default_factory=Rate)
    stop: threading.Event = field(default_factory=threading.Event)
    elsewhere: Elsewhere = nowhere
    guest: bool = False
    """Goes by another clock than the process in charge of this database (see claim.claim)."""
    noted: Callable[[OutboxMail, str], None] = _unheard
    """Told of each mail's outcome: its new state, or ``retry``."""
    dice: random.Random = field(default_factory=random.SystemRandom)
    _size: int = field(default_factory=lambda: FIRST_BATCH)
    _owed: list[list[OutboxMail]] = field(default_factory=list)
    _leaving: OutboxMail | None = None
    """The last mail of which bytes may have left."""

    def round(self) -> int:
        """One batch: how many mails were dealt with. Raises ServerTrouble once the rest is given back."""
        self._give_back()
        with self.sessions() as session:
            if not claim.has_work(session, self.now(), guest=self.guest):
                return 0
        # Before the claim: nobody holds a mail while waiting for the rate, and what is urgent still goes first.
        allowed, dealt = self.rate.take(self._size, self.stop), 0
        try:
            dealt = self.deliver(self._claimed(allowed)) if allowed else 0
        finally:
            self.rate.give_back(allowed - dealt)
            self._size = min(2 * self._size, LARGEST_BATCH) if dealt == self._size else FIRST_BATCH
        return dealt

    def _claimed(self, limit: int) -> list[OutboxMail]:
        with self.sessions() as session:
            now, ambiguous = self.now(), self.settings.mail_ambiguous
            return list(claim.claim(session, now=now, limit=limit, ambiguous=ambiguous, guest=self.guest))

    def deliver(self, batch: list[OutboxMail]) -> int:
        """Deals with mails that were claimed, and gives back what there was no time for."""
        dealt, began = 0, time.monotonic()
        try:
            letters = Desk(self.settings, self.sessions, self.composers, self.now, self.elsewhere).read(batch)
            with self.ledger.at_work():
                while batch and not self.stop.is_set() and not (dealt and time.monotonic() - began > BATCH_SECONDS):
                    self._deliver(batch[0], letters[batch[0].id])
                    del batch[0]
                    dealt += 1
        finally:
            if batch and batch[0] is self._leaving:
                del batch[0]  # nobody can say that it was not sent
            if batch:
                self._owed.append(batch)
                self._give_back()
        return dealt

    def _give_back(self) -> None:
        """What was claimed and certainly not sent; while the database cannot take it, it is owed."""
        while self._owed:
            with self.sessions() as session:
                claim.release(session, self._owed[-1])
            self._owed.pop()

    def close(self) -> None:
        """Ends the connection in good order; the next mail opens another."""
        self.transport.close()

    def _deliver(self, mail: OutboxMail, write: Write) -> None:
        letter = self._written(mail, write)
        if letter is None:
            return
        try:
            self.transport.offer(mail)
        except Refused as refused:
            self._refused(mail, refused)
            return
        except ServerTrouble as trouble:
            self._trouble(mail, trouble)
            raise
        fence = partial(claim.mark, mail=mail, now=self.now(), message_id=letter.message_id, date_header=letter.date)
        try:
            marked = self.ledger.write(fence)
        except BaseException:
            self.transport.abandon()
            raise
        if marked:
            self._send(mail, letter.data)
        else:
            self.transport.abandon()
            self._turned_away(mail)

    def _written(self, mail: OutboxMail, write: Write) -> Letter | None:
        """The mail from live data; None when it is not to be sent, which is then recorded."""
        try:
            return write()
        except Skip as skip:
            self._skip(mail, str(skip))
        except DATABASE_TROUBLE:
            raise
        except Exception:
            # One learner's bad data must not hold up the others'.
            log.exception("mail %s (%s) could not be composed", mail.id, mail.kind)
            self._try_later(mail, COMPOSE_ATTEMPTS, reason=UNWRITTEN, phase="compose")
        return None

    def _skip(self, mail: OutboxMail, reason: str) -> None:
        tried = reason == EXPIRED and mail.attempts
        self._settle(mail, "dead" if tried else "skipped", reason=reason)

    def _turned_away(self, mail: OutboxMail) -> None:
        """The fence said no: either the mail is another sender's by now, or it is not wanted any more."""
        with self.sessions() as session:
            reason = why_not(session, mail, self.now())
            if not reason:  # changed back meanwhile, or no longer ours: only what is ours is touched
                claim.postpone(session, mail, until=self.now() + TURNED_AWAY)
        if reason:
            self._skip(mail, reason)

    def _send(self, mail: OutboxMail, data: bytes) -> None:
        self._leaving = mail
        try:
            sent = self.transport.send(data)
        except Refused as refused:
            self._refused(mail, refused)
        except Dropped as dropped:
            self._maybe_sent(mail, str(dropped))
        else:
            now = self.now()
            self._recorded(mail, "sent", "", lambda session: record_sent(session, mail, sent, now=now))

    def _maybe_sent(self, mail: OutboxMail, text: str) -> None:
        again = self.settings.mail_ambiguous == "resend" and mail.ambiguous == 0
        values: dict[str, Any] = {"ambiguous": mail.ambiguous + 1, "last_phase": "dot", "last_text": text[:200]}
        if again:
            self._settle(mail, "queued", reason=claim.MAYBE, available_at=self.now() + claim.RESEND_AFTER, **values)
        else:
            self._settle(mail, "unknown", reason=claim.MAYBE, **values)

    def _refused(self, mail: OutboxMail, refused: Refused) -> None:
        reason = f"The mail server answered: {refused.code} {refused.text}"
        said: dict[str, Any] = {"last_code": refused.code, "last_text": refused.text[:200]}
        if refused.passing:
            self._try_later(mail, None, reason=reason, phase=refused.phase, **said)
            return
        said |= {"reason": reason[:200], "attempts": mail.attempts + 1, "last_phase": refused.phase}
        self._settle(mail, "dead", suppress=refused.no_such_address, **said)
        if refused.our_fault and self._alarmed(reason):
            raise ServerTrouble(POLICY, refused.text, refused.code)

    def _alarmed(self, reason: str) -> bool:
        with self.sessions() as session:
            return note_refusal(session, reason=reason, now=self.now())

    def _try_later(self, mail: OutboxMail, limit: int | None, *, reason: str, phase: str, **values: Any) -> None:
        attempts, later = mail.attempts + 1, retry_at(mail, self.now(), self.dice)
        over = later >= mail.expires_at or (limit is not None and attempts >= limit)
        values |= {"attempts": attempts, "reason": reason[:200], "last_phase": phase}
        if over:
            self._settle(mail, "dead", **values)
        else:
            self._settle(mail, "queued", available_at=later, **values)

    def _trouble(self, mail: OutboxMail, trouble: ServerTrouble) -> None:
        """Back it goes, no attempt counted. If the conversation about it had begun, others go first next time."""
        begun = trouble.phase in ("mail", "rcpt", "data")
        until = self.now() + dt.timedelta(seconds=AGAIN_SECONDS * self.dice.random()) if begun else mail.available_at
        said = {"last_phase": trouble.phase, "last_code": trouble.code, "last_text": trouble.text[:200]}
        with self.sessions() as session:
            claim.postpone(session, mail, until=until, reason=AWAY, **said)
        self.noted(mail, "retry")

    def _settle(self, mail: OutboxMail, state: str, *, suppress: bool = False, **values: Any) -> None:
        now = self.now()
        if mail.ambiguous and state in ("dead", "skipped") and not suppress:
            state, values["reason"] = "unknown", claim.MAYBE  # an earlier try may have arrived: "not sent" is untrue
        self._recorded(
            mail,
            state,
            values.get("reason", ""),
            lambda session: record(session, mail, state, now=now, suppress=suppress, **values),
        )

    def _recorded(self, mail: OutboxMail, state: str, reason: str, write: Callable[[Session], bool]) -> None:
        """Records an outcome, trying again while the database cannot take it; gives up soon when told to stop."""
        for pause in RECORD_PAUSES:
            try:
                ours = self.ledger.write(write)
                break
            except DATABASE_TROUBLE as fault:
                log.warning("mail %s is %s, which cannot be recorded yet: %s", mail.id, state, fault)
                if self.stop.is_set() and pause > 1:
                    raise
                if self.stop.wait(pause):
                    threading.Event().wait(min(pause, 1))
        else:
            log.error("mail %s is %s, which could not be recorded", mail.id, state)
            return
        if not ours:
            log.warning("mail %s: %s, but another sender had taken it over", mail.id, state)
        self.noted(mail, "retry" if state == "queued" else state)
        log.info("mail %s %s to user %s: %s %s", mail.id, mail.kind, mail.user_id, state, reason)


def transport_for(settings: Settings) -> Transport:
    """The mail server of the settings, or the folder where there is none."""
    return SmtpTransport(settings, settings.mail) if settings.mail else FolderTransport(settings.mail_dir)
