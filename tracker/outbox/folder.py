"""Where no mail server is set: each mail becomes an ``.eml`` file that any mail program opens."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tracker.models import OutboxMail
from tracker.outbox.outcomes import Refused, Sent, ServerTrouble


class FolderTransport:
    """The same conversation as with a server, with a folder at the other end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = ""

    def offer(self, mail: OutboxMail) -> None:
        """Makes the folder, private: the mails hold links that log in or unsubscribe."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise ServerTrouble("folder", f"{self._folder}: {fault.strerror}") from fault
        recipient = re.sub(r"[^A-Za-z0-9@._+-]", "_", mail.recipient)[:80]
        # The same name over retries: a mail written twice is one file.
        self._name = f"{mail.due_at:%Y-%m-%dT%H%M}-{mail.kind}-{recipient}-{mail.id}.eml"

    def send(self, data: bytes) -> Sent:
        """Writes the file whole or not at all."""
        half = self._folder / f".{self._name}.part"
        try:
            with half.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            half.replace(self._folder / self._name)
        except OSError as fault:
            half.unlink(missing_ok=True)
            raise Refused("folder", 452, f"{fault.strerror}") from fault
        return Sent(250, f"written to {self._name}"[:200])

    def abandon(self) -> None:
        """Nothing to let go of."""

    def close(self) -> None:
        """Nothing to close."""
