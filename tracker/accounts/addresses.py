"""Mail addresses and time zones as people type them."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from tracker import clock
from tracker.errors import InvalidInput
from tracker.language import gettext

LONGEST = 254


def normalised(address: str) -> str:
    """The address as it is kept: one form and lower case, so that one person has one account. Raises InvalidInput."""
    try:
        found = validate_email(address.strip(), check_deliverability=False)
    except EmailNotValidError as fault:
        raise InvalidInput(gettext("This is not a mail address, such as ada@example.org."), "email") from fault
    if len(found.normalized) > LONGEST:
        raise InvalidInput(gettext("A mail address has at most %(longest)s characters.", longest=LONGEST), "email")
    return found.normalized.lower()


def sound_zone(name: str) -> str:
    """The IANA zone, UTC where none is given (a browser without JavaScript). Raises InvalidInput for an unknown one."""
    name = name.strip() or "UTC"
    if name not in clock.zones():
        raise InvalidInput(gettext("This is not a time zone of the IANA list, such as Europe/Berlin."), "timezone")
    return name
