"""What a mail server's answer means for a mail, and when to try again."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tracker.models import OutboxMail
from tracker.outbox.enqueue import URGENT

LONGEST_WAIT = dt.timedelta(hours=6)
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
PASSING = ("5.4.4", "5.2.2")
"""Permanent by their class, but a name server and a full mailbox recover."""
OUR_ADDRESS = ("5.1.7", "5.1.8")
"""About the address that we send from; servers often say it only at RCPT, and to every recipient (RFC 3463)."""

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
        """The server says that the address itself is wrong, the learner's and not ours."""
        about_it = self.enhanced.startswith("5.1.") and self.enhanced not in OUR_ADDRESS
        return self.phase == "rcpt" and not self.passing and about_it

    @property
    def our_fault(self) -> bool:
        """Not said to be about the recipient: many of these in a row mean that something is broken here."""
        about_them = self.no_such_address or (self.phase != "mail" and self.enhanced.startswith(("5.2.", "5.6.7")))
        return not self.passing and not about_them


class Dropped(Exception):
    """The connection ended after the bytes had begun to leave: the mail may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the mail."""

    code: int
    text: str


def retry_at(mail: OutboxMail, now: dt.datetime, dice: random.Random) -> dt.datetime:
    """Somewhere between now and a bound that doubles with each attempt: full jitter, six hours at most.

    A reminder begins with 15 minutes; mail that somebody waits for with one.
    """
    base = dt.timedelta(minutes=1 if mail.priority == URGENT else 15)
    bound: dt.timedelta = min(LONGEST_WAIT, base * 2 ** min(mail.attempts, 12))
    return now + bound * dice.random()
