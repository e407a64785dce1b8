"""Where the tests run: which database server, whether skipping is allowed."""

from __future__ import annotations

import os


def server_url() -> str:
    """The PostgreSQL server to test on; empty means SQLite."""
    return os.environ.get("TEST_DATABASE_URL", "")


def in_ci() -> bool:
    """In CI nothing may be skipped."""
    return os.environ.get("CI", "") not in ("", "false", "0")
