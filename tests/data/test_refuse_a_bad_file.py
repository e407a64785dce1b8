"""What is not an export is refused in a sentence that says where, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import people
from tests.data.conftest import counts, made
from tests.environment import NOW
from tracker.catalog.schema import Catalog
from tracker.data import services
from tracker.data.export import as_csv, as_json
from tracker.data.reading import MAX_BYTES, read
from tracker.errors import InvalidInput
from tracker.models import User

Spoil = Callable[[dict[str, Any]], object]


def setting(kind: str, name: str, value: Any) -> Spoil:
    return lambda file: file["records"][kind][0].__setitem__(name, value)


SPOILT: list[tuple[Spoil, str]] = [
    (lambda file: file.pop("format"), "not an export"),
    (lambda file: file.update(version=2), "version 2"),
    (lambda file: file.update(records=[]), "records"),
    (lambda file: file["records"].update(user_account=[{"id": 1}]), "not a kind of record"),
    (lambda file: file["records"].update(study_session={}), "should be a list"),
    (lambda file: file["records"]["study_session"].append(7), "object"),
    (setting("study_session", "user_id", 1), "not a part"),
    (setting("study_session", "__proto__", {}), "not a part"),
    (setting("study_session", "minutes", "45"), "whole number"),
    (setting("study_session", "minutes", True), "whole number"),
    (setting("study_session", "minutes", -1), "from 0"),
    (setting("study_session", "minutes", 25 * 60), "from 1 to 1440"),
    (setting("study_session", "minutes", 2**63), "from 0 to"),
    (setting("study_session", "on_day", "2026-02-30"), "date such as"),
    (setting("study_session", "on_day", "9999-12-31"), "not a date of our days"),
    (setting("study_session", "on_day", "0000-00-00"), "date such as"),
    (setting("study_session", "created_at", "2027-03-01T09:00:00"), "with its zone"),
    (setting("study_session", "created_at", 5), "should be text"),
    (setting("study_session", "note", "x" * 501), "longer than 500"),
    (setting("study_session", "note", "a\0b"), "NUL"),
    (setting("study_session", "note", "\ud800"), "surrogate"),
    (setting("study_session", "path", None), "is missing"),
    (setting("milestone_state", "state", "finished"), "not one of"),
    (setting("reminder_preference", "hour", 24), "from 0 to 23"),
    (setting("reminder_preference", "enabled", "yes"), "true or false"),
    (setting("plan_revision", "hours_per_week", 1e300), "sensible size"),
    (setting("plan_revision", "milestones", "none"), "list"),
    (setting("enrolment", "path", "no-such-path"), "not on this server"),
    (setting("milestone_link", "url", "javascript:alert(1)"), "https:// or http://"),
    (lambda file: file["account"].update(timezone="Mars/Olympus"), "time zone"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILT)
def test_a_spoilt_export(session: Session, catalog: Catalog, filled: User, spoil: Spoil, said: str) -> None:
    file = json.loads(as_json(made(session, filled)))
    spoil(file)
    _refused(session, catalog, json.dumps(file).encode(), said)


def _refused(session: Session, catalog: Catalog, content: bytes, said: str) -> None:
    """Read and brought in by another account, so that nothing of it is here already."""
    grace = people.make_user(session, "grace@example.org")
    with pytest.raises(InvalidInput, match=said) as refused:
        services.bring_in(session, user_id=grace.id, upload=read(content), catalog=catalog, now=NOW)
    assert refused.value.message.endswith(".")
    assert sum(counts(made(session, grace)).values()) == 0


WHOLE = '{"format": "waymark", "version": 1, "records": {}, "extra": %s}'

BROKEN: list[tuple[bytes, str]] = [
    (b"", "empty"),
    (b"  \n ", "empty"),
    (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    (b'{"a": "\xc3("}', "not UTF-8"),
    (b'{"a": \x00}', "NUL"),
    (b'{"a": 1', "line 1, column 8"),
    (b"[" * 100_000, "nested more than 32"),
    ((WHOLE % ("[" * 40 + "]" * 40)).encode(), "nested more than 32"),
    ((WHOLE % ("1" * 5000)).encode(), "too long"),
    ((WHOLE % "NaN").encode(), "NaN is not a number"),
    ((WHOLE % "-Infinity").encode(), "not a number"),
    ((WHOLE % '{"a": 1, "a": 2}').encode(), "twice"),
    (b"[]", "not an export"),
    (b" " * (MAX_BYTES + 1), "larger than 5 MB"),
    (b"hello\n", "record"),
    (b"record,path,path\n", "twice"),
    (b"record,path,user_id,colour\n", "column 4"),
    (b"record,path\nstudy_session\n", "Line 2 has 1 cells"),
    (b"record,path\nplanet,x\n", "not a kind"),
    (b'record,note\nstudy_session,"open\n', "Line"),
    (b"record,note\nstudy_session," + b"x" * 200_000 + b"\n", "field larger"),
    (b"record,path,on_day,minutes\nstudy_session,ml-engineer,2027-03-01,many\n", "“many” cannot be read"),
    (b"record,path,on_day,minutes\nstudy_session,x,2027-03-01," + b"[" * 20_000 + b"\n", "cannot be read"),
]


@pytest.mark.parametrize(("content", "said"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file(session: Session, catalog: Catalog, content: bytes, said: str) -> None:
    _refused(session, catalog, content, said)


def test_too_many_records() -> None:
    rows = [{"path": "ml-engineer", "week": "2027-W09", "milestone": f"m-{number}"} for number in range(20_001)]
    file = {"format": "waymark", "version": 1, "records": {"week_choice": rows}}
    with pytest.raises(InvalidInput, match="more than 20,000"):
        read(json.dumps(file).encode())


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\r\n", "\n"),
])  # fmt: skip
def test_what_spreadsheets_do_to_a_file_does_not_hurt(
    session: Session, filled: User, change: Callable[[str], str]
) -> None:
    text = as_csv(made(session, filled))
    assert read(change(text).encode()).count == read(text.encode()).count > 10


def test_semicolons_are_read_too() -> None:
    content = "record;path;week;milestone\nweek_choice;ml-engineer;2027-W09;numpy\n"
    assert read(content.encode()).count == 1


def test_a_file_cut_off_in_the_middle_adds_nothing(session: Session, catalog: Catalog, filled: User) -> None:
    whole = as_json(made(session, filled)).encode()
    _refused(session, catalog, whole[: len(whole) * 6 // 10], "not whole JSON")
