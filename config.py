"""Settings: read once from the environment (prefix ``TRACKER_``), checked, and refused by name when they make no sense.

The names and defaults are those of the contract with the outside; see the README's table.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parent
FROM_SOURCE = (ROOT / "templates").is_dir()
SHIPPED = ROOT if FROM_SOURCE else ROOT / "tracker" / "shipped"
"""Templates, static files, paths and migrations: beside this file, or inside the package of a wheel (setup.py)."""
SECRET_BYTES = 32
TOKEN_LENGTH = 16
PLACEHOLDERS = ("changeme", "change-me", "change_me", "insecure", "secret-key", "secret_key", "secretkey")
MOST_GUESSES = 100
"""Wrong passwords in a row that one account may take at most (NIST SP 800-63B)."""
KNOWN = frozenset(
    "DATABASE_URL INSTANCE_DIR SECRET_KEY ENV BASE_URL MAIL_URL MAIL_FROM MAIL_SPREAD MAIL_AMBIGUOUS "
    "MAIL_UNSUBSCRIBE MAIL_RATE METRICS_TOKEN SITE_NAME SECRET_KEY_FALLBACKS PROXIES LOGIN_LIMIT "
    "PASSWORD_MEMORY".split()
)


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


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two installations."""

    instance_dir: Path
    database_url: str
    secret_key: str
    base_url: str
    env: Literal["development", "production"] = "development"
    mail: MailServer | None = None
    mail_from: str = "Waymark <waymark@localhost>"
    mail_spread: int = 15
    """Minutes over which the reminders of one slot are spread; 0 sends at once."""
    mail_ambiguous: Literal["resend", "hold"] = "resend"
    mail_rate: float = 0.0
    """Mails a second, of all processes together; 0 sets no limit."""
    mail_unsubscribe: str = ""
    """A mailbox that is read, offered as a second way to unsubscribe; empty offers none."""
    metrics_token: str = ""
    """Whoever sends it may read /metrics; empty: only this machine, while the site is of this machine alone."""
    site_name: str = "Waymark"
    port: int = 8000
    paths_dir: Path = SHIPPED / "seed_data" / "paths"
    password_memory_kib: int = 19_456
    """Argon2id memory of one hash (OWASP: at least 19 MiB, t=2, p=1). Tests take less."""
    secret_key_fallbacks: tuple[str, ...] = ()
    """Former keys, newest first: what was signed with them is still taken, nothing new is signed with them."""
    proxies: int = 0
    """How many reverse proxies of ours stand before us: so many entries of X-Forwarded-For are believed."""
    login_limit: int = 10
    """Wrong passwords in five minutes for one account, and from one network address; other limits grow with it."""
    unknown: tuple[str, ...] = ()
    """``TRACKER_`` names that mean nothing to us: warned about at the start."""

    @property
    def https(self) -> bool:
        """Whether people reach us over https: decides cookie names, ``Secure`` and HSTS."""
        return self.base_url.startswith("https://")

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys whose signatures are taken, oldest first and the present one last, as itsdangerous wants them."""
        return (*reversed(self.secret_key_fallbacks), self.secret_key)

    @property
    def host(self) -> str:
        """The host name that people use, without its port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the base URL is this machine itself: browsers trust it without https."""
        return _is_this_machine(self.host)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the base URL, as browsers name it."""
        parts = urlsplit(self.base_url)
        usual = {"http": ":80", "https": ":443"}[parts.scheme]
        return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"

    @property
    def mail_dir(self) -> Path:
        """Where mail is written as ``.eml`` files when no mail server is set."""
        return self.instance_dir / "mail"

    @property
    def embedded(self) -> bool:
        """True on the SQLite default, where ``serve`` runs the reminder process too."""
        return self.database_url.startswith("sqlite")


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; raises SettingError naming the first one that is wrong."""
    get = {name.removeprefix("TRACKER_"): value for name, value in environ.items() if name.startswith("TRACKER_")}
    env = _choice(get, "ENV", ("development", "production"), "development")
    here = ROOT if FROM_SOURCE else Path.cwd()  # nothing is kept among installed packages
    instance_dir = Path(get.get("INSTANCE_DIR") or here / "instance").expanduser().resolve()
    _make_folder(instance_dir)
    port = _whole_number(environ, "PORT", 8000, 1, 65_535)
    database_url = _database_url(get.get("DATABASE_URL") or f"sqlite:///{instance_dir / 'tracker.db'}")
    if env == "production":
        _refuse_debug(environ)
        _refuse_open_file(database_url)
        _refuse_guessing(get)
    return Settings(
        instance_dir=instance_dir,
        database_url=database_url,
        secret_key=_secret_key(get.get("SECRET_KEY", ""), env, instance_dir),
        base_url=_base_url(get.get("BASE_URL", ""), env, port),
        env=env,  # type: ignore[arg-type]  # _choice has checked it against the same two words
        mail=_mail_server(get.get("MAIL_URL", ""), env),
        mail_from=_mailbox(get.get("MAIL_FROM") or "Waymark <waymark@localhost>", "MAIL_FROM"),
        mail_spread=_whole_number(get, "MAIL_SPREAD", 15, 0, 24 * 60),
        mail_ambiguous=_choice(get, "MAIL_AMBIGUOUS", ("resend", "hold"), "resend"),  # type: ignore[arg-type]  # as above
        mail_rate=_rate(get.get("MAIL_RATE", "")),
        mail_unsubscribe=_mailbox(get["MAIL_UNSUBSCRIBE"], "MAIL_UNSUBSCRIBE") if get.get("MAIL_UNSUBSCRIBE") else "",
        metrics_token=_token(get.get("METRICS_TOKEN", "")),
        site_name=_line(get.get("SITE_NAME", ""), "SITE_NAME") or "Waymark",
        port=port,
        password_memory_kib=1024 * _whole_number(get, "PASSWORD_MEMORY", 19, 19, 1024),
        secret_key_fallbacks=_fallbacks(get.get("SECRET_KEY_FALLBACKS", "")),
        proxies=_whole_number(get, "PROXIES", 0, 0, 10),
        login_limit=_whole_number(get, "LOGIN_LIMIT", 10, 1, 1_000_000),
        unknown=tuple(sorted(f"TRACKER_{name}" for name in get.keys() - KNOWN)),
    )


def _full_name(name: str) -> str:
    return name if name == "PORT" else f"TRACKER_{name}"


def _choice(get: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = get.get(name) or default
    if value not in allowed:
        raise SettingError(f"{_full_name(name)}: '{value}' is none of {', '.join(allowed)}.")
    return value


def _line(text: str, name: str) -> str:
    """One line: it goes into the heads of mails."""
    if any(ord(c) < 32 for c in text):
        raise SettingError(f"{_full_name(name)}: must be one line of text.")
    return text.strip()


def _whole_number(get: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = get.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{_full_name(name)}: '{text}' is not a whole number from {low} to {high}.")
    return int(text)


def _rate(text: str) -> float:
    if not text:
        return 0.0
    plain = text.isascii() and text.replace(".", "", 1).isdigit()
    if not plain or not 0.01 <= float(text) <= 10_000:
        raise SettingError(f"TRACKER_MAIL_RATE: '{text}' is not a number of mails a second from 0.01 to 10000.")
    return float(text)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingError(f"TRACKER_INSTANCE_DIR: {folder} cannot be made ({fault.strerror}).") from fault
    if not os.access(folder, os.W_OK):
        raise SettingError(f"TRACKER_INSTANCE_DIR: {folder} cannot be written.")


def _database_url(url: str) -> str:
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingError("TRACKER_DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://.")
    if url in ("sqlite:///", "sqlite:///:memory:"):
        raise SettingError("TRACKER_DATABASE_URL: a database in memory would be lost; name a file.")
    return url


def _secret_key(given: str, env: str, instance_dir: Path) -> str:
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


def _token(given: str) -> str:
    if given and not (len(given) >= TOKEN_LENGTH and given.isascii() and given.isprintable() and " " not in given):
        raise SettingError(
            f"TRACKER_METRICS_TOKEN: {TOKEN_LENGTH} letters and digits or more; make one with 'openssl rand -hex 16'."
        )
    return given


def _fallbacks(given: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    if any(len(key.encode()) < SECRET_BYTES for key in keys):
        raise SettingError(f"TRACKER_SECRET_KEY_FALLBACKS: one of the keys is shorter than {SECRET_BYTES} bytes.")
    return keys


def _refuse_debug(environ: Mapping[str, str]) -> None:
    if environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        raise SettingError("FLASK_DEBUG: must not be set when TRACKER_ENV=production.")


def _refuse_guessing(get: Mapping[str, str]) -> None:
    if _whole_number(get, "LOGIN_LIMIT", 10, 1, 1_000_000) > MOST_GUESSES:
        raise SettingError(
            f"TRACKER_LOGIN_LIMIT: at most {MOST_GUESSES} when TRACKER_ENV=production, or passwords can be guessed."
        )


def _refuse_open_file(database_url: str) -> None:
    """We make our files private; one that every account of the machine may read was copied here or opened up."""
    if not database_url.startswith("sqlite:///"):
        return
    file = Path(database_url.removeprefix("sqlite:///").split("?")[0])
    if file.exists() and file.stat().st_mode & 0o007:
        raise SettingError(f"TRACKER_DATABASE_URL: everybody on this machine may open {file}; run 'chmod 600 {file}'.")


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _base_url(given: str, env: str, port: int) -> str:
    if not given:
        if env == "production":
            raise SettingError("TRACKER_BASE_URL: required when TRACKER_ENV=production, for the links in mail.")
        return f"http://127.0.0.1:{port}"
    parts = urlsplit(given)
    try:
        sound = parts.port != 0
    except ValueError:  # a port that is none
        sound = False
    if not sound or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"TRACKER_BASE_URL: '{given}' is not an address such as https://learn.example.org.")
    if env == "production" and parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise SettingError(
            "TRACKER_BASE_URL: must begin with https:// when TRACKER_ENV=production, or passwords travel open."
        )
    return given.rstrip("/")


def _mail_server(url: str, env: str = "development") -> MailServer | None:
    if not url:
        return None
    parts = urlsplit(url)
    wish = parse_qs(parts.query).get("tls", [""])[0]
    try:
        port = parts.port
    except ValueError as fault:
        raise SettingError("TRACKER_MAIL_URL: its port is not a number from 1 to 65535.") from fault
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or wish not in ("", "starttls", "none"):
        raise SettingError("TRACKER_MAIL_URL: must look like smtp://user:pass@host:587?tls=starttls or smtps://….")
    tls: Literal["none", "starttls", "tls"] = "tls" if parts.scheme == "smtps" else "none"
    if wish == "starttls":
        tls = "starttls"
    open_password = parts.password and tls == "none" and wish != "none" and not _is_this_machine(parts.hostname)
    if env == "production" and open_password:
        raise SettingError(
            "TRACKER_MAIL_URL: the password would travel open; use smtps://… or ?tls=starttls, or say ?tls=none."
        )
    fallback = {"tls": 465, "starttls": 587, "none": 25}[tls]
    return MailServer(
        parts.hostname, port or fallback, unquote(parts.username or ""), unquote(parts.password or ""), tls
    )


def _mailbox(text: str, name: str) -> str:
    address = parseaddr(text)[1]
    if "@" not in address or any(ord(c) < 32 for c in text):
        raise SettingError(f"TRACKER_{name}: '{text}' is not a mail address such as Waymark <waymark@example.org>.")
    return text
