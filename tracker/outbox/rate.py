"""How many mails a second may go: a setting for all processes together, of which each takes an equal share.

Nothing is written for it: who else is there is told by the heartbeats.
"""

from __future__ import annotations

import threading
import time

BURST_SECONDS = 0.25
"""So much of a second's mails may go at once, at least one."""
LOOK_SECONDS = 1.0


class Rate:
    """One process's share, used by all its senders. ``total`` is mails a second; 0 sets no limit."""

    def __init__(self, total: float = 0) -> None:
        self._total = total
        self._share = total
        self._ready = 1.0
        self._counted_at = time.monotonic()
        self._lock = threading.Lock()

    def share_among(self, processes: int) -> None:
        """So many send at this moment, this one included; 0 where it has yet to be noticed by the others."""
        with self._lock:
            self._count()
            self._share = self._total / processes if processes else 0.0

    def take(self, wanted: int, stop: threading.Event) -> int:
        """Waits until a mail may go; how many may, ``wanted`` at most. 0 only when told to stop."""
        if not self._total:
            return wanted
        while not stop.is_set():
            with self._lock:
                self._count()
                if self._ready >= 1:
                    taken = min(wanted, int(self._ready))
                    self._ready -= taken
                    return taken
                wait = (1 - self._ready) / self._share if self._share else LOOK_SECONDS
            stop.wait(min(wait + 0.001, LOOK_SECONDS))
        return 0

    def give_back(self, unused: int) -> None:
        """What was taken but sent nothing."""
        with self._lock:
            self._ready += unused

    def _count(self) -> None:
        now = time.monotonic()
        most = max(1.0, self._share * BURST_SECONDS)
        self._ready = min(most, self._ready + (now - self._counted_at) * self._share)
        self._counted_at = now
