"""The table of bad inputs, by numbers that never change: what is sent where, and what comes back.

Nothing of it changes anything, unless the row says that it is kept as harmless text.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.bad_inputs.browser import MULTIPART, Answer, Browser, Fields, multipart, raw
from tests.kitchen import baker, written

Ask = Callable[[Browser], Answer]
TODAY = dt.datetime.now(dt.UTC).date()
NUMPY = "/milestones/ml-engineer/numpy"
NOTE, LINKS, LOG, OWN, PATHS = f"{NUMPY}/note", f"{NUMPY}/links", "/log", "/plan/own", "/paths/own"
SETTINGS, PAUSES, ADDRESS, DATA, ENROL = (
    "/plan/settings",
    "/plan/pauses",
    "/settings/account",
    "/settings/data",
    "/paths/data-scientist/enrol",
)
LOGGED = {"on": TODAY.isoformat(), "minutes": "45", "note": "typed with care"}
MINE = {"title": "typed with care", "hours": "5", "phase": "1", "done_when": ""}
START = {"starting_point": "beginner", "hours_per_week": "7", "start_on": TODAY.isoformat()}
RECORD = {"format": "waymark", "version": 1, "records": {}}
ENTRY = {
    "path": "ml-engineer", "milestone": None, "on_day": "2026-03-01", "minutes": 45, "note": "",
    "created_at": "2026-03-01T09:00:00+00:00",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One input."""

    number: int
    what: str
    ask: Ask
    status: int | Sequence[int]
    says: str = ""
    """Stands in the answer."""
    typed: str = ""
    """So does this: what was typed is not lost."""
    kept: bool = False
    """It is taken, as the text that it is."""


def form(address: str, fields: Fields) -> Ask:
    """As the learner sends it."""
    return lambda ada: ada.post(address, fields)


def page(address: str, **headers: str) -> Ask:
    """A GET by the learner."""
    return lambda ada: ada.get(address, **headers)


def body(address: str, content: bytes, kind: str) -> Ask:
    """Something else than a form, with the form's token in a header."""
    return lambda ada: ada.post(address, body=content, kind=kind)


def file(content: bytes, address: str = DATA, name: str = "export.json") -> Ask:
    """An upload."""
    return body(address, multipart(("file", name, content)), MULTIPART)


def visitor(address: str, fields: Fields, **headers: str) -> Ask:
    """By somebody who is not logged in."""

    def ask(ada: Browser) -> Answer:
        nobody = Browser(ada.url)
        nobody.read_token("/signup")
        sent = {**dict(fields), "csrf_token": nobody.token}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return nobody.send("POST", address, urlencode(sent).encode(), {**kind, **headers})

    return ask


def wire(text: bytes) -> Ask:
    """The very bytes, with the learner's cookie for COOKIE and the token for TOKEN."""

    def ask(ada: Browser) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
        return raw(ada.url, text.replace(b"COOKIE", cookie.encode()).replace(b"TOKEN", ada.token.encode()))

    return ask


def cookie(value: str) -> Ask:
    """With this session cookie and no other."""
    return lambda ada: Browser(ada.url, {"waymark": value}).get("/dashboard")


def export(**changes: Any) -> Ask:
    """An otherwise sound export."""
    return file(json.dumps(RECORD | changes).encode())


def entry(**changes: Any) -> Ask:
    """A sound export but for one entry of the log."""
    return export(records={"study_session": [ENTRY | changes]})


def csv(text: str | bytes) -> Ask:
    """An export as CSV."""
    return file(text if isinstance(text, bytes) else text.encode(), name="export.csv")


