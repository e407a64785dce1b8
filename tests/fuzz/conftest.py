"""The filled site of the access matrix, whose learner the fuzzer plays."""

from __future__ import annotations

from tests.access.conftest import connection, world

__all__ = ["connection", "world"]
