"""Which process holds something, and whether it still lives: told by the machine, without looking at a clock.

A process that was killed cannot come back to what it had claimed, so nobody needs to wait for its leases to run out.
Beyond this machine (or where it cannot tell) only the lease counts.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

PROC = Path("/proc")


def process_name() -> str:
    """This process, never the same as another: machine, number and start, such as ``3fa0c1.1f2e.8a91c0``."""
    started = _started(os.getpid())
    if not _machine() or started is None:
        return _unknown_machine(os.getpid())
    return f"{_machine()}.{os.getpid():x}.{started:x}"


def new_token() -> str:
    """A lease's token: unique, and naming the process that holds it."""
    return f"{process_name()}.{secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """Whether the process of this name (or token) has certainly ended."""
    match name.split("."):
        case [machine, number, started, *_] if machine and machine == _machine():
            return _started(int(number, 16)) != int(started, 16)
    return False


@cache
def _unknown_machine(pid: int) -> str:
    return f"-.{pid:x}.{secrets.token_hex(4)}"


@cache
def _machine() -> str:
    """This boot of this machine and this container: process numbers mean something only within them."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()
        space = (PROC / "self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{space}".encode()).hexdigest()[:6]


def _started(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None when there is none, or only its body."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
