"""Whatever is sent to a running site is answered in a sentence, with nothing changed and nothing typed lost."""

from __future__ import annotations

import json
import socket
import threading
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tests.bad_inputs.browser import MULTIPART, Answer, Browser, multipart
from tests.bad_inputs.conftest import Target
from tests.bad_inputs.table import (
    DATA,
    ENTRY,
    HARMLESS,
    LINKS,
    LOG,
    LOGGED,
    MINE,
    NAMES,
    NOTE,
    NUMPY,
    OWN,
    RECORD,
    ROWS,
    SETTINGS,
    Row,
    kitchen_with,
)
from tests.bad_inputs.wires import WIRES

pytestmark = pytest.mark.process
TABLE = [*ROWS, *WIRES]
IDS = [f"{row.number} {ascii(row.what)[1:60]}" for row in TABLE]


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_it_is_answered_and_nothing_is_changed(target: Target, row: Row) -> None:
    before = target.rows()
    answer = row.ask(target.ada)
    faults = target.faults()
    wanted = (row.status,) if isinstance(row.status, int) else row.status
    assert faults == ""
    assert answer.status in wanted, answer.said[:2000]
    assert answer.answers == 1, "a second request was smuggled in"
    assert row.says in answer.said
    assert row.typed in answer.said, "what was typed is lost"
    assert row.kept or target.rows() == before
    assert target.ada.get("/dashboard").status == 200


class Page(HTMLParser):
    """What a browser would make of an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Everything that could run or lead where it should not."""
        for name, value in attrs:
            scheme = urlsplit((value or "").strip()).scheme.lower() if name in ("href", "src", "action") else ""
            if name.startswith("on") or scheme not in ("", "http", "https", "mailto"):
                self.bad.append(f"<{tag} {name}={value}>")
        sources = [value for name, value in attrs if name == "src"]
        if (tag == "script" and not all(value and value.startswith("/static/") for value in sources or [None])) or (
            tag in ("iframe", "object", "math", "embed", "style", "base")
        ):
            self.bad.append(f"<{tag} {attrs}>")


@pytest.mark.parametrize(("number", "text"), HARMLESS, ids=[f"{n} {ascii(text)[:40]}" for n, text in HARMLESS])
def test_a_note_is_shown_and_runs_nothing(target: Target, number: int, text: str) -> None:
    assert target.ada.post(NOTE, {"body": text}).status == 303
    answer = target.ada.get(NUMPY)
    assert answer.status == 200
    assert Page(answer).bad == []
    assert text in answer.text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("name", NAMES)
def test_7_names_are_names_wherever_they_are_shown(target: Target, name: str) -> None:
    made = json.loads(kitchen_with(json.dumps(name)))
    for address, fields in (
        (LINKS, {"url": "https://example.org/", "title": name}),
        (LOG, LOGGED | {"note": name}),
        (OWN, MINE | {"title": name}),
        ("/paths/own", {"text": json.dumps(made)}),
    ):
        assert target.ada.post(address, fields).status == 303, address
    for address in (NUMPY, LOG, "/plan", "/dashboard", "/paths/own", "/palette?q=a", "/settings/data"):
        answer = target.ada.get(address)
        assert Page(answer).bad == [], address
        assert "823543" not in answer.said, address
    assert name in target.ada.get("/plan").said
    assert name in target.ada.get(LOG).said


def test_25_cells_of_an_export_are_no_formulas_and_come_back_as_they_were(target: Target) -> None:
    for note in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", 'a "quoted" one, with a comma'):
        assert target.ada.post(LOG, LOGGED | {"note": note}).status == 303
    table = target.ada.get("/export.csv")
    assert "'=cmd|" in table.text
    assert "\n=" not in table.text.replace(",", "\n"), "a cell begins with ="
    before = target.rows()
    assert target.ada.post(DATA, body=multipart(("file", "e.csv", table.text.encode())), kind=MULTIPART).status == 303
    assert target.ada.post(f"{DATA}/import").status == 303
    assert target.rows() == before, "it is all here already"


def test_33_an_upload_that_breaks_off_leaves_nothing(target: Target) -> None:
    before, parts = target.rows(), urlsplit(target.site.url)
    content = multipart(("file", "e.json", json.dumps(RECORD).encode() + b" " * 50_000))
    cookies = "; ".join(f"{name}={value}" for name, value in target.ada.cookies.items())
    head = f"POST {DATA} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nX-CSRFToken: {target.ada.token}\r\n"
    head += f"Content-Type: {MULTIPART}\r\nContent-Length: {len(content)}\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(head.encode() + content[: len(content) * 6 // 10])
    assert target.ada.get("/dashboard").status == 200
    assert target.rows() == before
    assert target.faults() == ""


def test_34_the_same_import_twice_and_two_at_once_add_it_once(target: Target) -> None:
    sent = RECORD | {"records": {"study_session": [ENTRY | {"note": "from elsewhere"}]}}
    body = multipart(("file", "e.json", json.dumps(sent).encode()))

    def bring_in() -> None:
        ada = Browser(target.ada.url, dict(target.ada.cookies), target.ada.token)
        ada.post(DATA, body=body, kind=MULTIPART)
        ada.post(f"{DATA}/import")

    for _ in range(2):
        both = [threading.Thread(target=bring_in) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    found = [row for row in target.rows()["study_session"] if row.note == "from elsewhere"]
    assert len(found) == 1
    assert target.faults() == ""


def test_49_a_form_of_a_plan_that_was_changed_meanwhile_is_kept_and_refused(target: Target) -> None:
    assert target.ada.post(SETTINGS, {"hours_per_week": "8"}).status == 303
    before = target.rows()
    answer = target.ada.post(SETTINGS, {"hours_per_week": "13", "revision": "1"})
    assert answer.status == 409
    assert 'value="13"' in answer.text
    assert "changed meanwhile" in answer.said
    assert target.rows() == before
