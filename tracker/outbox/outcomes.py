"""What a mail server's answer means for a mail, and when to try again."""

from __future__ import annotations

import datetime as dt
import random
import re
import threading
from collections import deque
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tracker.models import OutboxMail
from tracker.outbox.enqueue import URGENT

LONGEST_WAIT = dt.timedelta(hours=6)
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
PASSING = ("5.4.4", "5.2.2")
"""Permanent by their class, but a name server and a full mailbox recover."""

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError, PoolTimeout)
"""The database is busy, away or full: never a mail's fault."""


POLICY = "policy"
"""The phase of a ServerTrouble that is an alarm: mail after mail was refused, by our own fault."""


class ServerTrouble(Exception):
    """The server, not the recipient: nothing was sent, the mail waits and no attempt is counted."""

    def __init__(self, phase: str, text: str, code: int | None = None) -> None:
        super().__init__(f"{phase}: {code} {text}" if code else f"{phase}: {text}")
        self.phase, self.text, self.code = phase, text, code


class Refused(Exception):
    """The server answered no to this mail."""

    def __init__(self, phase: str, code: int, text: str) -> None:
        super().__init__(f"{phase}: {code} {text}")
        self.phase, self.code, self.text = phase, code, text
        found = ENHANCED.match(text)
        self.enhanced = found.group(1) if found else ""

    @property
    def passing(self) -> bool:
        """Worth another try later."""
        return self.code < 500 or self.enhanced in PASSING

    @property
    def no_such_address(self) -> bool:
        """The server says that the address itself is wrong."""
        return self.phase == "rcpt" and not self.passing and self.enhanced.startswith("5.1.")

    @property
    def our_fault(self) -> bool:
        """About us or our policy rather than the recipient: many of these in a row mean that something is broken."""
        return not self.passing and (self.phase == "mail" or self.enhanced.startswith("5.7."))


class Dropped(Exception):
    """The connection ended after the bytes had begun to leave: the mail may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the mail."""

    code: int
    text: str


class Alarm:
    """Notices a run of refusals that are our own fault, before they burn the whole list. Shared by the senders."""

    def __init__(self, limit: int = 10, window: int = 20) -> None:
        self._limit = limit
        self._seen: deque[bool] = deque(maxlen=window)
        self._lock = threading.Lock()

    def note(self, our_fault: bool) -> None:
        """One more outcome."""
        with self._lock:
            self._seen.append(our_fault)

    def rings(self) -> bool:
        """Half of the last outcomes were our fault; starts counting anew when it rings."""
        with self._lock:
            ringing = sum(self._seen) >= self._limit
            if ringing:
                self._seen.clear()
        return ringing


def retry_at(mail: OutboxMail, now: dt.datetime, dice: random.Random) -> dt.datetime:
    """Somewhere between now and a bound that doubles with each attempt: full jitter, six hours at most.

    A reminder begins with 15 minutes; mail that somebody waits for with one.
    """
    base = dt.timedelta(minutes=1 if mail.priority == URGENT else 15)
    bound: dt.timedelta = min(LONGEST_WAIT, base * 2 ** min(mail.attempts, 12))
    return now + bound * dice.random()
