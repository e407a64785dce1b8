"""What a reminder process does all day: APScheduler for a handful of jobs, never one per user; threads that send."""

from __future__ import annotations

import datetime as dt
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from config import Settings
from tracker import clock
from tracker.accounts import upkeep as accounts
from tracker.data.erasing import empty_log
from tracker.data.services import forget_drafts
from tracker.db import SessionFactory
from tracker.models import OutboxMail
from tracker.outbox import alarm, claim, owner, upkeep
from tracker.outbox.deliver import Postman, transport_for
from tracker.outbox.ledger import Ledger
from tracker.outbox.letters import Elsewhere, nowhere
from tracker.outbox.outcomes import DATABASE_TROUBLE, POLICY, ServerTrouble
from tracker.outbox.rate import Rate
from tracker.outbox.render import Composers
from tracker.paths.services import drop_unowned
from tracker.reminders import services
from tracker.soundness import damage

log = logging.getLogger(__name__)

SENDERS = 4
"""One SMTP connection each: an urgent mail need not wait while the server takes its time over another."""
SCAN_SECONDS = 60
BEAT_SECONDS = 10
DAY_SECONDS = 24 * 3600
POLL_SECONDS = 1.0
IDLE_SECONDS = 10.0
"""A connection without work is closed: servers do not like it, and a dead one costs half a minute to notice."""
STALLED_SECONDS = 3 * SCAN_SECONDS
JUMP_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_DATABASE_PAUSE = 5.0, 300.0, 30.0
GRACE_SECONDS, STOP_SECONDS = 2.0, 24.0
"""A mail that has left is waited for as long as an end within 30 seconds allows; if none has, nobody waits."""


