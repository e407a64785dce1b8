"""The table of the fault trials: what each row expects, and what was seen in this run.

A test is a row (or a part of one) by ``@pytest.mark.fault(number, fault, expected)``; it tells what it saw through the
fixture ``seen``. Tests may lie anywhere; the table is printed wherever some of them ran.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.environment import server_url

WIDTHS = (3, 38, 40, 56, 3)
LONG = os.environ.get("FAULTS", "") == "long"
"""100 kills of the site and 60 of the sender, and 3,000 learners, instead of a few."""


def form(short: int, long: int) -> int:
    """A number for the form of the trials that is running."""
    return long if LONG else short


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says what was seen; several times where a row has several parts."""
    return lambda text: request.node.user_properties.append(("seen", text))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each report carries its row, also from one of several processes."""
    for marker in item.iter_markers("fault"):
        item.user_properties.append(("fault", list(marker.args)))


@dataclass
class Row:
    """One fault."""

    number: int
    fault: str
    expected: str
    seen: list[str] = field(default_factory=list)
    good: int = 0
    bad: int = 0

    def cells(self) -> Sequence[str]:
        said = list(dict.fromkeys(self.seen))
        cases = self.good + self.bad
        if not said and cases:
            said = [f"as expected in {self.good} of {cases} cases"]
        return str(self.number), self.fault, self.expected, "; ".join(said), "NO" if self.bad else "yes"


def rows_of(reports: Sequence[Any]) -> list[Row]:
    """The reports of one run by row."""
    rows: dict[tuple[int, str], Row] = {}
    for report in reports:
        said = dict(getattr(report, "user_properties", ()))  # a file that cannot be imported has none
        if "fault" not in said or (report.when != "call" and not report.failed):
            continue
        number, fault, expected = said["fault"]
        row = rows.setdefault((number, fault), Row(number, fault, expected))
        row.seen += [text for name, text in report.user_properties if name == "seen"]
        row.good += report.passed
        row.bad += report.failed
    return sorted(rows.values(), key=lambda row: (row.number, row.fault))


def lines_of(cells: Sequence[str]) -> list[str]:
    """One row of the table, its cells wrapped."""
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS, strict=True)]
    height = max(map(len, wrapped))
    columns = [[*lines, *[""] * (height - len(lines))] for lines in wrapped]
    return [
        "  ".join(part.ljust(width) for part, width in zip(parts, WIDTHS, strict=True)).rstrip()
        for parts in zip(*columns, strict=True)
    ]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table."""
    reports = [report for kind in ("passed", "failed", "error") for report in terminalreporter.stats.get(kind, [])]
    rows = rows_of(reports)
    if not rows:
        return
    database = "PostgreSQL" if server_url() else "SQLite"
    terminalreporter.section(f"faults on {database}, {'long' if LONG else 'short'} form")
    for row in [lines_of(("row", "fault", "expected", "seen", "ok")), *(lines_of(row.cells()) for row in rows)]:
        for line in row:
            terminalreporter.write_line(line)
    missing = sorted(set(range(1, 35)) - {row.number for row in rows})
    if missing and len(rows) > 20:
        terminalreporter.write_line(f"not in this run: rows {', '.join(map(str, missing))}")
