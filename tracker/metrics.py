"""Figures for Prometheus, read from the database when somebody asks: any web process says the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from tracker.models import Sender
from tracker.reminders.health import Health, Settled, health, settled

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def exposition(session: Session, *, now: dt.datetime) -> bytes:
    """All figures as text; five queries."""
    registry = CollectorRegistry()
    registry.register(_Outbox(health(session, now=now), settled(session, now=now)))
    return generate_latest(registry)


class _Outbox(Collector):
    """The outbox, the passes and the processes that send."""

    def __init__(self, found: Health, over: Settled) -> None:
        self._found, self._over = found, over

    def collect(self) -> Iterator[Metric]:
        """Gauges of what there is now; counters of each process since its start."""
        found, over = self._found, self._over
        gauges: Iterable[tuple[str, str, float]] = (
            ("waymark_outbox_queued", "Mails that wait to be sent", found.queued),
            ("waymark_outbox_retried", "Of these, mails that were tried before", found.retried),
            (
                "waymark_outbox_oldest_due_seconds",
                "How long the oldest mail or slot is overdue",
                found.lag.total_seconds(),
            ),
            ("waymark_outbox_sent", "Mails sent in the last 24 hours", over.sent),
            ("waymark_outbox_dead", "Mails that were given up, of the last twelve weeks", over.dead),
            (
                "waymark_outbox_unknown",
                "Mails that may or may not have arrived, of the last twelve weeks",
                over.unknown,
            ),
            ("waymark_senders", "Reminder processes that reported in the last three minutes", len(found.alive)),
            ("waymark_sending_paused", "1 while a reminder process does not send", bool(found.paused)),
            ("waymark_sending_alarm", "1 while mail after mail is refused by our own fault", found.alarm),
            ("waymark_reminders_ok", "1 while there is nothing to complain about", found.ok),
        )
        for name, said, value in gauges:
            yield GaugeMetricFamily(name, said, value)
        if found.last_pass:
            age = (found.now - found.last_pass).total_seconds()
            yield GaugeMetricFamily("waymark_last_pass_age_seconds", "Since somebody last looked for what is due", age)
        yield _by_process(found.alive)


def _by_process(senders: Iterable[Sender]) -> Metric:
    # Labelled by process: each begins at nothing and goes away with its process, which is what rate() expects.
    counts = CounterMetricFamily(
        "waymark_mails", "Mails that a process dealt with since its start", labels=("sender", "outcome")
    )
    for sender in senders:
        for outcome, count in (("sent", sender.sent), ("retried", sender.retried), ("failed", sender.failed)):
            counts.add_metric((sender.id, outcome), count)
    return counts