class Threads(BaseExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Jobs in threads that do not hold up the end of the process, as those of the library's own pool would."""

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        threading.Thread(target=self._run, args=(job, run_times), name=job.id, daemon=True).start()

    def _run(self, job: Any, run_times: Any) -> None:
        events = run_job(job, job._jobstore_alias, run_times, self._logger.name)  # noqa: SLF001  # as the library's do
        self._run_job_success(job.id, events)


class Worker:
    """One process: ``start``, then ``watch`` every now and then, then ``end``."""

    def __init__(
        self, settings: Settings, sessions: SessionFactory, composers: Composers, elsewhere: Elsewhere = nowhere
    ) -> None:
        self.settings, self.sessions = settings, sessions
        self.name = owner.process_name()
        self.stop = threading.Event()
        self.last_pass: dt.datetime | None = None
        self.counts: Counter[str] = Counter()
        self.paused: ServerTrouble | None = None
        ledger, self._rate = Ledger(sessions), Rate(settings.mail_rate)
        self._postmen = [
            Postman(settings, sessions, composers, transport_for(settings), clock.now_utc, ledger, self._rate,
                    self.stop, elsewhere, noted=self._note) for _ in range(SENDERS)
        ]  # fmt: skip
        self._senders = [
            threading.Thread(target=self._send, args=(p,), name="sender", daemon=True) for p in self._postmen
        ]
        self._scheduler = BackgroundScheduler(
            timezone=dt.UTC,
            executors={"default": Threads()},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._beating = threading.Lock()
        self._began = 0.0
        self._offset = 0.0
        self._seen: dt.datetime | None = None
        self._since = 0.0

    def start(self) -> None:
        """Jobs and senders; each job runs at once for the first time."""
        jobs = (
            (self._beat, BEAT_SECONDS),
            (self._scan, SCAN_SECONDS),
            (self._follow_zones, DAY_SECONDS),
            (self._prune, DAY_SECONDS),
        )
        for job, seconds in jobs:
            self._scheduler.add_job(
                self._guarded, "interval", args=(job,), seconds=seconds, id=job.__name__, next_run_time=clock.now_utc()
            )
        self._began = self._since = time.monotonic()
        self._offset = _wall() - self._began
        self._rate.share_among(0)  # until it has looked who else is there
        self._scheduler.start()
        for sender in self._senders:
            sender.start()

    def watch(self) -> None:
        """A clock that is set back stalls the scheduler for as long as the jump: then it is woken.

        Only a jump within this process is one; a start after weeks is not.
        """
        jumped = _wall() - time.monotonic() - self._offset
        if abs(jumped) > JUMP_SECONDS:
            log.warning("the clock jumped by %.0f s; what is due goes on by the rules of catching up", jumped)
            self._wake(jumped)
        elif self.last_pass != self._seen:
            self._seen, self._since = self.last_pass, time.monotonic()
        elif time.monotonic() - self._since > STALLED_SECONDS:
            log.error("nothing was looked for in %s seconds; waking the scheduler", STALLED_SECONDS)
            self._wake(0)

    def _wake(self, jumped: float) -> None:
        self._offset += jumped
        self._since = time.monotonic()
        for job in self._scheduler.get_jobs():
            if job.id in (self._scan.__name__, self._beat.__name__):
                job.modify(next_run_time=clock.now_utc())

    def end(self) -> None:
        """The mails in hand are finished, if that takes no more than seconds; all others are given back."""
        self.stop.set()
        self._scheduler.shutdown(wait=False)
        deadline = time.monotonic() + STOP_SECONDS
        self._join(GRACE_SECONDS)
        # Whoever still talks to a mail server without having passed the fence will find it closed.
        while self._guarded(self._release) and time.monotonic() < deadline and self._busy():
            self._join(0.2)
        self._guarded(lambda: self._with_session(lambda session: upkeep.leave(session, self.name)))

    def _join(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for sender in self._senders:
            sender.join(max(0.0, deadline - time.monotonic()))

    def _busy(self) -> bool:
        return any(sender.is_alive() for sender in self._senders)

    def _release(self) -> int:
        with self.sessions() as session:
            return claim.release_all(session, self.name)

    def _scan(self) -> None:
        now = clock.now_utc()
        with self.sessions() as session:
            claim.take_back_from_the_dead(session, now=now, ambiguous=self.settings.mail_ambiguous)
            services.enqueue_due(session, now=now, spread_minutes=self.settings.mail_spread)
        self.last_pass = now
        self._beat()  # so that everybody sees it at once

    def _beat(self) -> None:
        failed, paused = self.counts["dead"] + self.counts["unknown"], self.paused
        with self._beating, self.sessions() as session:
            now = clock.now_utc()
            ringing = alarm.pausing(session, now)  # perhaps another process's refusals
            upkeep.beat(
                session,
                self.name,
                now=now,
                last_pass=self.last_pass,
                sent=self.counts["sent"],
                retried=self.counts["retry"],
                failed=failed,
                paused=ringing.reason if ringing else str(paused or ""),
                alarm=ringing is not None or (paused is not None and paused.phase == POLICY),
            )
            others = upkeep.others(session, self.name, now=now)
        # Within the time of one beat everybody else has counted this process, and left it its share.
        young = time.monotonic() - self._began < 0.9 * BEAT_SECONDS
        self._rate.share_among(0 if others and young else 1 + others)

    def _follow_zones(self) -> None:
        self._with_session(lambda session: services.follow_zone_rules(session, now=clock.now_utc()))

    def _prune(self) -> None:
        now = clock.now_utc()
        self._with_session(_tell_damage)  # first: over a damaged file the others may stumble
        self._with_session(lambda session: upkeep.forget_old(session, now=now))
        self._with_session(lambda session: accounts.forget_old(session, settings=self.settings, now=now))
        self._with_session(lambda session: forget_drafts(session, now=now))
        self._with_session(drop_unowned)
        self._with_session(empty_log)  # whoever was reading when an account was erased reads no more

    def _with_session(self, work: Callable[[Session], Any]) -> None:
        with self.sessions() as session:
            work(session)

    def _guarded(self, job: Callable[[], Any]) -> Any:
        """A job that fails is tried again at its next turn; the process lives on."""
        try:
            return job()
        except DATABASE_TROUBLE as fault:
            log.warning("the database cannot be used at the moment: %s", _cause(fault))
        except Exception:
            log.exception("a job failed")
        return None

    def _note(self, _mail: OutboxMail, outcome: str) -> None:
        self.counts[outcome] += 1
        if outcome == "sent":
            self.paused = None

    def _send(self, postman: Postman) -> None:
        """Sends until told to stop; longer and longer pauses while the server or the database is in trouble."""
        pause, idle_since = FIRST_PAUSE, time.monotonic()
        while not self.stop.is_set():
            try:
                dealt = postman.round()
            except Exception as fault:  # noqa: BLE001  # _trouble tells it; mail goes on
                longest = self._trouble(fault)
                self.stop.wait(min(pause, longest) * random.uniform(0.5, 1))  # noqa: S311  # guards nothing
                pause = min(longest, pause * 2)
                continue
            pause = FIRST_PAUSE
            if dealt:
                idle_since = time.monotonic()
                continue
            if self.paused is not None and self.paused.phase != POLICY:
                self.paused = None  # nothing waits for the server any more; an alarm stays until a mail gets through
            if time.monotonic() - idle_since > IDLE_SECONDS:
                postman.close()
            self.stop.wait(POLL_SECONDS)
        postman.close()

    def _trouble(self, fault: Exception) -> float:
        """Says what is wrong; how long the pauses may become."""
        if isinstance(fault, ServerTrouble):
            log.warning("sending pauses: %s", fault)
            self.paused = fault
            return LONGEST_PAUSE
        if isinstance(fault, DATABASE_TROUBLE):
            log.warning("sending pauses, the database cannot be used at the moment: %s", _cause(fault))
        else:
            log.error("a sender stumbled", exc_info=fault)
        return LONGEST_DATABASE_PAUSE


def _tell_damage(session: Session) -> None:
    if found := damage(session):
        log.error("the database's file is damaged (%s): stop the server and restore the last backup", found)


def _cause(fault: BaseException) -> object:
    return getattr(fault, "orig", None) or fault


def _wall() -> float:
    return clock.now_utc().timestamp()
