"""A PostgreSQL server of a trial's own that may be crashed: unlike the one of tests/postgres.sh it writes for good."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import config


class Server:
    """Runs while the context is open."""

    def __init__(self) -> None:
        where = subprocess.run(
            [config.ROOT / "tests" / "postgres.sh", "--where"], capture_output=True, text=True, check=True
        )
        self._bin = Path(where.stdout.strip())
        self._folder = Path(tempfile.mkdtemp())
        self._as: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self._folder, "postgres")
            self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"postgresql+psycopg://tracker@127.0.0.1:{self._port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._bin / program), "-D", str(self._folder / "data"), *arguments],
            cwd=self._folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _start(self, action: str, *how: str) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c max_connections=50"
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, *how, action)

    def restart(self) -> None:
        """As after a power cut: no session is asked, the log is replayed."""
        self._start("restart", "-m", "immediate")

    def __enter__(self) -> Server:
        self._run("initdb", "-U", "tracker", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._start("start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self._folder)
