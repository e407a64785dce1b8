"""Which tables hold what belongs to one learner, found by walking the schema: a table that is added later is exported,
imported and erased without anybody having to think of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from tracker.db import Base
from tracker.models import User

ACCOUNT = User.__tablename__

NOBODYS: Mapping[str, str] = {
    "sender": "the reminder processes of this server",
    "path_outline": "how a version of a path looked, the same for everybody",
    "try_count": "how often something was tried or sent, by hashes alone; forgotten within a week",
    "mail_alarm": "whether the mail server refuses what this server sends",
    "suppression": "addresses that a mail server refused; erased with the account of that address",
}
"""Tables that belong to nobody in particular, and why."""

ONLY_HERE = frozenset(
    {
        "user_session",
        "outbox_mail",
        "import_draft",
        "security_event",
        "passkey",
        "authenticator",
        "recovery_code",
    }
)
"""What happened on this server: shown in an export, without meaning on another one, so it is not imported."""

SECRET: Mapping[str, frozenset[str]] = {
    ACCOUNT: frozenset({"password_hash", "passkey_handle"}),
    "passkey": frozenset({"credential_id", "public_key", "sign_count"}),
    "authenticator": frozenset({"secret", "last_step"}),
    "recovery_code": frozenset({"code_hash"}),
    "user_session": frozenset({"id_hash"}),
    "outbox_mail": frozenset({"lease_token", "lease_until", "message_id"}),
    "import_draft": frozenset({"body"}),
}
"""Columns that open doors, or that are a copy of what is exported anyway: they stay where they are."""

TAKEN_ALONG = ("timezone", "locale", "current_path")
"""What an import sets of the account itself; address, password and rights are never taken from a file."""


@dataclass(frozen=True)
class Owned:
    """A table whose rows belong to one learner: by a column of its own, or through a parent row."""

    table: Table
    link: Column[object]
    """The column that names the account, or the parent."""
    parent: Owned | None
    referenced: bool
    """Whether other tables name its rows by id, so that the id is part of an export."""

    @property
    def name(self) -> str:
        """Of the table."""
        return self.table.name

    @property
    def exported(self) -> tuple[Column[object], ...]:
        """The columns of an export: all but the owner, ids that nothing refers to, and secrets."""
        left_out = set(SECRET.get(self.name, ()))
        if self.parent is None:
            left_out.add(self.link.name)
        if self.numbered and not self.referenced:
            left_out.add("id")
        return tuple(column for column in self.table.columns if column.name not in left_out)

    @property
    def numbered(self) -> bool:
        """Whether the database gives the rows their ids."""
        return "id" in self.table.columns and self.table.autoincrement_column is self.table.columns["id"]

    @property
    def unique(self) -> Iterator[tuple[str, ...]]:
        """Columns that no two rows may have in common, the database's own ids aside."""
        if not self.numbered:
            yield tuple(column.name for column in self.table.primary_key)
        for constraint in self.table.constraints:
            if isinstance(constraint, UniqueConstraint):
                yield tuple(column.name for column in constraint.columns)


@cache
def owned() -> tuple[Owned, ...]:
    """All of them, parents first."""
    found: dict[str, Owned] = {}
    referenced = {key.column.table.name for table in Base.metadata.sorted_tables for key in table.foreign_keys}
    for table in Base.metadata.sorted_tables:
        if table.name == ACCOUNT or table.name in NOBODYS:
            continue
        link = _link(table, found)
        parent = found.get(_target(link))
        found[table.name] = Owned(table, link.parent, parent, table.name in referenced)
    return tuple(found.values())


def carried() -> tuple[Owned, ...]:
    """Those that an import brings in."""
    return tuple(each for each in owned() if each.name not in ONLY_HERE)


def _link(table: Table, found: Mapping[str, Owned]) -> ForeignKey:
    keys = sorted(table.foreign_keys, key=lambda key: _target(key) != ACCOUNT)
    for key in keys:
        if _target(key) == ACCOUNT or _target(key) in found:
            return key
    raise LookupError(f"{table.name} belongs to no account: name it in NOBODYS with the reason")


def _target(key: ForeignKey) -> str:
    return key.column.table.name
