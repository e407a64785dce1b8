"""An uploaded export, read with suspicion: JSON or CSV in, typed rows out, or a sentence that says what is wrong where.

Limits: 5 MB, 20,000 records, 64 KiB a field, 32 levels of nesting.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from sqlalchemy import Table

from tracker import words
from tracker.data.export import FORMAT, VERSION, uncell
from tracker.data.tables import ACCOUNT, ONLY_HERE, TAKEN_ALONG, carried, owned
from tracker.data.values import Value, value_of
from tracker.errors import InvalidInput
from tracker.language import gettext
from tracker.models import User

MAX_BYTES = 5_000_000
MAX_RECORDS = 20_000
MAX_DEPTH = 32
MAX_FIELD = 64 * 1024

Row = Mapping[str, Value]
_ACCOUNT = cast(Table, User.__table__)


@dataclass(frozen=True)
class Upload:
    """What a file holds: what it sets of the account, and rows by table."""

    account: Row
    records: Mapping[str, Sequence[Row]]

    @property
    def count(self) -> int:
        """Records in all."""
        return sum(len(rows) for rows in self.records.values())


def refuse(sentence: str) -> NoReturn:
    """Raises InvalidInput for the file."""
    raise InvalidInput(sentence, "file")


def read(content: bytes) -> Upload:
    """Raises InvalidInput that says what is wrong, and where."""
    if len(content) > MAX_BYTES:
        refuse(gettext("The file is larger than 5 MB, which no export is."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        refuse(
            gettext(
                "The file is not UTF-8 text (byte %(byte)s). Save it as UTF-8, or take the export as it came.",
                byte=fault.start + 1,
            )
        )
    if not text.strip():
        refuse(gettext("The file is empty."))
    if "\0" in text:
        refuse(
            gettext(
                "The file holds a NUL character in line %(line)s.", line=text[: text.index(chr(0))].count(chr(10)) + 1
            )
        )
    return _read_json(text) if text.lstrip()[0] in "{[" else _read_csv(text)


def _read_json(text: str) -> Upload:
    _check_depth(text)
    try:
        found = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        refuse(
            gettext(
                "The file is not whole JSON: line %(line)s, column %(column)s: %(fault)s.",
                line=fault.lineno,
                column=fault.colno,
                fault=fault.msg,
            )
        )
    except ValueError as fault:  # a number of thousands of digits
        refuse(gettext("The file holds a number that is too long: %(fault)s.", fault=fault))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        refuse(gettext("This is not an export of this site: it should begin with “format”: “waymark”."))
    if found.get("version") != VERSION:
        refuse(
            gettext(
                "The export is of version %(theirs)s; this server reads version %(ours)s.",
                theirs=str(found.get("version"))[:20],
                ours=VERSION,
            )
        )
    records = _mapping(found.get("records"), "records")
    account = _mapping(found.get("account", {}), "account")
    rows = ((name, f"{name}[{number}]", row) for name, each in records.items() for number, row in _listed(name, each))
    return _typed(account, rows)


def _listed(name: str, rows: Any) -> Iterable[tuple[int, Any]]:
    if not isinstance(rows, list):
        refuse(gettext("“records.%(name)s” should be a list.", name=name[:64]))
    return enumerate(rows)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse(gettext("“%(where)s” should be an object with names and values.", where=where))
    return value


def _check_depth(text: str) -> None:
    """Counts brackets outside of strings: the parser itself would give up with a RecursionError."""
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if quoted:
            quoted = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            quoted = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                refuse(
                    gettext(
                        "The file is nested more than %(max_depth)s levels deep, which no export is.",
                        max_depth=MAX_DEPTH,
                    )
                )
        elif letter in "]}":
            depth -= 1


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        refuse(gettext("The name “%(twice)s” stands twice in one object.", twice=twice[:64]))
    return made


def _no_constant(name: str) -> NoReturn:
    refuse(gettext("%(name)s is not a number.", name=name))


def _read_csv(text: str) -> Upload:
    csv.field_size_limit(MAX_FIELD)
    first = text.splitlines()[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
        _check_header(header)
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as fault:
        refuse(gettext("Line %(line)s: %(fault)s.", line=reader.line_num, fault=fault))
    account: dict[str, Any] = {}
    listed: list[tuple[str, str, Any]] = []
    for line, cells in rows:
        if len(cells) != len(header):
            refuse(
                gettext(
                    "Line %(line)s has %(cells)s cells, the first line has %(header)s.",
                    line=line,
                    cells=len(cells),
                    header=len(header),
                )
            )
        kind, *values = (uncell(cell) for cell in cells)
        row = {name: value for name, value in zip(header[1:], values, strict=True) if value != ""}
        if kind == ACCOUNT:
            account = row
        else:
            listed.append((kind, f"line {line}", row))
    return _typed(account, listed, from_text=True)


def _check_header(header: list[str]) -> None:
    if header[0] != "record":
        refuse(gettext("This is not an export of this site: the first column of line 1 should be called “record”."))
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        refuse(gettext("Line 1: the column “%(twice)s” stands there twice.", twice=twice[0][:64]))
    known = {"record", *_ACCOUNT.columns.keys()} | {c.name for each in owned() for c in each.table.columns}
    strange = [name for name in header if name not in known]
    if strange:
        refuse(
            gettext(
                "Line 1, column %(column)s: “%(name)s” is not a column of an export.",
                column=header.index(strange[0]) + 1,
                name=strange[0][:64],
            )
        )


def _typed(account: Mapping[str, Any], rows: Iterable[tuple[str, str, Any]], *, from_text: bool = False) -> Upload:
    """Rows with the types of their columns; whatever is not a column of an export is refused by name."""
    tables = {each.name: each for each in carried()}
    made: dict[str, list[Row]] = {name: [] for name in tables}
    for number, (name, where, row) in enumerate(rows, 1):
        if number > MAX_RECORDS:
            refuse(gettext("The file holds more than %(most)s records.", most=words.number(MAX_RECORDS)))
        if name in ONLY_HERE:
            continue
        if name not in tables:
            refuse(gettext("%(where)s: “%(name)s” is not a kind of record.", where=where.capitalize(), name=name[:64]))
        columns = {column.name: column for column in tables[name].exported}
        given = _mapping(row, where)
        if strange := sorted(set(given) - set(columns)):
            refuse(
                gettext(
                    "%(where)s: “%(name)s” is not a part of a record of the kind %(kind)s.",
                    where=where,
                    name=strange[0][:64],
                    kind=name,
                )
            )
        made[name].append(
            {
                key: value_of(column, given.get(key), f"{where}, {key}", from_text=from_text)
                for key, column in columns.items()
            }
        )
    mine = {
        name: value_of(_ACCOUNT.columns[name], account[name], f"account, {name}", from_text=from_text)
        for name in TAKEN_ALONG
        if account.get(name) is not None
    }
    return Upload(mine, made)