HARMLESS = [
    (1, "[x](javascript:alert(1))"), (1, "[x](JaVaScRiPt:alert(1))"), (2, "[x](javascript&#58alert(1))"),
    (2, "[x](&#x0003a;alert(1))"), (2, "[x](java\tscript:alert(1))"), (2, "[x](java&Tab;script:alert(1))"),
    (3, "[x]\n\n[x]: javascript:alert(1)"), (3, "[x](<java\nscript:alert(1)>)"), (4, "<img src=x onerror=alert(1)>"),
    (4, "<svg/onload=alert(1)>"), (4, "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>"),
    (5, '![" onerror=alert(1) ](x)'), (5, '![A](B "<C D="E" onerror=alert(1)>")'),
    (6, "[x](data:text/html;base64,PHNjcmlwdD4=)"), (6, "[x](vbscript:msgbox)"), (6, "<javascript:alert(1)>"),
    (8, "[" * 19_000), (8, ">" * 19_000), (8, "*" * 19_000), (8, "`" * 19_000), (8, "[a](" * 4_000),
]  # fmt: skip
NAMES = ["</title><script>alert(1)</script>", '"><svg onload=alert(1)>', "{{7**7}}", "{% raw %}", "%s%n", "=1+1|cmd"]
LONG, NUL, HALF = "x" * 10_000, "typed\0with care", b"typed %ED%A0%80"
ZALGO = "e" + "\u0301" * 10_000


def kitchen_with(title: str) -> str:
    """A sound path file but for its title, which is JSON."""
    return written("x", baker()).replace('"title": "X"', f'"title": {title}')


