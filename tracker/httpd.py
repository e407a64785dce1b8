"""The web process: waitress, which reads whole requests and sends whole answers by itself, without a thread for each.

So a client that dribbles its bytes, or reads its answer slowly, costs a connection and keeps nobody else waiting.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

THREADS = 8
CONNECTIONS = 800
"""Open at once; further ones wait in the kernel's queue. Below the 1,024 files that a process may have by default."""
IDLE_SECONDS = 30
REQUEST_SECONDS = 120
"""For one whole request to arrive: a megabyte from a poor telephone connection."""
CLEAN_SECONDS = 10
"""How often those two are looked after."""
STOP_SECONDS = 10
"""For answers under way."""
LARGEST_BODY = 8_000_000
"""Above what any page takes, so that a page of ours says that it was too much; still larger ones get a bare line."""


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Refuses a request whose length is told twice: a proxy might believe the other one."""

    def parse_header(self, header_plus: bytes) -> None:
        """Raises ParsingError, which waitress answers with 400."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, which knows since when a request has been arriving."""

    parser_class = Parser
    arriving_since = 0.0

    def received(self, data: bytes) -> bool:
        """Bytes have come in; they belong to the request that began first."""
        taken = super().received(data)
        if self.request is None:
            self.arriving_since = 0.0
        elif not self.arriving_since:
            self.arriving_since = time.monotonic()
        return bool(taken)


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections, until it is asked to stop."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        """Beside connections without a sign of life, closes those whose request takes too long to arrive."""
        super().maintenance(now)
        oldest = time.monotonic() - REQUEST_SECONDS
        for channel in self.active_channels.values():
            if channel.arriving_since and channel.arriving_since < oldest:
                channel.will_close = True

    def turn(self, seconds: float) -> None:
        """Waits so long at most for something to read or write, and does it."""
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def accept_no_more(self) -> None:
        """What is connected goes on."""
        self.del_channel()
        self.socket.close()

    def has_work(self) -> bool:
        """An answer is being worked out or sent; a connection that is merely open does not count."""
        return any(channel.requests or channel.total_outbufs_len for channel in list(self.active_channels.values()))


def run_web(app: Flask, listener: socket.socket) -> int:
    """Serves until SIGTERM, then finishes what is under way. Ctrl-C, which all processes hear, is the parent's."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a few waiting requests are nothing to write about
    server, stopping = _server(app, listener), False

    def stop(_number: int, _frame: Any) -> None:
        nonlocal stopping
        stopping = True
        server.pull_trigger()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    while not stopping:
        server.turn(1)
    server.accept_no_more()
    deadline = time.monotonic() + STOP_SECONDS
    server.turn(0)  # requests that have arrived already
    while server.has_work() and time.monotonic() < deadline:
        server.turn(0.1)
    return 0


def _server(app: Flask, listener: socket.socket) -> Server:
    threads = ThreadedTaskDispatcher()
    threads.set_thread_count(THREADS)
    options = Adjustments(
        sockets=[listener],
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=CLEAN_SECONDS,
        max_request_body_size=LARGEST_BODY,
        asyncore_use_poll=True,
        log_socket_errors=False,  # people close their browsers
        clear_untrusted_proxy_headers=False,  # guard.py and health.py decide whom to believe
        ident=None,
    )
    about = (listener.family, listener.type, listener.proto, listener.getsockname())
    return Server(app, {}, True, listener, dispatcher=threads, adj=options, bind_socket=False, sockinfo=about)
