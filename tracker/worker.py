"""The reminder process, one pass of it by hand, and how it is doing.

    run_worker(settings, *, with_parent=False) -> None
    run_once(settings) -> dict[str, Any]
    status(settings) -> dict[str, Any]

All expect a migrated database. Any number of processes may run on one database: what is due, who sends it and that it
goes once is settled there, not here.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from config import Settings
from tracker import clock, db
from tracker.accounts import compose as account_mail
from tracker.catalog.loader import load_catalog
from tracker.housekeeping import Worker
from tracker.models import OutboxMail
from tracker.outbox import claim, upkeep
from tracker.outbox.deliver import Postman, transport_for
from tracker.outbox.ledger import Ledger
from tracker.outbox.letters import nowhere
from tracker.outbox.outcomes import ServerTrouble
from tracker.outbox.rate import Rate
from tracker.outbox.render import Composers, Renderer
from tracker.outbox.scribe import Scribe
from tracker.reminders import health, queries, services
from tracker.reminders.celebration import CelebrationMail
from tracker.reminders.compose import WeeklyMail
from tracker.reminders.schedule import CELEBRATIONS, WEEKLY

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2


@contextmanager
def _opened(settings: Settings) -> Iterator[db.SessionFactory]:
    engine = db.make_engine(settings.database_url)
    try:
        yield db.make_sessions(engine)
    finally:
        engine.dispose()


def composers(settings: Settings) -> Composers:
    """Every kind of mail there is. Raises CatalogError."""
    renderer = Renderer(settings)
    catalog = load_catalog(settings.paths_dir)
    return {
        **account_mail.composers(settings, renderer),
        WEEKLY: WeeklyMail(settings, catalog, renderer),
        **dict.fromkeys(CELEBRATIONS, CelebrationMail(settings, catalog, renderer)),
    }


def settle() -> None:
    """What a process holds from its start on is never garbage; to look through it all the time took a sixth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def run_worker(settings: Settings, *, with_parent: bool = False) -> None:
    """Runs until SIGTERM or SIGINT, or until the parent process is gone where that is asked for.

    The mail in hand is finished, the rest given back.
    """
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        # The handler only takes a note: an event that is set from it could lock the very thread that waits for it.
        signal.signal(number, lambda given, _frame: asked.append(given))
    # An event that nobody sets: unlike time.sleep it also works under libfaketime, by which trials move the clock.
    parent, nap = os.getppid(), threading.Event()
    with _opened(settings) as sessions:
        making = composers(settings)
        settle()
        scribe = Scribe(settings, making) if (os.cpu_count() or 1) > 1 else None
        worker = Worker(settings, sessions, making, scribe.write if scribe else nowhere)
        worker.start()
        while not asked and not (with_parent and os.getppid() != parent):
            nap.wait(LOOK_SECONDS)
            worker.watch()
        worker.end()
        if scribe:
            scribe.end()  # before the end of this process ends it: whoever still waits for it finds nothing wrong


def run_once(settings: Settings) -> dict[str, Any]:
    """One pass for `tracker reminders run`: what is due goes into the outbox, all that may go now is sent.

    The figures count weekly reminders alone, each mail once, by its last outcome. Beside a live worker that goes by
    another clock, this one leaves account mail and what that worker holds alone (see claim.claim).
    """
    outcomes: dict[int, str] = {}

    def note(mail: OutboxMail, outcome: str) -> None:
        if mail.kind == WEEKLY:
            outcomes[mail.id] = outcome

    with _opened(settings) as sessions:
        with sessions() as session:
            now = clock.now_utc()
            guest = upkeep.goes_by_another_clock(session, now)
            if guest:
                log.warning("the reminder process fell silent or goes by another clock: account mail is left to it")
            else:
                claim.take_back_from_the_dead(session, now=now, ambiguous=settings.mail_ambiguous)
            rate = Rate(settings.mail_rate)
            rate.share_among(1 + upkeep.others(session, "", now=now))
            found = services.enqueue_due(session, now=now, spread_minutes=settings.mail_spread)
        postman = Postman(
            settings,
            sessions,
            composers(settings),
            transport_for(settings),
            clock.now_utc,
            Ledger(sessions),
            rate=rate,
            guest=guest,
            noted=note,
        )
        _send_all(postman)
        with sessions() as session:
            outcomes |= dict.fromkeys(queries.waiting(session, now=clock.now_utc()), "retry")
    said = Counter(outcomes.values()) + Counter(skipped=found.skipped)
    figures = {name: said[name] for name in ("sent", "retry", "dead", "skipped", "unknown")}
    return {"due": found.due, "queued": found.queued, **figures}


def _send_all(postman: Postman) -> None:
    try:
        while postman.round():
            pass
    except ServerTrouble as trouble:
        log.warning("the mail server is in trouble, the rest waits: %s", trouble)
    finally:
        postman.close()


def status(settings: Settings) -> dict[str, Any]:
    """For `tracker reminders status`."""
    with _opened(settings) as sessions, sessions() as session:
        return health.outbox_status(session, now=clock.now_utc())
