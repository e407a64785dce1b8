"""`tracker` as a process whose clock, patience and commits the trial has in its hands. The environment says how:

FAULTS_PATCH     JSON: {"tracker.housekeeping.SCAN_SECONDS": 1, "tracker.outbox.claim.LEASE": {"seconds": 2}, …};
                 {"slow": 0.5} makes a function take so many seconds longer
FAULTS_PATIENCE  seconds to wait for an answer and after the dot, as in 2,20
FAULTS_CLOCK     a file with the seconds by which the clock is ahead; read all the time
FAULTS_KILL      before:3 or after:3: kill -9 of ourselves right before or after our third commit of a write
FAULTS_FULL      while this file exists, an SQLite database cannot grow
FAULTS_GATE      wait until this file exists
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session


def main() -> None:
    """Prepares everything, then does what the arguments say: scan, or any command of `tracker`."""
    _follow_clock(os.environ.get("FAULTS_CLOCK", ""))
    _patch(json.loads(os.environ.get("FAULTS_PATCH", "{}")))
    _have_patience(os.environ.get("FAULTS_PATIENCE", ""))
    _kill(os.environ.get("FAULTS_KILL", ""))
    _fill_the_disk(os.environ.get("FAULTS_FULL", ""))
    if sys.argv[1:] == ["scan"]:
        _scan()
        return
    _wait_at(os.environ.get("FAULTS_GATE", ""))
    from tracker.cli import main as tracker

    tracker()


def _follow_clock(name: str) -> None:
    if not name:
        return
    file, offset = Path(name), 0.0
    clock = time_machine.travel(dt.datetime.now(dt.UTC), tick=True).start()

    def follow() -> None:
        nonlocal offset
        while True:
            wanted = float(file.read_text() or offset)
            if wanted != offset:
                clock.shift(dt.timedelta(seconds=wanted - offset))
                offset = wanted
            time.sleep(0.02)

    first = float(file.read_text())
    clock.shift(dt.timedelta(seconds=first))
    offset = first
    threading.Thread(target=follow, daemon=True).start()


def _patch(values: dict[str, Any]) -> None:
    for dotted, value in values.items():
        module, name = dotted.rsplit(".", 1)
        owner = importlib.import_module(module)
        match value:
            case {"slow": seconds}:
                setattr(owner, name, _slower(getattr(owner, name), seconds))
            case {"seconds": seconds}:
                setattr(owner, name, dt.timedelta(seconds=seconds))
            case _:
                setattr(owner, name, value)


def _slower(function: Any, seconds: float) -> Any:
    @functools.wraps(function)
    def slow(*arguments: Any, **values: Any) -> Any:
        print("begins", flush=True)
        time.sleep(seconds)
        try:
            return function(*arguments, **values)
        finally:
            print("ends", flush=True)

    return slow


def _have_patience(text: str) -> None:
    if text:
        from tracker.outbox import smtp

        answer, dot = map(float, text.split(","))
        smtp.Patience = functools.partial(smtp.Patience, answer, dot)  # type: ignore[misc,assignment]


def _kill(text: str) -> None:
    if not text:
        return
    when, number = text.split(":")
    left = int(number)

    def count(session: Session) -> None:
        nonlocal left
        left -= bool(session.info.get("writes"))
        if left <= 0 and session.info.get("writes"):
            os.kill(os.getpid(), signal.SIGKILL)

    def look(session: Session, _transaction: Any, connection: Connection) -> None:
        session.info["writes"] = connection.get_execution_options().get("writes", False)

    event.listen(Session, "after_begin", look)
    event.listen(Session, f"{when}_commit", count)


def _fill_the_disk(name: str) -> None:
    if not name:
        return

    def limit(connection: Connection) -> None:
        most = 1 if Path(name).exists() else 4_294_967_294
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    event.listen(Engine, "begin", limit)


def _wait_at(name: str) -> None:
    while name and not Path(name).exists():
        time.sleep(0.005)


def _scan() -> None:
    """What is due goes into the outbox: prints how much was found, after all who scan at once are ready."""
    import config
    from tracker import clock, db
    from tracker.reminders import services

    settings = config.load()
    engine = db.make_engine(settings.database_url)
    with db.make_sessions(engine)() as session:
        session.connection()
        print("ready", flush=True)
        _wait_at(os.environ["FAULTS_GATE"])
        found = services.enqueue_due(session, now=clock.now_utc(), spread_minutes=0)
    engine.dispose()
    print(f"queued {found.queued}", flush=True)
