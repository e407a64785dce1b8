"""Row 34: whoever sends or reads slowly waits alone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.faults.table import form
from tests.faults.trial import Trial, wait_until
from tests.faults.visitor import FaultySite, Visitor

pytestmark = pytest.mark.process
Say = Callable[[str], None]
SLOW, ASKED = form(50, 200), 20
HOST = b"Host: 127.0.0.1\r\n"
HEAD = b"GET / HTTP/1.1\r\n" + HOST
BEGINNINGS = {
    "silent": b"",
    "dribbling a head": HEAD + b"X-Slow: ",
    "dribbling a form": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000\r\n\r\nemail=",
    "reading nothing": (b"GET /paths/ml-engineer HTTP/1.1\r\n" + HOST + b"\r\n") * 3,
}
"""What they send at once; those that dribble go on with a byte at a time."""


@contextmanager
def slow(url: str, kind: str) -> Iterator[list[socket.socket]]:
    """So many connections of a kind, until the context ends."""
    opened, over = [connection(url) for _ in range(SLOW)], threading.Event()

    def dribble() -> None:
        while not over.wait(0.2):
            for one in opened:
                try:
                    one.send(b"x" if kind.startswith("dribbling") else b"")
                except OSError:
                    pass

    for one in opened:
        one.sendall(BEGINNINGS[kind])
    thread = threading.Thread(target=dribble)
    thread.start()
    yield opened
    over.set()
    thread.join()
    for one in opened:
        one.close()


def connection(url: str) -> socket.socket:
    made, parts = socket.socket(), urlsplit(url)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # what is not read stays with the server
    made.connect((parts.hostname or "", parts.port or 0))
    return made


def is_cut(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        while one.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


@pytest.mark.fault(34, "slow clients: many at once send or read almost nothing", "others are served; the slow are cut")
def test_slow_clients_keep_nobody_waiting(trial: Trial, seen: Say) -> None:
    trial.learners(1)
    soon = {f"tracker.httpd.{name}_SECONDS": 2 for name in ("IDLE", "REQUEST", "CLEAN")}
    with FaultySite(trial.instance, trial.url, patch=soon) as site:
        for kind in BEGINNINGS:
            with slow(site.url, kind) as connections, Visitor(site.url) as visitor:
                time.sleep(0.5)  # they have got hold of whatever they can get hold of
                visitor.log_in("learner-0@example.org")
                answers = [visitor.get("/dashboard") for _ in range(ASKED)]
                assert {answer.status for answer in answers} == {200}
                wait_until(lambda connections=connections: all(map(is_cut, connections)), f"{kind}: cut")  # type: ignore[misc]
            slowest = max(answer.seconds for answer in answers)
            seen(f"{SLOW} {kind}: the slowest of {ASKED} answers took {slowest:.2f} s, all {SLOW} cut")
