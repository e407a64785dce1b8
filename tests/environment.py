"""Where and when the tests run: which database server, which settings, which moment."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import config

NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
"""A Monday."""


def server_url() -> str:
    """The PostgreSQL server to test on; empty means SQLite."""
    return os.environ.get("TEST_DATABASE_URL", "")


def make_settings(instance_dir: Path, database_url: str) -> config.Settings:
    """Settings whose password hashing is quick."""
    return config.Settings(
        instance_dir=instance_dir,
        database_url=database_url,
        secret_key="a key for tests only, 32 bytes or more",
        base_url="http://localhost",
        mail_spread=0,
        password_memory_kib=64,
    )
