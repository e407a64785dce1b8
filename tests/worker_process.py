"""`tracker worker` as a process of its own, for tests that stop or kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import config
from tests.site import program

KEY = "a key for tests only, 32 bytes or more"


class WorkerProcess:
    """Started by ``start`` or as a context; killed at the end."""

    def __init__(self, instance: Path, database_url: str, mail_url: str, **settings: str) -> None:
        self.log = instance / "worker.log"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
            "TRACKER_INSTANCE_DIR": str(instance),
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_SECRET_KEY": KEY,
            "TRACKER_MAIL_URL": mail_url,
            "TRACKER_MAIL_SPREAD": "0",
            **{f"TRACKER_{name}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> WorkerProcess:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program(), "worker"], env=self.env, cwd=config.ROOT, stdout=log, stderr=log
            )
        return self

    def said(self) -> str:
        return self.log.read_text()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """-9, as the machine's memory guard would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def stop(self, number: int = signal.SIGTERM) -> float:
        """How many seconds it took to end in good order."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(30) == 0, self.said()[-2000:]
        return time.monotonic() - began

    def __enter__(self) -> WorkerProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
