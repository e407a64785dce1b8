"""A mail's bytes, put together by hand: the standard library's header folding costs more than all the rest."""

from __future__ import annotations

import binascii
import datetime as dt
import functools
import re
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import urlsplit

from config import Settings
from tracker.models import OutboxMail
from tracker.outbox.render import Content
from tracker.signing import fingerprint


def message_id(settings: Settings, mail: OutboxMail) -> str:
    """The same for every attempt at one mail, and not to be guessed: nobody can send ahead of it."""
    # With the time of its making, since SQLite may give the number of a deleted row to a new one.
    text = f"{mail.user_id}|{mail.kind}|{mail.period or mail.id}|{mail.created_at.isoformat()}"
    return f"<{fingerprint(settings.secret_key, 'message-id', text)}@{mail_domain(settings)}>"


@functools.lru_cache(maxsize=64)  # a batch is written at one moment
def date_header(now: dt.datetime) -> str:
    """The Date of a first attempt."""
    return format_datetime(now.astimezone(dt.UTC))


@functools.cache
def _mailbox(address: str) -> tuple[str, str]:
    return parseaddr(address)


@functools.cache
def _author(address: str) -> str:
    return formataddr(_mailbox(address))


def envelope_sender(settings: Settings) -> str:
    """The bare address that mail comes from."""
    return _mailbox(settings.mail_from)[1]


def mail_domain(settings: Settings) -> str:
    """The domain mail comes from, also used in Message-ID and List-Id."""
    return envelope_sender(settings).rpartition("@")[2] or urlsplit(settings.base_url).hostname or "localhost"


def build(settings: Settings, mail: OutboxMail, content: Content, *, message_id: str, date: str) -> bytes:
    """The whole message with CRLF line ends: text first, then HTML."""
    headers = [
        ("From", _author(settings.mail_from)),
        ("To", mail.recipient),
        ("Subject", _encoded(content.subject)),
        ("Date", date),
        ("Message-ID", message_id),
        *(_list_headers(settings, content.unsubscribe) if content.unsubscribe else ()),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    ]
    # Quoted-printable never leaves "=_" in a body, so the boundary cannot occur inside a part.
    boundary = f"=_{fingerprint(settings.secret_key, 'boundary', message_id, 20)}"
    headers.append(("Content-Type", f'multipart/alternative; boundary="{boundary}"'))
    return b"".join(
        [
            *(_header(name, value) for name, value in headers),
            b"\r\n",
            _part(boundary, "plain", content.text),
            _part(boundary, "html", content.html),
            f"--{boundary}--\r\n".encode(),
        ]
    )


def _list_headers(settings: Settings, unsubscribe: str) -> list[tuple[str, str]]:
    mailbox = _mailbox(settings.mail_unsubscribe)[1]
    second = f",\r\n <mailto:{mailbox}?subject=unsubscribe>" if mailbox else ""
    return [
        ("List-Id", f"{_encoded(settings.site_name, quote=True)} weekly <weekly.{mail_domain(settings)}>"),
        ("List-Unsubscribe", f"<{unsubscribe}>{second}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _encoded(text: str, *, quote: bool = False) -> str:
    """As it is where mail headers can hold it, else an encoded word (folded by the library)."""
    if text.isascii() and text.isprintable() and len(text) < 200:
        return f'"{text}"' if quote and not text.replace(" ", "").isalnum() and '"' not in text else text
    return Header(text, "utf-8").encode(linesep="\r\n")


def _header(name: str, value: str) -> bytes:
    if not value.isprintable() and re.search(r"[\r\n]", value.replace("\r\n ", "")):
        raise ValueError(f"a line break in the header {name}")
    return f"{name}: {value}\r\n".encode()


def _part(boundary: str, kind: str, body: str) -> bytes:
    encoded = binascii.b2a_qp(body.replace("\r\n", "\n").encode(), istext=True)
    head = f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
    head += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + encoded.replace(b"\n", b"\r\n") + b"\r\n"
