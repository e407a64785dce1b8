"""What the first view of a public page costs over the wire, in a real browser with an empty cache."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Response

from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

MOST_BYTES = 60_000
PAGES = (
    "/", "/paths", "/paths/ml-engineer", "/paths/data-scientist", "/paths/ml-engineer/roadmap",
    "/compare/ml-engineer/backend-developer", "/search?q=learning", "/paths/ml-engineer/milestones/numpy",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_first_view_is_small_and_leaves_no_cookie(chromium: Browser, site: Site, address: str) -> None:
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    sizes = {answer.url: answer.request.sizes() for answer in answers}
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert len(sizes) >= 5, "page, styles and scripts were counted"
    assert total < MOST_BYTES, sizes
    assert context.cookies() == []
    context.close()


def test_a_second_view_asks_for_nothing_but_the_page(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/paths", wait_until="networkidle")
    page.goto("/paths/ml-engineer/milestones/numpy", wait_until="networkidle")
    loaded = "performance.getEntriesByType('resource').map(one => [one.name, one.transferSize])"
    sizes = page.evaluate(loaded)
    assert len(sizes) >= 4
    assert [name for name, size in sizes if size] == []
    context.close()
