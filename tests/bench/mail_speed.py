"""How many reminders a second one worker sends, against bare smtplib with one reused connection and ready-made bytes.

    python -m tests.bench.mail_speed [learners]

Both send the same mails, each another learner's, to Postfix's `smtp-sink` (Debian's package postfix; SMTP_SINK names
another place), turn by turn in the same run. The worker composes, marks and records every mail on SQLite with
synchronous=FULL over four connections.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from config import MailServer, Settings
from tests.bench.mail_site import Ready, fill
from tracker import clock, db
from tracker.housekeeping import SENDERS
from tracker.migrate import migrate
from tracker.models import OutboxMail
from tracker.outbox.deliver import Postman, transport_for
from tracker.outbox.ledger import Ledger
from tracker.outbox.scribe import Scribe
from tracker.worker import composers, settle

ROUNDS = 5
LEARNERS = 3600
LIMIT = 0.2


@contextmanager
def sink() -> Iterator[MailServer]:
    """Postfix's own sink: in C, so that it is not what is measured."""
    program = shutil.which(os.environ.get("SMTP_SINK") or "smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise SystemExit("There is no smtp-sink. On Debian or Ubuntu: sudo apt-get install postfix")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Run as root it wants to become somebody else.
    as_whom = ("-u", "nobody") if os.geteuid() == 0 else ()
    process = subprocess.Popen([program, *as_whom, f"127.0.0.1:{port}", "100"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield MailServer("127.0.0.1", port)
    finally:
        process.kill()
        process.wait()


def bare(server: MailServer, mails: Sequence[Ready]) -> float:
    """Mails a second of plain smtplib."""
    with smtplib.SMTP(server.host, server.port) as smtp:
        began = time.perf_counter()
        for mail in mails:
            smtp.sendmail("waymark@example.org", [mail.recipient], mail.data)
        return len(mails) / (time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Ours:
    """What a worker reached, and what each mail took of a core: unlike the first, that hardly depends on what else
    goes on.
    """

    mails_a_second: float
    writing_ms: float
    sending_ms: float


def worker(settings: Settings, sessions: db.SessionFactory, mails: int) -> Ours:
    """As many senders as a worker has."""
    making, ledger, stop = composers(settings), Ledger(sessions), threading.Event()
    settle()
    scribe = Scribe(settings, making)
    postmen = [
        Postman(
            settings, sessions, making, transport_for(settings), clock.now_utc, ledger,
            stop=stop, elsewhere=scribe.write,
        )
        for _ in range(SENDERS)
    ]  # fmt: skip

    def send(postman: Postman) -> None:
        while postman.round():
            pass
        postman.close()

    threads = [threading.Thread(target=send, args=(postman,)) for postman in postmen]
    began, sending, writing = time.perf_counter(), time.process_time(), _of_children()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, sending = time.perf_counter() - began, time.process_time() - sending
    scribe.end()
    for child in multiprocessing.active_children():
        child.join()
    writing = _of_children() - writing
    with sessions() as session:
        left = session.scalars(select(OutboxMail.id).where(OutboxMail.state != "sent")).all()
    if left:
        raise SystemExit(f"{len(left)} of {mails} mails were not sent")
    return Ours(mails / took, 1000 * writing / mails, 1000 * sending / mails)


def _of_children() -> float:
    """Seconds of a core that processes took which have ended."""
    used = os.times()
    return used.children_user + used.children_system


def main() -> int:
    """Prints the table; 1 where the limit is broken."""
    learners = int(sys.argv[1]) if len(sys.argv) > 1 else LEARNERS
    shares = []
    with tempfile.TemporaryDirectory() as folder, sink() as server:
        first = _settings(Path(folder) / "first", server)
        with _sessions(first) as sessions:
            print(f"{learners} learners are made …", flush=True)
            mails = fill(first, sessions, learners)
        for number in range(ROUNDS):
            settings = _settings(Path(folder) / str(number), server)
            shutil.copytree(first.instance_dir, settings.instance_dir, dirs_exist_ok=True)
            plain = bare(server, mails)
            with _sessions(settings) as sessions:
                ours = worker(settings, sessions, len(mails))
            shares.append(ours.mails_a_second / plain)
            print(
                f"bare smtplib {plain:6.0f}/s   one worker, {SENDERS} connections {ours.mails_a_second:6.0f}/s"
                f"   {shares[-1]:.2f}   a mail: {ours.writing_ms:.2f} ms to write, {ours.sending_ms:.2f} ms to send",
                flush=True,
            )
    middle = statistics.median(shares)
    size = statistics.mean(len(mail.data) for mail in mails)
    print(f"{len(mails)} mails of {size:,.0f} bytes; median {middle:.2f}, at least {LIMIT} is wanted")
    return int(middle < LIMIT)


def _settings(instance: Path, server: MailServer) -> Settings:
    instance.mkdir()
    settings = Settings(
        instance_dir=instance,
        database_url=f"sqlite:///{instance}/tracker.db",
        secret_key="k" * 32,
        base_url="https://waymark.example.org",
    )
    return replace(settings, mail=server)


@contextmanager
def _sessions(settings: Settings) -> Iterator[db.SessionFactory]:
    engine = db.make_engine(settings.database_url)
    migrate(engine)
    yield db.make_sessions(engine)
    engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
