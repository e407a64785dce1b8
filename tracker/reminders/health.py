"""How the sending is doing: for /readyz, `tracker reminders status`, /metrics and whoever administers the site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select, text
from sqlalchemy.orm import Session

from tracker import words
from tracker.language import gettext
from tracker.models import OutboxMail, ReminderPreference, Sender
from tracker.outbox.states import QUEUED, SENT, UNSENT

SILENCE = dt.timedelta(minutes=3)
"""A reminder process that has not said anything for this long is not well, nor is a slot that nobody takes up."""
LATE = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """What three queries say, each of which reads one index or a handful of rows."""

    now: dt.datetime
    queued: int
    retried: int
    """Of those that are queued: tried at least once."""
    oldest_due: dt.datetime | None
    """When the first of them may go, or could have gone."""
    missed_slot: dt.datetime | None
    """The oldest slot that is due and not in the outbox yet."""
    senders: Sequence[Sender]

    @property
    def alive(self) -> Sequence[Sender]:
        """The processes that have said something lately."""
        return [sender for sender in self.senders if self._is_fresh(sender.beat_at)]

    @property
    def last_pass(self) -> dt.datetime | None:
        """When any process last looked for what is due."""
        return max((sender.last_pass_at for sender in self.senders if sender.last_pass_at), default=None)

    @property
    def lag(self) -> dt.timedelta:
        """For how long the oldest mail or slot that is due has been waiting."""
        since = [moment for moment in (self.oldest_due, self.missed_slot) if moment]
        return max(dt.timedelta(0), self.now - min(since)) if since else dt.timedelta(0)

    @property
    def paused(self) -> str:
        """Why a process does not send at the moment; empty while all do."""
        return next((sender.paused for sender in self.alive if sender.paused), "")

    @property
    def alarm(self) -> bool:
        """Mail after mail is refused, by our own fault."""
        return any(sender.alarm for sender in self.alive)

    @property
    def troubles(self) -> list[str]:
        """Sentences for an administrator; none when all is well.

        Where no process is running and nothing is due, that is a choice (`serve --no-reminders`), not a fault.
        """
        said = [self._of_processes()] if self.senders else []
        if self._waits_too_long(self.missed_slot, SILENCE):
            said.append(
                gettext(
                    "A weekly reminder has been due for %(time)s, and no process took it up.",
                    time=self._since(self.missed_slot),
                )
            )
        if self._waits_too_long(self.oldest_due, LATE):
            said.append(gettext("Mail has been waiting for %(time)s.", time=self._since(self.oldest_due)))
        if self.alarm:
            said.append(
                gettext("Sending is paused, because mail after mail was refused.")
            )  # by which words: not for everybody
        return [sentence for sentence in said if sentence]

    @property
    def ok(self) -> bool:
        """Nothing to complain about."""
        return not self.troubles

    def _of_processes(self) -> str:
        if not self.alive:
            last = max(sender.beat_at for sender in self.senders)
            return gettext("The reminder process has said nothing for %(time)s.", time=self._since(last))
        looked = [sender.last_pass_at or sender.started_at for sender in self.alive]
        # One that has only just begun has not had its first turn.
        if not any(map(self._is_fresh, (*looked, *(sender.started_at for sender in self.alive)))):
            return gettext(
                "The reminder process has not looked for what is due for %(time)s.", time=self._since(max(looked))
            )
        return ""

    def _is_fresh(self, moment: dt.datetime) -> bool:
        # One from the future is no sign of life either: the clock was set back, and its process may be gone.
        return abs(self.now - moment) <= SILENCE

    def _waits_too_long(self, since: dt.datetime | None, most: dt.timedelta) -> bool:
        return since is not None and self.now - since > most

    def _since(self, moment: dt.datetime | None) -> str:
        return words.minutes(round(abs(self.now - (moment or self.now)).total_seconds() / 60))


def health(session: Session, *, now: dt.datetime) -> Health:
    """Looks; three queries."""
    queued, retried, oldest = session.execute(_QUEUE).one()
    missed = session.scalar(_MISSED)
    senders = session.scalars(select(Sender).order_by(Sender.started_at)).all()
    return Health(now, queued, retried, oldest, missed if missed and missed <= now else None, senders)


_QUEUE = select(func.count(), func.count(case((OutboxMail.attempts > 0, 1))), func.min(OutboxMail.available_at)).where(
    QUEUED
)
# In the index's own words, as in the scan itself.
_MISSED = select(func.min(ReminderPreference.next_due_at)).where(text("enabled AND next_due_at IS NOT NULL"))


@dataclass(frozen=True, slots=True)
class Settled:
    """Mails that are over: sent in the last day; dead and unknown as long as the rows are kept."""

    sent: int
    dead: int
    unknown: int


def settled(session: Session, *, now: dt.datetime) -> Settled:
    """Counts; two queries, each on an index of its own."""
    sent = session.scalar(select(func.count()).where(SENT, OutboxMail.sent_at > now - DAY, OutboxMail.sent_at <= now))
    rows = session.execute(
        select(OutboxMail.state, func.count())
        .where(UNSENT, OutboxMail.state.in_(("dead", "unknown")))
        .group_by(OutboxMail.state)
    )
    counts = {state: count for state, count in rows}  # noqa: C416  # rows are no pairs to mypy
    return Settled(sent or 0, counts.get("dead", 0), counts.get("unknown", 0))


def reminder_health(session: Session, *, now: dt.datetime) -> dict[str, Any]:
    """For /readyz."""
    found = health(session, now=now)
    return {
        "ok": found.ok,
        "last_pass": _iso(found.last_pass),
        "lag_seconds": round(found.lag.total_seconds()),
        "queued": found.queued,
        "oldest_due": _iso(found.oldest_due),
        "senders": len(found.alive),
        "troubles": found.troubles,
    }


def outbox_status(session: Session, *, now: dt.datetime) -> dict[str, Any]:
    """For `tracker reminders status`: all mail, account mail included."""
    found, over = health(session, now=now), settled(session, now=now)
    return {
        "queued": found.queued,
        "oldest_due": _iso(found.oldest_due),
        "lag_seconds": round(found.lag.total_seconds()),
        "last_pass": _iso(found.last_pass),
        "sent_24h": over.sent,
        "retried": found.retried,
        "dead": over.dead,
        "unknown": over.unknown,
        "senders": len(found.alive),
        "paused": found.paused or None,
        "alarm": found.alarm,
        "troubles": found.troubles,
        "ok": found.ok,
    }


def _iso(instant: dt.datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None
