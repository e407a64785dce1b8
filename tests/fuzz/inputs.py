"""What the fuzzer sends: sound forms with fields left out, doubled, replaced and added, in every wrapping there is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.access.rules import NO_RECORDS
from tests.access.world import pastry
from tests.bad_inputs.browser import MULTIPART, multipart
from tests.bad_inputs.table import ENTRY

NASTY = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202egpj.exe",
    "مرحبا",
    "🐤" * 50,
    "👩‍💻",
    "\u200b",
    "e\u0301" * 90,
    "\r\nBcc: x@example.org",
    "\x1b[31m",
    "\x7f",
    "\u2028",
    "\ufeff",
    "\ufffd",
    "ﬀ",
    "İ",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%s%n",
    "' OR 1=1 --",
    "../../etc/passwd",
    "javascript:alert(1)",
    "https://[",
    "https://xn--/",
    "//x",
    "0",
    "-1",
    "1",
    "2",
    "99",
    "9" * 30,
    "9" * 5000,
    "-" + "9" * 400,
    "1e999",
    "1e-999",
    "NaN",
    "sNaN",
    "Infinity",
    "-0",
    "0x10",
    "١٢",
    "½",
    "1_000",
    "+1",
    "1.5",
    "1,5",
    "7.0000000000000001",
    "2147483648",
    "9223372036854775808",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2027-03-01",
    "2027-W09",
    "yesterday",
    "now",
    "45 min numpy",
    "null",
    "true",
    "[]",
    "{}",
    "None",
    "ml-engineer",
    "data-scientist",
    "numpy",
    "pandas",
    "done",
    "later",
    "beginner",
    "x" * 300,
    "y" * 3000,
    "[" * 3000,
    "*a" * 2000,
    "`" * 500,
    "|a|\n|-|\n" * 40,
)
"""What has broken programs before, and words that mean something here."""

words = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(), max_size=40),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.dates().map(str),
)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Body:
    """What a POST carries."""

    content: bytes
    kind: str


def fields(sound: Mapping[str, str], names: Sequence[str]) -> st.SearchStrategy[Pairs]:
    """A form near to a sound one, so that it comes past the first check more often than not."""
    known = sorted({*sound, *names, "next", "csrf_token"})

    @st.composite
    def pairs(draw: st.DrawFn) -> Pairs:
        changed = set(draw(st.lists(st.sampled_from(known), max_size=3)))
        made = [(name, value) for name, value in sound.items() if name not in changed]
        for name in sorted(changed):
            made += [(name, value) for value in draw(st.lists(words, max_size=2))]
        if draw(st.integers(0, 9)) == 0:
            made.append((draw(words), draw(words)))
        return made

    return pairs()


def bodies(sound: Mapping[str, str], names: Sequence[str], files: Sequence[str]) -> st.SearchStrategy[Body]:
    """In one of the wrappings, mostly the usual one."""
    usual = fields(sound, names).map(lambda pairs: Body(urlencoded(pairs), "application/x-www-form-urlencoded"))
    parts = fields(sound, names).map(lambda pairs: _multipart([(name, "", _bytes(value)) for name, value in pairs]))
    uploads = st.tuples(
        fields(sound, names),
        st.lists(st.tuples(st.sampled_from([*files, *names, "file"]), _contents(files)), max_size=2),
    ).map(lambda both: _multipart([*((n, "", _bytes(v)) for n, v in both[0]), *((n, "x.json", c) for n, c in both[1])]))
    if files:
        return st.one_of(
            uploads, uploads, usual, st.binary(max_size=60).map(lambda b: Body(b, "multipart/form-data; boundary=cut"))
        )
    strange = st.one_of(
        st.dictionaries(
            st.sampled_from(sorted({*sound, *names, "x"})),
            st.one_of(words, st.none(), st.integers(), st.lists(words, max_size=2)),
            max_size=3,
        ).map(lambda found: Body(json.dumps(found).encode(), "application/json")),
        st.tuples(
            st.binary(max_size=60),
            st.sampled_from(
                [
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=cut",
                    "multipart/form-data",
                    "text/plain",
                    "",
                    "application/json",
                    "nonsense",
                ]
            ),
        ).map(lambda both: Body(*both)),
    )
    return st.one_of(usual, usual, usual, parts, uploads, strange)


def _contents(files: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Of a file: junk, text, and an export or a path file with something wrong in it."""
    return st.one_of(st.binary(max_size=60), words.map(_bytes), st.sampled_from(sound_files()).flatmap(_spoilt))


def sound_files() -> Sequence[str]:
    """Of each kind that can be uploaded."""
    return [
        json.dumps({**json.loads(NO_RECORDS), "records": {"study_session": [ENTRY]}}),
        pastry("Other"),
        "record,id\nstudy_session,1\n",
    ]


@st.composite
def _spoilt(draw: st.DrawFn, text: str) -> bytes:
    """One value replaced by something else, or a piece cut out."""
    if text[:1] != "{":
        return _bytes(text.replace("1", draw(words)))
    found: Any = json.loads(text)
    places = list(_places(found))
    for holder, key in draw(st.lists(st.sampled_from(places), max_size=2)):
        holder[key] = draw(
            st.one_of(words, st.none(), st.integers(-(2**70), 2**70), st.booleans(), st.just([]), st.just({}))
        )
    whole = json.dumps(found)
    return _bytes(whole if draw(st.integers(0, 4)) else whole[: draw(st.integers(0, len(whole)))])


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)


def urlencoded(pairs: Pairs) -> bytes:
    """As browsers do, but for halves of characters, which go over the wire as they are."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote_from_bytes(_bytes(text), safe="")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def in_a_path(text: str) -> str:
    """As a part of an address."""
    return _quoted(text)


def _multipart(parts: Sequence[tuple[str, str, bytes]]) -> Body:
    return Body(multipart(*((_quoted(name), file, content) for name, file, content in parts)), MULTIPART)
