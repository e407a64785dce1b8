"""What a learner's pages weigh over the wire, headers and all, as Chromium counts it: the budget of a slow phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import watched
from tests.browser.steps import log_in
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

KB = 1024
FIRST, SCRIPT, AGAIN = 60 * KB, 20 * KB, 15 * KB


def test_the_first_view_and_the_next_ones_stay_within_the_budget(chromium: Browser, site: Site) -> None:
    password = re.search(r"password\s+(\S+)", site.tracker("demo").stdout)
    assert password
    with watched(chromium, site, []) as page:
        log_in(page, "demo@example.org", password.group(1))
        state: Any = page.context.storage_state()
    with watched(chromium, site, [], storage_state=state) as page:  # a browser that keeps nothing yet but the cookie
        addresses: dict[str, str] = {}
        weights: dict[str, int] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", lambda it: addresses.update({it["requestId"]: it["request"]["url"]}))
        devtools.on(
            "Network.loadingFinished", lambda it: weights.update({addresses[it["requestId"]]: it["encodedDataLength"]})
        )
        page.goto("/dashboard", wait_until="networkidle")
        assert len(weights) > 8
        assert sum(weights.values()) <= FIRST, weights
        scripts = [size for address, size in weights.items() if ".js" in address]
        assert len(scripts) >= 2
        assert sum(scripts) <= SCRIPT, weights
        for address in ("/dashboard", "/plan", "/log"):
            weights.clear()
            page.goto(address, wait_until="networkidle")
            assert 0 < sum(weights.values()) <= AGAIN, weights
