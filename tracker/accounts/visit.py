"""Where a request comes from, as far as accounts care: plain values, so that services need no HTTP."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.language import gettext
from tracker.models import User

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's sender."""

    address: str = ""
    """The network address, in full; kept nowhere."""
    user_agent: str = ""
    request_id: str = ""
    known_to: Mapping[int, str] = field(default_factory=dict)
    """The accounts that have logged in with this browser before, each with this browser's name there."""

    def name_at(self, user: User) -> str:
        """This browser's name where the account knows it, else empty.

        A name begins with the account's own time, so that another password makes it void, and none is of use to the
        next account with the number of a deleted one, as SQLite may give it.
        """
        name = self.known_to.get(user.id, "")
        return name if name.startswith(_time_of(user)) else ""

    @property
    def subject(self) -> str:
        """What limits count: the address, of IPv6 the /64, because every household has as many as it likes."""
        return _network(self.address, 32, 64) or self.address

    @property
    def network(self) -> str:
        """What is written down: 203.0.113.0/24, 2001:db8:1::/48; enough to recognise, too little to find somebody."""
        return _network(self.address, 24, 48)

    @property
    def device(self) -> str:
        """Firefox on Linux"""
        return device_words(self.user_agent)


def new_name(user: User) -> str:
    """What an account calls a browser from now on."""
    return _time_of(user) + secrets.token_urlsafe(12)


def _time_of(user: User) -> str:
    return f"{int((user.devices_since or user.created_at).timestamp())}-"


def device_words(user_agent: str) -> str:
    """What a person would call it. Browsers claim to be each other, so the order of the lists matters."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or gettext("an unknown program")


def _network(address: str, v4: int, v6: int) -> str:
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, v4 if found.version == 4 else v6), strict=False))
