"""The page that asks for the password once more is no wider than the screen, for all that it carries along unseen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watched
from tests.browser.steps import sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


def test_the_page_that_asks_again_fits_a_phone(chromium: Browser, site: Site) -> None:
    faults: list[str] = []
    with watched(chromium, site, faults, viewport={"width": 390, "height": 900}) as page:
        sign_up(page)
        site.stop()
        site.start(days=1)
        page.goto("/settings/security")
        page.get_by_role("button", name="Set up an app").click()
        expect(page.get_by_label("Your present password")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert [fault for fault in faults if "403" not in fault] == []
