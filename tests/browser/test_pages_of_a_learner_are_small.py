"""What the pages of somebody with eight months behind them cost over the wire, and that nothing on them jumps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Response

from tests.browser.steps import log_in_as_demo
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

MOST_FIRST, MOST_SCRIPT, MOST_AGAIN = 60_000, 20_000, 15_000
"""Bytes, headers included."""
TRANSFERRED = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, one) => sum + one.transferSize, 0)"""
SHIFT = """new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => sum += one.value))
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(sum), 300);
})"""


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    """Somebody logged in, whose browser has kept nothing yet."""
    context = chromium.new_context(base_url=site.url)
    log_in_as_demo(context.new_page(), site)
    state = context.storage_state()
    context.close()
    fresh = chromium.new_context(base_url=site.url, storage_state=state)
    yield fresh
    fresh.close()


def test_the_first_and_the_next_view_are_small_and_stand_still(visit: BrowserContext) -> None:
    page = visit.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/dashboard", wait_until="networkidle")
    sizes = {one.url: one.request.sizes() for one in answers}
    bytes_of = {url: size["responseBodySize"] + size["responseHeadersSize"] for url, size in sizes.items()}
    assert sum(bytes_of.values()) < MOST_FIRST, bytes_of
    scripts = sum(size for url, size in bytes_of.items() if ".js" in url)
    assert 10_000 < scripts < MOST_SCRIPT, bytes_of
    for address in ("/dashboard", "/plan", "/log"):
        page.goto(address, wait_until="networkidle")
        assert 0 < page.evaluate(TRANSFERRED) < MOST_AGAIN, address
        assert page.evaluate(SHIFT) == 0, address
