"""The reminder process: APScheduler for a handful of housekeeping jobs, never one per user; threads that send.

Any number may run on one database: what is due, who sends it and that it goes once is settled there, not here.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from config import Settings
from tracker import clock, db
from tracker.accounts import compose as account_mail
from tracker.catalog.loader import load_catalog
from tracker.outbox import upkeep
from tracker.outbox.deliver import Alarm, Postman, transport_for
from tracker.outbox.outcomes import ServerTrouble
from tracker.outbox.render import Composers, Renderer
from tracker.reminders import compose as reminder_mail
from tracker.reminders import queries, services

log = logging.getLogger(__name__)

SENDERS = 2
"""One SMTP connection each: an urgent mail need not wait while the server takes its time over another."""
SCAN_SECONDS = 60
BEAT_SECONDS = 10
PRUNE_HOURS = 24
POLL_SECONDS = 1.0
STALLED_SECONDS = 3 * SCAN_SECONDS
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
STOP_SECONDS = 10.0


@contextmanager
def _opened(settings: Settings) -> Iterator[db.SessionFactory]:
    engine = db.make_engine(settings.database_url)
    try:
        yield db.make_sessions(engine)
    finally:
        engine.dispose()


def _composers(settings: Settings) -> Composers:
    renderer = Renderer(settings)
    catalog = load_catalog(settings.paths_dir)
    return {
        **account_mail.composers(settings, renderer),
        **reminder_mail.composers(settings, catalog, renderer),
    }


def _postman(settings: Settings, sessions: db.SessionFactory, composers: Composers, alarm: Alarm) -> Postman:
    return Postman(settings, sessions, composers, transport_for(settings, clock.now_utc), clock.now_utc, alarm)


def run_once(settings: Settings) -> dict[str, Any]:
    """One pass for `tracker reminders run`: what is due goes into the outbox, all that may go now is sent.

    The figures count weekly reminders alone. Beside a live worker it leaves the leases alone: this command may have
    been given another date, by which a mail that is being sent at this moment would look abandoned.
    """
    with _opened(settings) as sessions:
        with sessions() as session:
            found = services.enqueue_due(session, now=clock.now_utc(), spread_minutes=settings.mail_spread)
            reap = not upkeep.is_attended(session)
        postman = _postman(settings, sessions, _composers(settings), Alarm())
        try:
            while postman.round(reap=reap):
                pass
        except ServerTrouble as trouble:
            log.warning("the mail server is in trouble, the rest waits: %s", trouble)
        finally:
            postman.close()
    counts = postman.counts
    return {
        "due": found.due,
        "queued": found.queued,
        "sent": counts["sent"],
        "retry": counts["retry"],
        "dead": counts["dead"],
        "skipped": found.skipped + counts["skipped"],
        "unknown": counts["unknown"],
    }


def status(settings: Settings) -> dict[str, Any]:
    """For `tracker reminders status`."""
    with _opened(settings) as sessions, sessions() as session:
        return queries.outbox_status(session, now=clock.now_utc())


def run_worker(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT: the mail in hand is finished, the rest given back."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _opened(settings) as sessions:
        Worker(settings, sessions, stop).run()


@dataclass
class Worker:
    """One process. What its jobs and threads share is here."""

    settings: Settings
    sessions: db.SessionFactory
    stop: threading.Event
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    last_pass: dt.datetime | None = None
    postmen: list[Postman] = field(default_factory=list)

    def run(self) -> None:
        """Starts jobs and senders, watches that they go on, ends them when asked to."""
        composers, alarm = _composers(self.settings), Alarm()
        self.postmen = [_postman(self.settings, self.sessions, composers, alarm) for _ in range(SENDERS)]
        senders = [threading.Thread(target=self._send, args=(p,), name="sender") for p in self.postmen]
        scheduler = self._scheduler()
        scheduler.start()
        for sender in senders:
            sender.start()
        self._watch(scheduler)
        scheduler.shutdown(wait=True)
        deadline = time.monotonic() + STOP_SECONDS
        for sender in senders:
            sender.join(max(0.0, deadline - time.monotonic()))
        self._guarded(lambda: self._with_session(lambda session: upkeep.leave(session, self.id)))

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=dt.UTC, job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        )
        at_once = clock.now_utc()
        for job, seconds in ((self._scan, SCAN_SECONDS), (self._beat, BEAT_SECONDS), (self._prune, PRUNE_HOURS * 3600)):
            scheduler.add_job(self._guarded, "interval", args=(job,), seconds=seconds, next_run_time=at_once)
        return scheduler

    def _watch(self, scheduler: BackgroundScheduler) -> None:
        """A clock that was set back would stall the scheduler for as long as the jump: it is woken instead."""
        seen, since = self.last_pass, time.monotonic()
        while not self.stop.wait(POLL_SECONDS):
            if self.last_pass != seen:
                seen, since = self.last_pass, time.monotonic()
            elif time.monotonic() - since > STALLED_SECONDS:
                log.error("no scan for %s seconds; was the clock set back? Waking the scheduler.", STALLED_SECONDS)
                since = time.monotonic()
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=clock.now_utc())

    def _scan(self) -> None:
        now = clock.now_utc()
        with self.sessions() as session:
            services.follow_zone_rules(session, now=now)
            services.enqueue_due(session, now=now, spread_minutes=self.settings.mail_spread)
        self.last_pass = now

    def _beat(self) -> None:
        sent = sum(postman.mails["sent"] for postman in self.postmen)
        failed = sum(postman.mails["dead"] + postman.mails["unknown"] for postman in self.postmen)
        with self.sessions() as session:
            upkeep.beat(session, self.id, now=clock.now_utc(), last_pass=self.last_pass, sent=sent, failed=failed)

    def _prune(self) -> None:
        self._with_session(lambda session: upkeep.forget_old(session, now=clock.now_utc()))

    def _with_session(self, work: Callable[[Any], Any]) -> None:
        with self.sessions() as session:
            work(session)

    def _guarded(self, job: Callable[[], None]) -> None:
        """A job that fails is tried again at its next turn; the process lives on."""
        try:
            job()
        except OperationalError as fault:
            log.warning("the database cannot be used at the moment: %s", fault.orig)
        except Exception:
            log.exception("a job failed")

    def _send(self, postman: Postman) -> None:
        """Sends until told to stop; longer and longer pauses while the server or the database is in trouble."""
        pause = FIRST_PAUSE
        while not self.stop.is_set():
            try:
                dealt = postman.round(self.stop.is_set)
            except (ServerTrouble, OperationalError) as trouble:
                log.warning("sending pauses: %s", trouble.orig if isinstance(trouble, OperationalError) else trouble)
                self.stop.wait(pause * random.uniform(0.5, 1))  # noqa: S311  # spreads load, guards nothing
                pause = min(LONGEST_PAUSE, pause * 2)
            except Exception:
                log.exception("a sender stumbled")
                self.stop.wait(pause)
            else:
                pause = FIRST_PAUSE
                if not dealt:
                    self.stop.wait(POLL_SECONDS)
        postman.close()
