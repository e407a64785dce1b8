"""Settings: read once from the environment (prefix ``TRACKER_``), checked, and refused by name when they make no sense.

The names and defaults are those of the contract with the outside; see the README's table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import config_checks as checks
from config_checks import THIS_MACHINE, MailServer, SettingError

__all__ = ["FROM_SOURCE", "ROOT", "SHIPPED", "THIS_MACHINE", "MailServer", "SettingError", "Settings", "load"]

Env = Literal["development", "production"]
MAIL_FROM = "Waymark <waymark@localhost>"
ROOT = Path(__file__).resolve().parent
FROM_SOURCE = (ROOT / "templates").is_dir()
SHIPPED = ROOT if FROM_SOURCE else ROOT / "tracker" / "shipped"
"""Templates, static files, paths and migrations: beside this file, or inside the package of a wheel (setup.py)."""
KNOWN = frozenset(
    "DATABASE_URL INSTANCE_DIR SECRET_KEY ENV BASE_URL MAIL_URL MAIL_FROM MAIL_SPREAD MAIL_AMBIGUOUS "
    "MAIL_UNSUBSCRIBE MAIL_RATE METRICS_TOKEN SITE_NAME SECRET_KEY_FALLBACKS PROXIES LOGIN_LIMIT "
    "PASSWORD_MEMORY".split()
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two installations."""

    instance_dir: Path
    database_url: str
    secret_key: str
    base_url: str
    env: Env = "development"
    mail: MailServer | None = None
    mail_from: str = MAIL_FROM
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
        return self.host in THIS_MACHINE

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
    env: Env = checks.choice(get, "ENV", "development", "production")
    here = ROOT if FROM_SOURCE else Path.cwd()  # nothing is kept among installed packages
    instance_dir = Path(get.get("INSTANCE_DIR") or here / "instance").expanduser().resolve()
    checks.make_folder(instance_dir)
    port = checks.whole_number(environ, "PORT", 8000, 1, 65_535)
    database_url = checks.database_url(get.get("DATABASE_URL") or f"sqlite:///{instance_dir / 'tracker.db'}")
    if env == "production":
        checks.refuse_debug(environ)
        checks.refuse_open_file(database_url)
        checks.refuse_guessing(get)
    return Settings(
        instance_dir=instance_dir,
        database_url=database_url,
        secret_key=checks.secret_key(get.get("SECRET_KEY", ""), env, instance_dir),
        base_url=checks.base_url(get.get("BASE_URL", ""), env, port),
        env=env,
        mail=checks.mail_server(get.get("MAIL_URL", ""), env),
        mail_from=checks.mailbox(get.get("MAIL_FROM") or MAIL_FROM, "MAIL_FROM"),
        mail_spread=checks.whole_number(get, "MAIL_SPREAD", 15, 0, 24 * 60),
        mail_ambiguous=checks.choice(get, "MAIL_AMBIGUOUS", "resend", "hold"),
        mail_rate=checks.rate(get.get("MAIL_RATE", "")),
        mail_unsubscribe=checks.mailbox(get.get("MAIL_UNSUBSCRIBE", ""), "MAIL_UNSUBSCRIBE"),
        metrics_token=checks.token(get.get("METRICS_TOKEN", "")),
        site_name=checks.line(get.get("SITE_NAME", ""), "SITE_NAME") or "Waymark",
        port=port,
        password_memory_kib=1024 * checks.whole_number(get, "PASSWORD_MEMORY", 19, 19, 1024),
        secret_key_fallbacks=checks.fallbacks(get.get("SECRET_KEY_FALLBACKS", "")),
        proxies=checks.whole_number(get, "PROXIES", 0, 0, 10),
        login_limit=checks.whole_number(get, "LOGIN_LIMIT", 10, 1, 1_000_000),
        unknown=tuple(sorted(f"TRACKER_{name}" for name in get.keys() - KNOWN)),
    )
