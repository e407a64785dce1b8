"""What each setting may be: reads one, or refuses it by name. See config.py for all of them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import idna

Word = TypeVar("Word", bound=str)
SECRET_BYTES = 32
TOKEN_LENGTH = 16
PLACEHOLDERS = ("changeme", "change-me", "change_me", "insecure", "secret-key", "secret_key", "secretkey")
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_GUESSES = 100
"""Wrong passwords in a row that one account may take at most (NIST SP 800-63B)."""


class SettingError(ValueError):
    """A setting that does not parse; its text is one line that begins with the setting's name."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. ``tls`` is how the connection is protected."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: Literal["none", "starttls", "tls"] = "none"


def full_name(name: str) -> str:
    """As it stands in the environment."""
    return name if name == "PORT" else f"TRACKER_{name}"


def choice(get: Mapping[str, str], name: str, *allowed: Word) -> Word:
    """One of a few words, of which the first is the default."""
    given = get.get(name) or allowed[0]
    for word in allowed:
        if word == given:
            return word
    raise SettingError(f"{full_name(name)}: '{given}' is none of {', '.join(allowed)}.")


def line(text: str, name: str) -> str:
    """One line: it goes into the heads of mails."""
    if any(ord(c) < 32 for c in text):
        raise SettingError(f"{full_name(name)}: must be one line of text.")
    return text.strip()


