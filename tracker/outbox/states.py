"""Conditions on states, written so that the partial indexes are found.

A database only uses an index `WHERE state = 'queued'` when the query says those very words: with a bound parameter in
their place SQLite reads the whole table, every second.
"""

from __future__ import annotations

from sqlalchemy import bindparam, literal

from tracker.models import OutboxMail

FINAL = ("sent", "skipped", "dead", "unknown")

QUEUED = OutboxMail.state == literal("queued", literal_execute=True)
SENT = OutboxMail.state == literal("sent", literal_execute=True)
LEASED = OutboxMail.state.in_(bindparam("leased", ["claimed", "sending"], expanding=True, literal_execute=True))
"""Some sender has it in hand."""
UNSENT = OutboxMail.state.in_(bindparam("unsent", ["dead", "skipped", "unknown"], expanding=True, literal_execute=True))
"""Over, but not known to have arrived."""
NOT_WEEKLY = OutboxMail.kind != literal("weekly", literal_execute=True)
"""The few among the many."""
