"""The main job by keyboard alone: Tab, Space, Enter and letters; what has the focus is seen to have it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ADDRESS, PASSWORD, percent

pytestmark = [pytest.mark.browser, pytest.mark.process]

MOST_TABS = 120
HERE = """() => {
    const here = document.activeElement, label = here.labels?.[0]?.innerText;
    const style = getComputedStyle(here), ring = here.querySelector('.reach'); // of a point in the picture
    return {
        name: here.getAttribute('aria-label') || label || here.innerText || here.value || '',
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            || Boolean(ring) && getComputedStyle(ring).stroke !== 'none',
    };
}"""


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until something of this name has the focus; every stop on the way has to be seen."""
    wanted, passed = re.compile(name, re.I), []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        passed.append(here["name"].strip()[:40])
        assert here["seen"], f"nothing shows that “{passed[-1]}” has the focus"
        if wanted.search(here["name"]):
            return
    raise AssertionError(f"no way by Tab to “{name}”: {passed}")


def press(page: Page, name: str) -> None:
    """Goes there and presses Enter."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_from_the_first_page_to_the_weekly_mail(page: Page) -> None:
    page.goto("/")
    press(page, "^Sign up$")
    expect(page).to_have_url(re.compile("/signup"))
    page.wait_for_load_state()
    if not page.evaluate("document.activeElement.name === 'email'"):
        tab_to(page, "^Email")
    page.keyboard.type(ADDRESS)
    tab_to(page, "^Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/welcome"))
    press(page, "^Next$")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    press(page, "^Next$")
    expect(page.get_by_text("3 of 3")).to_be_visible()
    press(page, "^Make my plan$")
    expect(page).to_have_url(re.compile("/dashboard"))
    assert percent(page) == 0

    page.keyboard.press("Tab")
    assert page.evaluate(HERE)["name"] == "Skip to the page", "the first stop leads past the head of the page"
    page.keyboard.press("Enter")
    tab_to(page, "^Mark .* as done$")
    row = page.locator(".tick", has=page.locator(":focus"))
    name = row.get_attribute("id")
    page.keyboard.press("Enter")
    ticked = page.locator(f"#{name}")
    expect(ticked).to_have_attribute("data-state", "done")
    expect(page.get_by_role("status").filter(has_text="Done:")).to_be_visible()
    expect(ticked.locator(".check")).to_be_focused()
    press(page, "^Undo$")
    expect(ticked).to_have_attribute("data-state", "todo")
    expect(ticked.locator(".check")).to_be_focused()
    page.keyboard.press("Enter")
    expect(ticked).to_have_attribute("data-state", "done")

    page.reload()
    press(page, "^Your account")
    press(page, "^Reminders$")
    expect(page).to_have_url(re.compile("/settings/reminders"))
    tab_to(page, "^Day$")
    page.keyboard.type("Wed")
    tab_to(page, "^Save$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Wednesday")).to_be_visible()
    page.reload()
    assert page.locator("select").first.evaluate("s => s.selectedOptions[0].text") == "Wednesday"
