"""Everything that is kept about one learner, as a value that JSON and CSV are made from."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Select, or_, select
from sqlalchemy.orm import Session

from tracker.data.tables import ACCOUNT, ONLY_HERE, SECRET, Owned, owned
from tracker.errors import NotFound
from tracker.models import Enrolment, OwnPath, User

FORMAT, VERSION = "waymark", 1

Record = Mapping[str, Any]
Export = Mapping[str, Any]


def export(session: Session, *, user_id: int, now: dt.datetime, site: str) -> Export:
    """``{format, version, made_at, site, account, records, only_here}``; raises NotFound.

    ``records`` and ``only_here`` map a table's name to its rows; the latter are of no use on another server.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    account = [column for column in User.__table__.columns if column.name not in {"id", *SECRET[ACCOUNT]}]
    parts: dict[bool, dict[str, list[Record]]] = {True: {}, False: {}}
    for each in owned():
        rows = session.execute(rows_of(each, user_id)).mappings()
        parts[each.name in ONLY_HERE][each.name] = [_record(each.exported, row) for row in rows]
        if each.table is OwnPath.__table__:
            parts[False][each.name] += [_record(each.exported, row) for row in _walked(session, user_id)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": _plain(now),
        "site": site,
        "account": {column.name: _plain(getattr(user, column.name)) for column in account},
        "records": parts[False],
        "only_here": parts[True],
    }


def rows_of(each: Owned, user_id: int) -> Select[Any]:
    """This learner's rows of a table, in a stable order."""
    query = select(each.table)
    at = each
    while at.parent is not None:
        query = query.join(at.parent.table, at.link == at.parent.table.columns["id"])
        at = at.parent
    return query.where(at.link == user_id).order_by(*each.table.primary_key)


def _walked(session: Session, user_id: int) -> Sequence[Record]:
    """Paths of others that this learner is on, without which their plan could be read nowhere else.

    As a copy of one's own: not shared, and without what its owner has not kept yet.
    """
    mine = select(Enrolment.path).where(Enrolment.user_id == user_id)
    of_others = or_(OwnPath.owner_id.is_(None), OwnPath.owner_id != user_id)
    found = select(OwnPath.__table__).where(OwnPath.slug.in_(mine), of_others).order_by(OwnPath.slug)
    return [{**row, "draft": None, "shared": False} for row in session.execute(found).mappings()]


def _record(columns: Sequence[Column[Any]], row: Mapping[Any, Any]) -> Record:
    return {column.name: _plain(row[column.name]) for column in columns}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date) else value


def as_json(made: Export) -> str:
    """Readable, and the same for the same data."""
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")


def as_csv(made: Export) -> str:
    """One table (RFC 4180): the first column names the record's kind, the others are those of all kinds together.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front; an import takes it off again.
    """
    kinds: dict[str, Sequence[Record]] = {ACCOUNT: [made["account"]], **made["records"], **made["only_here"]}
    columns = list(dict.fromkeys(name for rows in kinds.values() for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["record", *columns])
    for kind, rows in kinds.items():
        for row in rows:
            writer.writerow([kind, *(_cell(row.get(name)) for name in columns)])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "'" + text if _FORMULA.match(text) else text


def uncell(text: str) -> str:
    """The text of a cell without the apostrophe that was put there."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
