"""A real Chromium at the running site; console errors and requests to other hosts fail the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The site as `make run` starts it, with its mail written as files."""
    with Site(tmp_path) as running:
        yield running


@contextmanager
def watched(chromium: Browser, site: Site, faults: list[str], **choices: Any) -> Iterator[Page]:
    """A page in Berlin; what its console says of errors and what it asks of other hosts is added to ``faults``."""
    context = chromium.new_context(base_url=site.url, timezone_id="Europe/Berlin", locale="en-GB", **choices)
    opened = context.new_page()

    def look(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(site.url).netloc and not request.url.startswith("data:"):
            faults.append(f"request to {request.url}")

    opened.on("request", look)
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page that must stay without console errors and without requests to other hosts."""
    faults: list[str] = []
    with watched(chromium, site, faults) as opened:
        yield opened
    assert faults == []
