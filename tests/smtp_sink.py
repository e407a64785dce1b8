"""A scripted mail server on loopback that keeps what it accepts."""

from __future__ import annotations

import base64
import email
import email.message
import email.policy
import re
import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from config import MailServer

DROP, KEEP_THEN_DROP = "drop", "keep then drop"


@dataclass(frozen=True)
class Locks:
    """What a connection must pass: TLS from the first byte (tls) or after STARTTLS, and a log-in."""

    context: ssl.SSLContext | None = None
    tls: Literal["starttls", "tls"] = "starttls"
    user: str = ""
    password: str = ""

    @property
    def secret(self) -> bytes:
        """As AUTH PLAIN says it."""
        return base64.b64encode(f"\0{self.user}\0{self.password}".encode())


Policy = Callable[[str, str, int], str | None]
"""``(stage, recipient, count)``: another reply line than the usual one, DROP to cut the connection, or None.

Stages are greeting, mail, rcpt, data (before the message) and dot (after it; KEEP_THEN_DROP accepts it without an
answer). ``count`` is how often the stage was reached so far. A policy may block: the client then waits for the answer.
"""


def _usual(_stage: str, _recipient: str, _count: int) -> str | None:
    return None


def replies(wanted: str, *lines: str | None) -> Policy:
    """One line for each time that a stage is reached, and the usual one from then on."""

    def policy(stage: str, _recipient: str, count: int) -> str | None:
        return lines[count - 1] if stage == wanted and count <= len(lines) else None

    return policy


class SmtpSink:
    """Use it as a context; ``messages`` are what was accepted, in order."""

    pipelining = True
    """It says that it takes several commands at once."""
    eager = False
    """It wants the bytes also of a mail whose recipient it has refused."""

    def __init__(self, policy: Policy = _usual, *, locks: Locks | None = None, port: int = 0) -> None:
        self.policy = policy
        self.locks = locks or Locks()
        self.hangs_up = False
        """After each mail that was taken and answered."""
        self.secured = 0
        self.logins: list[bool] = []
        self.messages: list[email.message.EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.stages: Counter[str] = Counter()
        self.connections = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Session)
        self._server.sink = self
        self.port = int(self._server.server_address[1])

    @property
    def server(self) -> MailServer:
        """As the settings name it."""
        return MailServer("127.0.0.1", self.port)

    @property
    def url(self) -> str:
        """As the environment names it."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[email.message.EmailMessage]:
        """What was accepted for an address."""
        return [message for message, one in zip(self.messages, self.recipients, strict=True) if one == address]

    def wait_until(self, reached: Callable[[], bool], seconds: float = 20) -> None:
        """Until something is true; fails after a while."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < deadline, f"waited for {seconds} s; {len(self.messages)} mails, {self.stages}"
            time.sleep(0.02)

    def reached(self, stage: str, recipient: str = "") -> str | None:
        """Counts and asks the script."""
        with self._lock:
            self.stages[stage] += 1
            count = self.stages[stage]
        return self.policy(stage, recipient, count)

    def keep(self, recipient: str, data: bytes) -> None:
        """Accepts a message."""
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        with self._lock:
            self.raw.append(data)
            self.messages.append(message)
            self.recipients.append(recipient)

    def __enter__(self) -> SmtpSink:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    sink: SmtpSink

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is part of the test."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    @property
    def sink(self) -> SmtpSink:
        return self.server.sink

    def handle(self) -> None:
        self.sink.connections += 1
        self.recipient = ""
        self.refused = False
        self.open = not self.sink.locks.user
        self.secure = False
        if self.sink.locks.context and self.sink.locks.tls == "tls" and not self.wrap():
            return
        if not self.answer("greeting", "220 sink ready"):
            return
        while line := self.rfile.readline():
            if not self.command(line):
                return

    def wrap(self) -> bool:
        """Goes on in TLS; False where the client does not like our certificate."""
        context = self.sink.locks.context
        assert context
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.secure = True
        self.sink.secured += 1
        return True

    def finish(self) -> None:
        super().finish()
        if self.secure:
            self.request.close()

    def greet(self) -> None:
        locks = self.sink.locks
        offers = ["sink", "8BITMIME", *["PIPELINING"] * self.sink.pipelining]
        if locks.context and not self.secure:
            offers.append("STARTTLS")
        elif locks.user:
            offers.append("AUTH PLAIN")
        lines = [*offers, "SMTPUTF8"]
        self.say("\r\n".join(f"250{'-' if line != lines[-1] else ' '}{line}" for line in lines))

    def log_in(self, line: bytes) -> None:
        right = line.split()[2:] == [self.sink.locks.secret]
        self.open = self.open or right
        self.sink.logins.append(right)
        self.say("235 2.7.0 welcome" if right else "535 5.7.8 wrong user or password")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def answer(self, stage: str, usual: str) -> bool:
        """False when the connection is to be cut."""
        reply = self.sink.reached(stage, self.recipient)
        if reply == DROP:
            return False
        self.refused = reply is not None and not reply.startswith(usual[0])
        self.say(reply or usual)
        return True

    def command(self, line: bytes) -> bool:
        match line[:4].upper().strip():
            case b"EHLO":
                self.greet()
            case b"STAR":
                self.say("220 go on")
                return self.wrap()
            case b"AUTH":
                self.log_in(line)
            case b"MAIL" | b"RCPT" | b"DATA" as step:
                return self.envelope(step, line)
            case b"RSET":
                self.refused = False
                self.sink.stages["rset"] += 1
                self.say("250 ok")
            case b"QUIT":
                self.sink.stages["quit"] += 1
                self.say("221 bye")
                return False
            case _:
                self.say("250 ok")
        return True

    def envelope(self, step: bytes, line: bytes) -> bool:
        if step == b"MAIL" and not self.open:
            self.say("530 5.7.0 authentication required")
        elif step != b"MAIL" and self.refused and not self.sink.eager:
            self.say("503 5.5.1 nothing to go on with")
        elif step == b"MAIL":
            return self.answer("mail", "250 ok")
        elif step == b"RCPT":
            self.recipient = re.sub(r".*<(.*)>.*", r"\1", line.decode().strip())
            return self.answer("rcpt", "250 ok")
        else:
            return self.answer("data", "354 go on") and (self.refused or self.message())
        return True

    def message(self) -> bool:
        data = bytearray()
        while (part := self.rfile.readline()) != b".\r\n":
            if not part:
                return False  # cut off in the middle: nothing was accepted
            data += part[1:] if part.startswith(b"..") else part
        reply = self.sink.reached("dot", self.recipient)
        if reply in (None, KEEP_THEN_DROP) or str(reply).startswith("2"):
            self.sink.keep(self.recipient, bytes(data))
        if reply in (DROP, KEEP_THEN_DROP):
            return False
        self.say(reply or "250 queued")
        return not self.sink.hangs_up
