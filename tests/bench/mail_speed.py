"""How many reminders a second one worker sends, against bare smtplib with one reused connection and ready-made bytes.

    python -m tests.bench.mail_speed [mails]

Both send to Postfix's `smtp-sink` (Debian's package postfix; SMTP_SINK names another place), turn by turn in the same
run. The worker composes, marks and records every mail on SQLite with synchronous=FULL over four connections.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from config import MailServer, Settings
from tests.bench.mail_site import fill
from tracker import clock, db
from tracker.housekeeping import SENDERS
from tracker.migrate import migrate
from tracker.models import OutboxMail
from tracker.outbox.alarm import Tally
from tracker.outbox.deliver import Postman, transport_for
from tracker.outbox.ledger import Ledger
from tracker.outbox.scribe import Scribe
from tracker.worker import composers, settle

ROUNDS = 3
LIMIT = 0.2


@contextmanager
def sink() -> Iterator[MailServer]:
    """Postfix's own sink: in C, so that it is not what is measured."""
    program = os.environ.get("SMTP_SINK") or shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
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


def bare(server: MailServer, data: bytes, mails: int) -> float:
    """Mails a second of plain smtplib."""
    with smtplib.SMTP(server.host, server.port) as smtp:
        began = time.perf_counter()
        for _ in range(mails):
            smtp.sendmail("waymark@example.org", ["ada@example.org"], data)
        return mails / (time.perf_counter() - began)


def worker(settings: Settings, sessions: db.SessionFactory, mails: int) -> float:
    """Mails a second of as many senders as a worker has."""
    making, ledger, tally, stop = composers(settings), Ledger(sessions), Tally(), threading.Event()
    settle()
    scribe = Scribe(settings, making)
    postmen = [
        Postman(
            settings, sessions, making, transport_for(settings), clock.now_utc, ledger, tally,
            stop=stop, elsewhere=scribe.write,
        )
        for _ in range(SENDERS)
    ]  # fmt: skip

    def send(postman: Postman) -> None:
        while postman.round():
            pass
        postman.close()

    threads = [threading.Thread(target=send, args=(postman,)) for postman in postmen]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    scribe.end()
    with sessions() as session:
        left = session.scalars(select(OutboxMail.id).where(OutboxMail.state != "sent")).all()
    if left:
        raise SystemExit(f"{len(left)} of {mails} mails were not sent")
    return mails / took


def main() -> int:
    """Prints the table; 1 where the limit is broken."""
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    shares = []
    with tempfile.TemporaryDirectory() as folder, sink() as server:
        for number in range(ROUNDS):
            instance = Path(folder) / str(number)
            instance.mkdir()
            settings = replace(
                Settings(
                    instance_dir=instance,
                    database_url=f"sqlite:///{instance}/tracker.db",
                    secret_key="k" * 32,
                    base_url="https://waymark.example.org",
                ),
                mail=server,
            )
            engine = db.make_engine(settings.database_url)
            migrate(engine)
            sessions = db.make_sessions(engine)
            data = fill(settings, sessions, mails)
            plain, ours = bare(server, data, mails), worker(settings, sessions, mails)
            shares.append(ours / plain)
            print(
                f"bare smtplib {plain:6.0f}/s   one worker, {SENDERS} connections {ours:6.0f}/s   {ours / plain:.2f}"
                f"   ({len(data):,} bytes a mail)"
            )
            engine.dispose()
    best = sorted(shares)[len(shares) // 2]
    print(f"median {best:.2f}, at least {LIMIT} is wanted")
    return int(best < LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
