"""An address on the web that a learner gives: checked once, kept in one form, and safe to show as a link. Pure."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from tracker.errors import InvalidInput
from tracker.language import gettext

MAX_LENGTH = 2048
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def checked_link(text: str, field: str = "url") -> str:
    """The address as it is kept: http or https, a host in letters that cannot be mistaken, no name or password.

    Names in other scripts are kept as punycode (xn--…), so that a look-alike shows what it is. Raises InvalidInput.
    """
    address = text.strip()
    if not address:
        raise InvalidInput(gettext("Give the address, such as https://example.org/page."), field)
    if len(address) > MAX_LENGTH:
        raise InvalidInput(
            gettext(
                "An address has at most %(max_length)s characters; this one has %(address)s.",
                max_length=MAX_LENGTH,
                address=len(address),
            ),
            field,
        )
    if any(_is_hidden(letter) for letter in address) or "\\" in address:
        raise InvalidInput(gettext("An address has no spaces, backslashes or invisible characters."), field)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InvalidInput(gettext("This address cannot be read."), field) from None
    if parts.scheme not in ("http", "https"):
        raise InvalidInput(gettext("Only addresses that begin with https:// or http:// can be kept."), field)
    if "@" in parts.netloc:
        raise InvalidInput(gettext("An address with a name before an @ can deceive; give it without."), field)
    host = _host(parts, field)
    kept = urlunsplit((parts.scheme, host + (f":{port}" if port else ""), parts.path, parts.query, parts.fragment))
    if len(kept) > MAX_LENGTH:
        raise InvalidInput(gettext("An address has at most %(max_length)s characters.", max_length=MAX_LENGTH), field)
    return kept


def _is_hidden(letter: str) -> bool:
    """Spaces, controls, marks that turn the direction of text, lone surrogates, what is not assigned."""
    return unicodedata.category(letter)[0] in "ZC"


def _host(parts: SplitResult, field: str) -> str:
    host = parts.hostname or ""
    if host.startswith("[") or ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            raise InvalidInput(gettext("This address names no host."), field) from None
    try:
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise InvalidInput(gettext("The name of the host cannot be read."), field) from None
    labels = ascii_host.removesuffix(".").split(".")
    if len(ascii_host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(gettext("This address names no host."), field)
    return ascii_host