ROWS: list[Row] = [
    Row(8, "a note of 100,000 [", form(NOTE, {"body": "[" * 100_000}), 422, "at most 20000 characters"),
    *[
        Row(9, f"link {url}", form(LINKS, {"url": url, "title": "mine"}), 422, "begin with https:// or http://", url)
        for url in ("javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/", "//evil.example/", "data:,x")
    ],
    *[
        Row(10, f"link {url}", form(LINKS, {"url": url}), 422, says, url)
        for url, says in (
            ("https://github.com@evil.tld/", "a name before an @"),
            ("https://evil.tld\\@github.com", "backslashes"),
        )
    ],
    Row(11, "link with U+202E", form(LINKS, {"url": "https://example.org/\u202egpj.exe"}), 422, "invisible characters"),
    Row(11, "title with U+202E", form(OWN, MINE | {"title": "a\u202eb"}), 422, "invisible character"),
    Row(11, "link of a look-alike", form(LINKS, {"url": "https://аpple.com/"}), 303, kept=True),
    Row(
        12,
        "link of 10,000 characters",
        form(LINKS, {"url": f"https://example.org/{LONG}"}),
        422,
        "at most 2048 characters",
    ),
    *[
        Row(21, f"address {email!r}", form(ADDRESS, {"email": email}), 422, "not a mail address")
        for email in ("a@b.org\r\nBcc: v@x.org", '"a b"@x', "x" * 255 + "@example.org", "a@[127.0.0.1]", "a@b\0.org")
    ],
    Row(
        21,
        "sign-up as a@b\\r\\nBcc",
        visitor("/signup", {"email": "a@b.org\r\nBcc: v@x.org", "password": "violet-harbor-quilt-27"}),
        422,
        "not a mail address",
    ),
    Row(
        22,
        "a reset for Host evil.tld",
        visitor("/forgot-password", {"email": "ada@example.org"}, Host="evil.tld"),
        400,
        "This site answers at",
    ),
    Row(
        23,
        "a path's title over two lines",
        form(PATHS, {"text": kitchen_with('"X\\r\\nBcc: v@x.org"')}),
        422,
        "line",
    ),
    Row(
        23,
        "a path's title of 5,000 emoji",
        form(PATHS, {"text": kitchen_with(json.dumps("🐤" * 5_000))}),
        422,
        "line",
    ),
    *[
        Row(
            24,
            f"sign-up as {email}",
            visitor("/signup", {"email": email, "password": "violet-harbor-quilt-27"}),
            status,
            says,
            kept=kept,
        )
        for email, status, says, kept in (
            ("ADA@EXAMPLE.ORG", 303, "", True),
            ("ada@example.org", 303, "", True),
            ("ａda@example.org", 303, "", True),
        )
    ],
    Row(26, "CSV in UTF-16", csv("record,id\nstudy_session,1\n".encode("utf-16")), 422, "not UTF-8"),
    Row(26, "CSV with ;", csv("record;id\nstudy_session;1\n"), 422, ""),
    Row(26, "CSV without a header", csv("study_session,1\n"), 422, ""),
    Row(26, "CSV with a header twice", csv("record,note,note\nstudy_session,a,b\n"), 422, ""),
    Row(27, "a CSV cell of 200,000", csv(f"record,note\nstudy_session,{LONG * 20}\n"), 422, "field larger"),
    Row(28, "JSON of 100,000 [", file(b"[" * 100_000), 422, "nested more than 32 levels"),
    Row(29, "JSON with a number of 5,000 digits", entry(minutes="N"), 422, "whole number"),
    Row(
        29,
        "JSON with 5,000 digits",
        file(json.dumps(RECORD).encode()[:-1] + b', "x": ' + b"9" * 5_000 + b"}"),
        422,
        "number that is too long",
    ),
    *[
        Row(
            29,
            f"JSON with {number}",
            file(json.dumps(RECORD).replace('"version": 1', f'"version": {number}').encode()),
            422,
            "",
        )
        for number in ("1e999", "NaN", "-Infinity")
    ],
    Row(
        30,
        "JSON with a name twice",
        file(b'{"format": "waymark", "version": 1, "version": 1, "records": {}}'),
        422,
        "stands twice",
    ),
    Row(30, "JSON with __proto__", entry(__proto__={}), 422, "not a part"),
    Row(30, "an export of a newer version", export(version=99), 422, "version 99"),
    Row(
        31,
        "YAML that laughs",
        form(PATHS, {"text": "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"}),
        422,
        "Anchors and aliases",
    ),
    Row(31, "YAML that runs", form(PATHS, {"text": "!!python/object/apply:os.system [id]"}), 422, "line"),
    Row(31, "YAML as an export", file(b"a: b\n"), 422, ""),
    Row(32, "an export with somebody's id", entry(user_id=1), 422, "not a part"),
    Row(
        32,
        "a path whose milestones need each other",
        form(PATHS, {"text": written("x", baker() | {"hygiene": baker()["hygiene"] | {"needs": ["hygiene"]}})}),
        422,
        "line",
    ),
    Row(33, "an export cut off", file(json.dumps(RECORD).encode()[:30]), 422, "not whole JSON"),
    *[
        Row(35, f"NUL in {address}", form(address, fields), 422, typed="with care")
        for address, fields in (
            (NOTE, {"body": NUL}),
            (LINKS, {"url": "https://example.org/", "title": NUL}),
            (LOG, LOGGED | {"note": NUL}),
            (OWN, MINE | {"title": NUL}),
            (PATHS, {"text": f"title: {NUL}"}),
        )
    ],
    Row(
        35, "NUL in the day", form(LOG, LOGGED | {"on": "2027\0-01-01"}), 422, "Give a date such as", "typed with care"
    ),
    Row(35, "NUL in an export", file(b'{"format": "waymark\0"}'), 422, "NUL character in line 1"),
    Row(35, "NUL in a search", page("/search?q=a%00b"), (200, 400, 422)),
    Row(
        35,
        "NUL in a password",
        visitor("/login", {"email": "ada@example.org", "password": "violet\0harbor"}),
        422,
        "do not fit together",
    ),
    *[
        Row(
            36,
            f"half a character in {address}",
            body(address, name + b"=" + HALF, "application/x-www-form-urlencoded"),
            400,
            "",
        )
        for address, name in (
            (NOTE, b"body"),
            (LINKS, b"url=https://example.org/&title"),
            (LOG, b"minutes=45&on=2026-11-20&note"),
        )
    ],
    Row(
        36,
        "half a character in an export",
        file(json.dumps(RECORD | {"records": {"study_session": [ENTRY | {"note": "\ud800"}]}}).encode()),
        422,
        "surrogate",
    ),
    *[
        Row(37, f"/log/{number}", page(f"/log/{number}"), 404, "nothing at this address")
        for number in (2**63, -1, "1e3", "..%2f..%2fetc", "%00", "1%00", 2**31, "%D9%A3", "0x1", "+1")
    ],
    *[
        Row(37, f"/paths/{slug}", page(f"/paths/{slug}"), 404, "nothing at this address")
        for slug in ("%00", "..%2f..%2fetc%2fpasswd", "admin'--", "own-%00", "own-" + "0" * 4000)
    ],
    *[
        Row(38, f"?page={number}", page(f"/log?page={number}"), 200)
        for number in ("0", "-1", "999999999", "1e9", "x", "9" * 3000, "%00")
    ],
    Row(38, "?before=9…9", page("/log?before=" + "9" * 3000), 200),
    *[
        Row(39, f"log on {day}", form(LOG, LOGGED | {"on": day}), 422, says, "typed with care")
        for day, says in (
            ("0000-00-00", "Give a date such as"),
            ("2026-02-30", "Give a date such as"),
            ("9999-12-31", "to come"),
            ("0001-01-01", "from"),
            ("99999-01-01", "Give a date such as"),
            ("2026-2-3-4", "Give a date such as"),
            ("", "Give the day"),
        )
    ],
    *[
        Row(39, f"target {day}", form(SETTINGS, {"hours_per_week": "7", "target_on": day}), 422, "", day)
        for day in ("0000-00-00", "2026-02-30", "9999-12-31", "1999-01-01")
    ],
    *[
        Row(39, f"start {day}", form(ENROL, START | {"start_on": day}), 422)
        for day in ("0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30")
    ],
    Row(
        39,
        "a pause that ends before it begins",
        form(PAUSES, {"starts_on": "2030-05-02", "ends_on": "2030-05-01"}),
        422,
        "",
        "2030-05-01",
    ),
    Row(
        39,
        "a pause for ever",
        form(PAUSES, {"starts_on": "2030-05-02", "ends_on": "9999-12-31"}),
        422,
        "",
        "9999-12-31",
    ),
    *[
        Row(
            40, f"{number} hours a week", form(SETTINGS, {"hours_per_week": number}), 422, "number from 1 to 80", number
        )
        for number in ("-1", "0", "81", "NaN", "sNaN", "Infinity", "50%", "1e999", "1e-999", "0x10", "9" * 5000, "١٢3x")
    ],
    *[
        Row(40, f"{number} minutes", form(LOG, LOGGED | {"minutes": number}), 422, "", "typed with care")
        for number in ("-1", "0", "1441", "NaN", "50%", "1e3", "9" * 5000, "4,5", "")
    ],
    *[
        Row(40, f"{number} hours of one's own", form(OWN, MINE | {"hours": number}), 422, "", "typed with care")
        for number in ("-1", "0", "NaN", "sNaN", "Infinity", "1e999", "9" * 5000, "50%")
    ],
    *[
        Row(
            41,
            f"bytes that are no UTF-8 in {where}",
            wire(
                b"GET "
                + target
                + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: COOKIE"
                + more
                + b"\r\n\r\n"
            ),
            400,
        )
        for where, target, more in (
            ("a path", b"/paths/%ff%fe", b""),
            ("a query", b"/search?q=%ff", b""),
            ("a bare path", b"/paths/\xff", b""),
            ("a bare query", b"/search?q=\xff", b""),
        )
    ],
    *[
        Row(
            41,
            f"bytes that are no UTF-8 in {where}",
            wire(b"GET /privacy HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + more + b"\r\n\r\n"),
            (200, 400),
        )
        for where, more in (
            ("a cookie", b"Cookie: waymark=\xff\xfe"),
            ("a header", b"Accept-Language: \xff\xfe"),
            ("an agent", b"User-Agent: \xff"),
        )
    ],
    Row(
        42,
        "10,000 parts",
        body(LOG, multipart(*[(f"n{n}", "", b"x") for n in range(10_000)]), MULTIPART),
        413,
        "too much at once",
    ),
    Row(42, "10,000 fields", form(LOG, [(f"n{n}", "x") for n in range(10_000)]), (413, 422)),
    Row(42, "a multipart without a boundary", body(LOG, b"x", "multipart/form-data"), (400, 422)),
    Row(42, "an upload of nothing", file(b""), 422, "The file is empty"),
    Row(42, "a form of nothing", body(LOG, b"", MULTIPART), (400, 422)),
    Row(42, "JSON where a form is expected", body(LOG, json.dumps(LOGGED).encode(), "application/json"), (415, 422)),
    Row(42, "text where a form is expected", body(LOG, b"on=2026-01-01", "text/plain"), (415, 422)),
    Row(
        42,
        "a file where text is expected",
        body(NOTE, multipart(("body", "x.txt", b"x")), MULTIPART),
        415,
        "No file is taken here",
    ),
    Row(42, "a form of 2 MB", form(NOTE, {"body": "x" * 2_000_000}), 413, "too much at once"),
    Row(42, "an upload of 7 MB", file(b"x" * 7_000_000), 413, ""),
    *[
        Row(45, f"a title of {what}", form(OWN, MINE | {"title": title}), 422, says)
        for what, title, says in (
            ("blanks", "   ", "Give it a title"),
            ("U+200B", "\u200b\u200b", "invisible"),
            ("10,000 marks", ZALGO, "at most 80"),
            ("marks alone", "\u0301" * 5, "Give it a title"),
            ("10,000 letters", LONG, "at most 80"),
        )
    ],
    Row(45, "a path titled U+200B", form(PATHS, {"text": kitchen_with('"\\u200b"')}), 422, "nothing to read"),
    Row(35, "a path titled NUL", form(PATHS, {"text": kitchen_with('"a\\u0000b"')}), 422, "invisible character"),
    Row(36, "a path titled with half a character", form(PATHS, {"text": kitchen_with('"a\\ud800b"')}), 422, "line"),
    Row(45, "a note of blanks", form(NOTE, {"body": " \u200b "}), 303),
    Row(45, "a search of 10,000 letters", page("/search?q=" + "x" * 10_000), 422, "too long to search for"),
    Row(
        45,
        "an account named by a password of 10,000",
        visitor("/signup", {"email": "new@example.org", "password": LONG}),
        422,
        "",
    ),
    *[
        Row(46, f"a path that calls itself {slug}", form("/paths/current", {"path": slug}), 404)
        for slug in ("admin", "static", "..", "own")
    ],
    *[
        Row(37, f"{address}", form(address, {"body": "x"}), 404)
        for address in ("/milestones/ml-engineer/no-such-milestone/note", "/milestones/nowhere/numpy/note")
    ],
    *[
        Row(48, f"/unsubscribe/{token[:20]}", form(f"/unsubscribe/{token}", {}), 404)
        for token in ("x", "MQ.aaaa", "~", "%00", "MQ" * 2_000)
    ],
    *[
        Row(48, f"/mail/done/{token[:20]}", form(f"/mail/done/{token}", {}), 404)
        for token in ("x", "1~a~b~c.d", "%ff"[:0] + "a.b", "~" * 3_000)
    ],
    *[
        Row(
            40,
            f"weekday {day}, hour {hour}",
            form("/settings/reminders", {"weekday": day, "hour": hour, "timezone": zone}),
            422,
            "Choose the",
        )
        for day, hour, zone in (
            ("7", "8", "UTC"),
            ("0", "24", "UTC"),
            ("-1", "8", "UTC"),
            ("x", "8", "UTC"),
            ("0", "8", "Mars/Olympus"),
            ("0", "8", "../../etc/passwd"),
            ("9" * 5000, "8", "UTC"),
        )
    ],
    Row(46, "a goal, a share, a way and a state that are none", form(NUMPY, {"state": "finished"}), 422, ""),
    Row(46, "a way that is none", form("/plan/ways", {"kind": "sideways"}), 422, ""),
    Row(46, "a share that is none", form("/plan/shares/numpy", {"share": "twice"}), 422, ""),
    Row(46, "a starting point that is none", form(ENROL, START | {"starting_point": "admin"}), 422, ""),
    Row(46, "a timer that does something else", form("/log/timer", {"action": "explode"}), 422, "can be started"),
]