def whole_number(get: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """From ``low`` to ``high``, both included."""
    text = get.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{full_name(name)}: '{text}' is not a whole number from {low} to {high}.")
    return int(text)


def rate(text: str) -> float:
    """Mails a second; 0 where nothing limits them."""
    if not text:
        return 0.0
    plain = text.isascii() and text.replace(".", "", 1).isdigit()
    if not plain or not 0.01 <= float(text) <= 10_000:
        raise SettingError(f"TRACKER_MAIL_RATE: '{text}' is not a number of mails a second from 0.01 to 10000.")
    return float(text)


def make_folder(folder: Path) -> None:
    """The instance folder, for this account alone, unless it is there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingError(f"TRACKER_INSTANCE_DIR: {folder} cannot be made ({fault.strerror}).") from fault
    if not os.access(folder, os.W_OK):
        raise SettingError(f"TRACKER_INSTANCE_DIR: {folder} cannot be written.")


def database_url(url: str) -> str:
    """As SQLAlchemy wants it."""
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingError("TRACKER_DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://.")
    if url in ("sqlite:///", "sqlite:///:memory:"):
        raise SettingError("TRACKER_DATABASE_URL: a database in memory would be lost; name a file.")
    return url


def secret_key(given: str, env: str, instance_dir: Path) -> str:
    """The given one; in development else one that is made once and kept in the instance folder."""
    if given:
        if len(given.encode()) < SECRET_BYTES:
            raise SettingError(
                f"TRACKER_SECRET_KEY: shorter than {SECRET_BYTES} bytes; make one with 'openssl rand -hex 32'."
            )
        if env == "production" and any(word in given.lower() for word in PLACEHOLDERS):
            raise SettingError(
                "TRACKER_SECRET_KEY: everybody can read this one somewhere; make one with 'openssl rand -hex 32'."
            )
        return given
    if env == "production":
        raise SettingError(
            "TRACKER_SECRET_KEY: required when TRACKER_ENV=production; make one with 'openssl rand -hex 32'."
        )
    file = instance_dir / "secret_key"
    try:
        # O_EXCL: of two processes that start at once, one writes the key and both read the same.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(SECRET_BYTES))
    except FileExistsError:
        pass
    key = file.read_text().strip()
    if len(key) < SECRET_BYTES:
        raise SettingError(f"TRACKER_SECRET_KEY: {file} is empty or cut short; delete it to have a new one made.")
    return key


def token(given: str) -> str:
    """A word too long to be guessed, or none."""
    if given and not (len(given) >= TOKEN_LENGTH and given.isascii() and given.isprintable() and " " not in given):
        raise SettingError(
            f"TRACKER_METRICS_TOKEN: {TOKEN_LENGTH} letters and digits or more; make one with 'openssl rand -hex 16'."
        )
    return given


def fallbacks(given: str) -> tuple[str, ...]:
    """Former keys, as they stand between commas."""
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    if any(len(key.encode()) < SECRET_BYTES for key in keys):
        raise SettingError(f"TRACKER_SECRET_KEY_FALLBACKS: one of the keys is shorter than {SECRET_BYTES} bytes.")
    return keys


def refuse_debug(environ: Mapping[str, str]) -> None:
    """Flask's debugger lets whoever sees a fault run code."""
    if environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        raise SettingError("FLASK_DEBUG: must not be set when TRACKER_ENV=production.")


def refuse_guessing(get: Mapping[str, str]) -> None:
    """A limit that is raised for a trial must not be left so."""
    if whole_number(get, "LOGIN_LIMIT", 10, 1, 1_000_000) > MOST_GUESSES:
        raise SettingError(
            f"TRACKER_LOGIN_LIMIT: at most {MOST_GUESSES} when TRACKER_ENV=production, or passwords can be guessed."
        )


def refuse_open_file(database_url: str) -> None:
    """We make our files private; one that every account of the machine may read was copied here or opened up."""
    if not database_url.startswith("sqlite:///"):
        return
    file = Path(database_url.removeprefix("sqlite:///").split("?")[0])
    if file.exists() and file.stat().st_mode & 0o007:
        raise SettingError(f"TRACKER_DATABASE_URL: everybody on this machine may open {file}; run 'chmod 600 {file}'.")


def _parts(address: str, *schemes: str) -> SplitResult | None:
    """Of an address with a host and one of these schemes; None for what is no such address."""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, half a bracket
        return None
    return parts if sound else None


def base_url(given: str, env: str, port: int) -> str:
    """As browsers write it, without a slash at its end; in development this machine where none is given."""
    if not given:
        if env == "production":
            raise SettingError("TRACKER_BASE_URL: required when TRACKER_ENV=production, for the links in mail.")
        return f"http://127.0.0.1:{port}"
    parts = _parts(given.strip(), "http", "https")
    if parts is None or parts.query or parts.fragment or parts.username is not None:
        raise SettingError(f"TRACKER_BASE_URL: '{given}' is not an address such as https://learn.example.org.")
    if parts.path.strip("/"):
        raise SettingError(
            f"TRACKER_BASE_URL: '{given}' has a path, but the site needs a host name or port of its own."
        )
    if env == "production" and parts.scheme == "http" and parts.hostname not in THIS_MACHINE:
        raise SettingError(
            "TRACKER_BASE_URL: must begin with https:// when TRACKER_ENV=production, or passwords travel open."
        )
    return f"{parts.scheme}://{_ascii(parts.netloc.lower(), given)}"


def _ascii(netloc: str, given: str) -> str:
    """münchen.example as browsers send it: xn--mnchen-3ya.example."""
    if netloc.isascii():
        return netloc
    host, colon, port = netloc.partition(":")
    try:
        return idna.encode(host, uts46=True).decode() + colon + port
    except idna.IDNAError as fault:
        raise SettingError(f"TRACKER_BASE_URL: '{given}' has a host name that cannot be ({fault}).") from fault


def mail_server(url: str, env: str) -> MailServer | None:
    """From its address; None where mail is to be written as files."""
    if not url:
        return None
    parts = _parts(url.strip(), "smtp", "smtps")
    asked = parse_qs(parts.query.lower(), keep_blank_values=True) if parts else {}
    wish = asked.pop("tls", [""])[0]
    # What is not understood is refused: behind a misspelt ?tsl=starttls all would travel open.
    strange = parts is None or asked or parts.path.strip("/") or wish not in ("", "starttls", "none")
    if parts is None or strange or (parts.scheme == "smtps" and wish):
        raise SettingError("TRACKER_MAIL_URL: must look like smtp://user:pass@host:587?tls=starttls or smtps://….")
    tls: Literal["none", "starttls", "tls"] = "tls" if parts.scheme == "smtps" else "none"
    if wish == "starttls":
        tls = "starttls"
    open_password = parts.password and tls == "none" and wish != "none" and parts.hostname not in THIS_MACHINE
    if env == "production" and open_password:
        raise SettingError(
            "TRACKER_MAIL_URL: the password would travel open; use smtps://… or ?tls=starttls, or say ?tls=none."
        )
    fallback = {"tls": 465, "starttls": 587, "none": 25}[tls]
    return MailServer(
        parts.hostname or "", parts.port or fallback, unquote(parts.username or ""), unquote(parts.password or ""), tls
    )


def mailbox(text: str, name: str) -> str:
    """A mail address, with a name before it or without; empty where none is given."""
    found = getaddresses([text])
    if text and (len(found) != 1 or "@" not in found[0][1] or any(ord(c) < 32 for c in text)):
        raise SettingError(f"TRACKER_{name}: '{text}' is not a mail address such as Waymark <waymark@example.org>.")
    return text
