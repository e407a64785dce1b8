"""The site as its own processes, for tests that kill them or drive a real browser through them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import config

START_SECONDS = 90


class Site:
    """`tracker serve` on a free port with an instance folder of its own."""

    def __init__(
        self, instance: Path, database_url: str = "", *, arguments: tuple[str, ...] = (), **extra: str
    ) -> None:
        self.instance = instance
        self.arguments = arguments
        self.python, self.folder = sys.executable, config.ROOT
        self.url = f"http://127.0.0.1:{free_port()}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
            "PORT": str(urlsplit(self.url).port),
            "TRACKER_INSTANCE_DIR": str(instance),
            "TRACKER_BASE_URL": self.url,
            "TRACKER_MAIL_SPREAD": "0",
            **({"TRACKER_DATABASE_URL": database_url} if database_url else {}),
            **extra,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, days: int = 0) -> Site:
        """Starts it, with the clock so many days ahead, and waits until it answers."""
        with (self.instance / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, "-c", self.program(days), "serve", *self.arguments], env=self.env,
                cwd=self.folder, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            self.wait_until_it_answers()
        except AssertionError:
            self.kill()
            raise
        return self

    def program(self, days: int = 0) -> str:
        """What its processes run."""
        return program(days)

    def wait_until_it_answers(self) -> None:
        """After a start, by itself or by hand."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        raise AssertionError("the site did not start: " + (self.instance / "serve.log").read_text()[-2000:])

    def _answers(self) -> bool:
        parts = urlsplit(self.url)
        try:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
            connection.close()
        except OSError:
            return False
        return status == 200

    def tracker(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """One of the project's commands beside it."""
        return subprocess.run(
            [self.python, "-c", self.program(), *arguments], env=self.env, cwd=self.folder,
            text=True, capture_output=True, timeout=60, input=given, check=False,
        )  # fmt: skip

    def kill(self) -> None:
        """-9 to every process of it, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        return self._end(signal.SIGINT)

    def _end(self, number: int) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        return self.process.wait(20)

    def __enter__(self) -> Site:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


def program(days: int = 0) -> str:
    """`tracker`, where need be in the future: children that it forks take the moved clock along."""
    main = "from tracker.cli import main; main()"
    if not days:
        return main
    moment = f"dt.datetime.now(dt.UTC) + dt.timedelta(days={days})"
    return f"import datetime as dt; import time_machine; time_machine.travel({moment}).start(); {main}"


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
