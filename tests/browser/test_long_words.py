"""What people write may be long and without a gap: it is cut short or broken, and the page around it stays as it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.steps import PASSWORD, log_in
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

ADDRESS = "anna-katharina.von-der-hohenbrunner-landstetten@versicherungen-nordwest.example.org"
LINE = 70
"""Pixels that a header of one line is high at most."""


@pytest.mark.parametrize("width", [390, 768, 1024, 1280])
def test_a_long_address_leaves_the_header_on_one_line(page: Page, site: Site, width: int) -> None:
    site.tracker("users", "create", ADDRESS, given=PASSWORD)
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, ADDRESS, PASSWORD)
    header = page.locator("header.top").bounding_box()
    account = page.locator(".account summary").bounding_box()
    assert header
    assert account
    assert header["height"] <= LINE
    assert account["x"] + account["width"] <= width
