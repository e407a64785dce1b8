"""Databases for the benches: SQLite in a folder of its own, or one of the server that TEST_DATABASE_URL names."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    case,
    create_engine,
    insert,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy import cast as cast_sql

from tests.environment import server_url
from tracker import db
from tracker.migrate import migrate
from tracker.models import ReminderPreference, User

NOW = dt.datetime(2027, 6, 7, 9, 0, tzinfo=dt.UTC)
"""A Monday in a month in which hardly any clock is changed."""
HOUR = dt.timedelta(hours=1)
WEEK_HOURS = 168
ZONES = sorted(
    name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
)


@contextmanager
def database() -> Iterator[Engine]:
    """A migrated, empty database, which is gone afterwards."""
    server = server_url()
    if server:
        with _on_server(server) as engine:
            yield engine
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = db.make_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(engine)
        yield engine
        engine.dispose()


@contextmanager
def _on_server(server: str) -> Iterator[Engine]:
    name = f"waymark_bench_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = db.make_engine(make_url(server).set(database=name).render_as_string(False))
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def described(engine: Engine) -> str:
    """The database by name, and whether its commits reach the disk."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return "SQLite, synchronous=FULL"
        fsync = connection.execute(text("SHOW fsync")).scalar()
        version = connection.execute(text("SHOW server_version")).scalar()
    return f"PostgreSQL {version}, fsync {fsync}" + ("" if fsync == "on" else " (FSYNC=on tests/postgres.sh … sets it)")


def fill(engine: Engine, learners: int, *, due: int, at: dt.datetime = NOW) -> None:
    """So many learners in all zones, of whom the first ``due`` are due at this moment, the others in the week after.

    Whoever is due gets the mail at the day and hour that it is where they live.
    """
    metadata = MetaData()
    zone = Table("bench_zone", metadata, Column("number", Integer, primary_key=True), Column("name", String(64)),
                 Column("weekday", Integer), Column("hour", Integer), Column("slot", db.UTC))  # fmt: skip
    later = Table("bench_later", metadata, Column("number", Integer, primary_key=True), Column("slot", db.UTC))
    users, wishes = cast(Table, User.__table__), cast(Table, ReminderPreference.__table__)
    series = select(literal(1).label("number")).cte("series", recursive=True)
    series = series.union_all(select(series.c.number + 1).where(series.c.number < learners))
    address = literal("learner-") + cast_sql(series.c.number, String) + "@example.org"
    of_zone = zone.c.number == series.c.number % len(ZONES)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(zone), [_slot_in(name, number, at) for number, name in enumerate(ZONES)])
        connection.execute(insert(later), [{"number": n, "slot": at + (n + 1) * HOUR} for n in range(WEEK_HOURS)])
        connection.execute(insert(users).from_select(
            ["id", "email", "password_hash", "timezone", "created_at", "email_confirmed_at"],
            select(series.c.number, address, literal("-"), zone.c.name, literal(at, db.UTC), literal(at, db.UTC))
            .join_from(series, zone, of_zone),
        ))  # fmt: skip
        slot = case((series.c.number <= due, zone.c.slot), else_=later.c.slot)
        connection.execute(insert(wishes).from_select(
            ["user_id", "weekday", "hour", "next_due_at"],
            select(series.c.number, zone.c.weekday, zone.c.hour, slot)
            .join_from(series, zone, of_zone)
            .join(later, later.c.number == series.c.number % WEEK_HOURS),
        ))  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _slot_in(name: str, number: int, at: dt.datetime) -> dict[str, object]:
    """The full hour that it is somewhere: where clocks are half an hour off, the slot was half an hour ago."""
    local = at.astimezone(zoneinfo.ZoneInfo(name)).replace(minute=0)
    slot = local.astimezone(dt.UTC)
    return {"number": number, "name": name, "weekday": local.weekday(), "hour": local.hour, "slot": slot}
