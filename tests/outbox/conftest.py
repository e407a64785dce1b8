"""What tests of this room share."""

from __future__ import annotations

import pytest

from tests.smtp_sink import SmtpSink


@pytest.fixture(params=["commands at once", "one by one"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with a mail server that takes MAIL, RCPT and DATA together, once with one that does not."""
    monkeypatch.setattr(SmtpSink, "pipelining", request.param == "commands at once")
