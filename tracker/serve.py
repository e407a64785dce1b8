"""`tracker serve`: web processes and, on the embedded database, the reminder process, under one parent that ends all.

    serve (this process)
    ├── web process, one or more
    └── reminder process

The parent only watches: a child that dies is started again, and when the parent itself is killed its children get
SIGTERM from the kernel.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from config import Settings
from tracker.httpd import run_web

log = logging.getLogger(__name__)

STOP_SECONDS = 28
"""Longer than either child needs, also where a mail server takes its time over a mail that has left."""
RESTART_SECONDS = 1
Task = tuple[str, Callable[[], int]]
"""The name of a child process and what it does."""
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


class AddressTaken(Exception):
    """Something else listens at this address already."""


def serve(app: Flask, settings: Settings, *, host: str, port: int, workers: int, reminders: bool) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit code. The app's engine must not hold a connection yet."""
    listener = _listen(host, port)
    stopping = _asked_to_stop()
    _say(settings, host, port, reminders)
    tasks: list[Task] = [("web", lambda: run_web(app, listener))] * workers
    if reminders:
        tasks.append(("reminder", lambda: _run_reminders(settings, listener)))
    children = {_fork(run): (name, run) for name, run in tasks}
    _watch(children, stopping)
    listener.close()
    _end(children, stopping)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """The port is taken here, so that a taken one is told in a sentence and a browser can connect at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as fault:
        why = os.strerror(fault.errno or 0)
        raise AddressTaken(
            f"PORT: {host}:{port} cannot be used ({why}). Choose another one, as in PORT=8001 make run."
        ) from fault
    return listener


def _say(settings: Settings, host: str, port: int, reminders: bool) -> None:
    if settings.embedded:
        data = settings.database_url.removeprefix("sqlite:///")
    else:
        data = settings.database_url.rsplit("@", 1)[-1].split("?")[0]
    if settings.mail:
        mail = f"through {settings.mail.host}:{settings.mail.port}"
    else:
        mail = f"written as files into {settings.mail_dir} (TRACKER_MAIL_URL sends it)"
    lines = [
        f"{settings.site_name} runs at {settings.base_url}",
        f"  data  {data}",
        f"  mail  {mail}" + ("" if reminders else "; sent by `tracker worker`, which is not part of this process"),
        "  stop  Ctrl-C",
    ]
    if settings.env == "development":  # elsewhere it would be refused
        lines.insert(-1, "  look  `.venv/bin/tracker demo` makes an account with eight months of history")
    if not settings.base_url.endswith(f":{port}"):
        lines[0] += f" (listening on {host}:{port})"
    print("\n".join(lines), flush=True)


def _fork(run: Callable[[], int]) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # What a signal means until the child says so itself: the end, without a word.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _end_with(parent)
        code = run()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        log.exception("stopped")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_with(parent: int) -> None:
    """Asks Linux for a SIGTERM when the parent is gone; elsewhere a killed parent's children must be ended by hand."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


def _run_reminders(settings: Settings, listener: socket.socket) -> int:
    listener.close()  # where the web is gone, browsers shall be told so
    # Imported here: the web process has no need of it, and it may be run alone by `tracker worker`.
    from tracker.worker import run_worker

    run_worker(settings)
    return 0


def _asked_to_stop() -> list[int]:
    """Grows by each SIGTERM or SIGINT from now on: before the first child is there, none can be missed."""
    stopping: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping


def _watch(children: dict[int, Task], stopping: list[int]) -> None:
    """Until a signal comes, starts every child again that dies."""
    while not stopping:
        pid, _status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            time.sleep(0.1)
            continue
        name, run = children.pop(pid)
        log.error("a %s process ended; it starts again in %s second", name, RESTART_SECONDS)
        time.sleep(RESTART_SECONDS)
        if not stopping:
            children[_fork(run)] = (name, run)


def _end(children: dict[int, Task], stopping: list[int]) -> None:
    """SIGTERM to all, time to finish, then SIGKILL; a second Ctrl-C cuts that time short."""
    for pid in children:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while children and time.monotonic() < deadline and len(stopping) < 2:
        for pid in list(children):
            if os.waitpid(pid, os.WNOHANG)[0]:
                del children[pid]
        time.sleep(0.02)
    for pid in children:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
