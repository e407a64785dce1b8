"""Rows of the table that no well-behaved client could send: requests byte by byte."""

from __future__ import annotations

from tests.bad_inputs.table import LOG, TODAY, Row, cookie, wire

LINE = b"POST " + LOG.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: COOKIE\r\nX-CSRFToken: TOKEN\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SENT = f"on={TODAY}&minutes=45&note=smuggled".encode()
LENGTH = f"Content-Length: {len(SENT)}\r\n".encode()
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SECOND = LINE + FORM + LENGTH + b"\r\n" + SENT
GET = b"GET /privacy HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n0\r\n\r\n"


WIRES = [
    Row(42, "a Content-Length below nothing", wire(LINE + FORM + b"Content-Length: -1\r\n\r\n" + SENT), 400),
    Row(42, "a Content-Length of words", wire(LINE + FORM + b"Content-Length: many\r\n\r\n" + SENT), 400),
    Row(
        42,
        "a Content-Length of a thousand digits",
        wire(LINE + FORM + b"Content-Length: " + b"9" * 1000 + b"\r\n\r\n"),
        (400, 413),
    ),
    Row(42, "a Content-Length with a plus", wire(LINE + FORM + b"Content-Length: +10\r\n\r\n" + SENT), 400),
    Row(42, "two Content-Lengths", wire(LINE + FORM + LENGTH + b"Content-Length: 5\r\n\r\n" + SENT), 400),
    Row(42, "a Content-Length of 9 GB", wire(LINE + FORM + b"Content-Length: 9000000000\r\n\r\n" + SENT), 413),
    Row(
        43,
        "Content-Length and Transfer-Encoding",
        wire(LINE + FORM + LENGTH + CHUNKED + b"\r\n0\r\n\r\n" + SECOND),
        400,
    ),
    Row(
        43,
        "Transfer-Encoding and Content-Length",
        wire(LINE + FORM + CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n" + SECOND),
        400,
    ),
    Row(
        43,
        "an unknown Transfer-Encoding",
        wire(LINE + FORM + b"Transfer-Encoding: chunked, identity\r\n\r\n" + _chunk(SENT)),
        (400, 501),
    ),
    Row(
        43,
        "a Transfer-Encoding with a blank",
        wire(LINE + FORM + b"Transfer-Encoding : chunked\r\n" + LENGTH + b"\r\n" + SENT),
        400,
    ),
    Row(43, "chunks that are none", wire(LINE + FORM + CHUNKED + b"\r\nzz\r\nx\r\n0\r\n\r\n"), 400),
    Row(43, "a header folded over two lines", wire(GET + b"X-Long: a\r\n b\r\n\r\n"), (200, 400)),
    Row(43, "a header without a name", wire(GET + b": value\r\n\r\n"), 400),
    Row(43, "a header with NUL", wire(GET + b"X-Nul: a\0b\r\n\r\n"), (200, 400)),
    Row(43, "a line that is no request", wire(b"what\r\n\r\n"), 400),
    Row(
        43,
        "a version that is none",
        wire(b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
        (200, 400, 505),
    ),
    Row(43, "a TLS greeting", wire(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 32 + b"\r\n\r\n"), 400),
    Row(43, "an address of 300 KB", wire(GET.replace(b"privacy", b"a" * 300_000) + b"\r\n"), (400, 414, 431)),
    Row(43, "headers of 300 KB", wire(GET + b"X-Long: " + b"a" * 300_000 + b"\r\n\r\n"), 431),
    Row(43, "20,000 headers", wire(GET + b"X-A: b\r\n" * 20_000 + b"\r\n"), (200, 431)),
    Row(43, "no Host", wire(b"GET /privacy HTTP/1.1\r\nConnection: close\r\n\r\n"), (200, 400)),
    Row(43, "two Hosts", wire(GET + b"Host: evil.tld\r\n\r\n"), 400),
    Row(43, "the address of another site", wire(GET.replace(b" /", b" http://evil.tld/") + b"\r\n"), (200, 400)),
    Row(
        43,
        "CONNECT",
        wire(b"CONNECT evil.tld:443 HTTP/1.1\r\nHost: evil.tld:443\r\nConnection: close\r\n\r\n"),
        (400, 404, 405),
    ),
    Row(44, "a cookie of 20 KB", cookie("x" * 20_000), (302, 400, 431)),
    Row(
        44, "a cookie that was tampered with", cookie("eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"), 302
    ),
    Row(44, "a cookie of half a character", cookie('"\\355\\240\\200"'), 302),
    Row(44, "a cookie that unpacks to much", cookie("." + "eJ" * 2_000), 302),
]
