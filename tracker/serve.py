"""`tracker serve`: gunicorn and, on the embedded database, the reminder process, under one parent that ends both.

    serve (this process)
    ├── gunicorn's master ── its workers
    └── reminder process

The parent only watches: a reminder process that dies is started again, gunicorn's end ends everything, and when the
parent itself is killed its children get SIGTERM from the kernel.
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

import gunicorn.app.base
from flask import Flask

from config import Settings

log = logging.getLogger(__name__)

THREADS = 8
WEB_SECONDS = 10
"""For answers under way."""
STOP_SECONDS = 28
"""Longer than either child needs, also where a mail server takes its time over a mail that has left."""
RESTART_SECONDS = 5
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


class AddressTaken(Exception):
    """Something else listens at this address already."""


def serve(app: Flask, settings: Settings, *, host: str, port: int, workers: int, reminders: bool) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit code. The app's engine must not hold a connection yet."""
    listener = _listen(host, port)
    stopping = _asked_to_stop()
    _say(settings, host, port, reminders)
    children = {_fork(lambda: _run_web(app, listener, workers)): "web"}
    listener.close()
    if reminders:
        children[_fork(lambda: _run_reminders(settings))] = "reminders"
    return _watch(children, settings, stopping)


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
    listener.set_inheritable(True)
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
        "  look  `.venv/bin/tracker demo` makes an account with eight months of history",
        "  stop  Ctrl-C",
    ]
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


def _run_web(app: Flask, listener: socket.socket, workers: int) -> int:
    Web(app, listener.fileno(), workers).run()
    return 0


def _run_reminders(settings: Settings) -> int:
    # Imported here: the web process has no need of it, and it may be run alone by `tracker worker`.
    from tracker.worker import run_worker

    run_worker(settings)
    return 0


def _leave_interrupts_to_the_parent(_server: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Web(gunicorn.app.base.BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings and an app that is made already, shared by its workers."""

    def __init__(self, app: Flask, listener: int, workers: int) -> None:
        self._app = app
        self._options = {
            "bind": f"fd://{listener}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "graceful_timeout": WEB_SECONDS,
            "keepalive": 5,
            "loglevel": "warning",
            # Its control socket lies in the home folder, where a second instance would silently take it over.
            "control_socket_disable": True,
            # Ctrl-C reaches every process of the terminal at once. Only the parent may act on it: a worker that quits
            # by itself joins its idle threads, and gunicorn waits its whole grace for it.
            "when_ready": _leave_interrupts_to_the_parent,
            "post_worker_init": _leave_interrupts_to_the_parent,
        }
        super().__init__()

    def load_config(self) -> None:
        """gunicorn asks for its settings here."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """And for the app here."""
        return self._app


def _asked_to_stop() -> list[int]:
    """Grows by each SIGTERM or SIGINT from now on: before the first child is there, none can be missed."""
    stopping: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopping


def _watch(children: dict[int, str], settings: Settings, stopping: list[int]) -> int:
    """Waits for the end of gunicorn or a signal, then ends all; starts the reminder process again if it dies."""
    while not stopping:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            time.sleep(0.1)
            continue
        if children.pop(pid, None) != "reminders":
            _end(children, stopping)
            return os.waitstatus_to_exitcode(status) or 1
        log.error("the reminder process ended; it starts again in %s seconds", RESTART_SECONDS)
        time.sleep(RESTART_SECONDS)
        if not stopping:
            children[_fork(lambda: _run_reminders(settings))] = "reminders"
    _end(children, stopping)
    return 0


def _end(children: dict[int, str], stopping: list[int]) -> None:
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
