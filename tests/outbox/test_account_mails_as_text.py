"""The text part of every account mail is as narrow as mail is read, and says whose site it is."""

from __future__ import annotations

from typing import Any

import pytest

from config import SHIPPED, Settings
from tests.environment import NOW
from tracker.outbox.render import Renderer

EMAILS = SHIPPED / "templates" / "emails"
ACCOUNT_MAILS = sorted(file.stem for file in EMAILS.glob("*.html") if "_account.html" in file.read_text()[:40])
LINK = "https://waymark.example.org/somewhere/" + "x" * 60


def test_there_are_some() -> None:
    assert len(ACCOUNT_MAILS) == 8


@pytest.mark.parametrize("kind", ACCOUNT_MAILS)
def test_no_line_is_wider_than_72(settings: Settings, kind: str) -> None:
    said: dict[str, Any] = {
        "link": LINK, "forgotten": LINK, "at": NOW, "timezone": "Australia/Lord_Howe", "device": "Firefox on Linux",
        "said": "A passkey was added", "network": "2001:db8:0:0::/64",
    }  # fmt: skip
    text = Renderer(settings).content(kind, **said).text
    assert not [line for line in text.splitlines() if len(line) > 72 and "http" not in line]
    assert "\n\n\n" not in text
    assert LINK in text.splitlines()
