"""Whoever goes by keyboard sees where they are: each stop has a line round it, and nothing lies over it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watched
from tests.browser.steps import enrol, log_in_as_demo, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

STOP = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const mark = here.querySelector('.reach') || here, box = mark.getBoundingClientRect();
  const seen = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].filter(([x, y]) => {
    const found = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return found && (here.contains(found) || found.contains(here) || here.closest('label')?.contains(found));
  });
  const style = getComputedStyle(here), ring = getComputedStyle(mark);
  const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const line = mark === here ? ringed : ring.stroke !== 'none';
  const name = here.getAttribute('aria-label') || here.name || here.textContent.trim().slice(0, 40);
  return { name, hidden: !seen.length, line };
}"""


def stops(page: Page) -> list[dict[str, Any]]:
    """Every place that Tab comes to, once round the page."""
    found: list[dict[str, Any]] = []
    while (stop := _next(page)) is not None and len(found) < 400:
        if found and stop["name"] == found[0]["name"]:
            break  # once round
        found.append(stop)
    return found


def _next(page: Page) -> dict[str, Any] | None:
    page.keyboard.press("Tab")
    stop: dict[str, Any] | None = page.evaluate(STOP)
    return stop


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 700), (320, 400)])
def test_nothing_lies_over_what_has_the_focus(chromium: Browser, site: Site, width: int, height: int) -> None:
    faults: list[str] = []
    size: Any = {"width": width, "height": height}
    with watched(chromium, site, faults, viewport=size, reduced_motion="reduce") as page:
        log_in_as_demo(page, site)
        page.goto("/plan")
        page.get_by_role("button", name="as done").last.click()  # the message, with its undo, lies over the page
        page.locator("#toasts .toast").wait_for()
        seen = stops(page)
        assert len(seen) > 60
        assert [stop["name"] for stop in seen if stop["hidden"]] == []
        assert [stop["name"] for stop in seen if not stop["line"]] == []
    assert faults == []


def test_a_day_to_choose_has_its_line_wherever_one_is_in_it(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/plan/pauses")
    seen = stops(page)
    assert [stop["name"] for stop in seen].count("ends_on") == 4, "day, month, year, calendar"
    assert [stop["name"] for stop in seen if not stop["line"]] == []
