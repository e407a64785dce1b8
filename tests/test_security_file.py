"""SECURITY.md names tests; each of them exists, and every requirement has its row."""

from __future__ import annotations

import re

import config

TEXT = (config.ROOT / "SECURITY.md").read_text()
ROWS = {"A": 12, "S": 5, "C": 4, "Z": 5, "I": 10, "F": 2, "H": 5, "R": 3, "T": 5, "K": 3, "P": 3, "D": 3}


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 60
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (config.ROOT / "tests" / file.removeprefix("tests/")).read_text()
    ]
    assert missing == []


def test_every_requirement_has_its_row() -> None:
    wanted = [f"{letter}{number}" for letter, count in ROWS.items() for number in range(1, count + 1)]
    rows = re.findall(r"^\| ([A-Z]\d[^|]*) \|", TEXT, re.MULTILINE)
    told = {name for row in rows for name in row.split(", ")}
    assert [name for name in wanted if name not in told] == []
