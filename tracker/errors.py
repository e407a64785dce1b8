"""What can go wrong, as plain exceptions; `error_pages.py` turns them into pages."""

from __future__ import annotations


class NotFound(Exception):
    """No such thing, or it is somebody else's: the two are never told apart."""


class NoPath(NotFound):
    """A page about one's own plan, for somebody who is on no path yet."""


class NotAllowed(Exception):
    """The person may see this but not do it."""


class Conflict(Exception):
    """Somebody, perhaps the same person on another device, changed it first."""


class InvalidInput(Exception):
    """Input that a form cannot judge alone; ``field`` names where the sentence belongs."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooMany(Exception):
    """Tried too often; ``retry_after`` says in how many seconds it is worth trying again."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class Busy(Exception):
    """More at once than the machine can bear; in a few seconds it may be better."""
