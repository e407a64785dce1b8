"""The palette and the shortcuts, by keyboard alone; and what a tick shows before its answer is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.steps import enrol, percent, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


def test_tick_log_and_go_from_anywhere_by_keyboard_alone(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/settings/data")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("done pandas")
    page.keyboard.press("Enter")  # waits for the lines of what was typed last
    expect(page.locator("#toasts")).to_contain_text("Done: Pandas")
    expect(page).to_have_url(re.compile("/settings/data"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("1h30 numpy yesterday")
    expect(page.locator("#palette .hit")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Logged: 1 h 30 min")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette .hit").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/plan$"))


def test_single_keys_are_listed_and_can_be_switched_off(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.wait_for_load_state()  # keys are listened to from then on
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Go to the plan")
    page.get_by_role("dialog").get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.keyboard.press("Control+k")  # not a single key: it stays
    expect(page.get_by_role("dialog", name="Quick actions")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page).to_have_url(re.compile("/dashboard"))


def test_a_tick_shows_at_once_and_the_server_has_the_last_word(chromium: Browser, site: Site) -> None:
    page = chromium.new_context(base_url=site.url).new_page()  # its console tells of the answer that does not come
    sign_up(page)
    enrol(page)
    page.wait_for_load_state()
    row = page.locator(".tick.todo").first
    name = row.get_attribute("id")
    fill = f"getComputedStyle(document.querySelector('#{name} .check')).backgroundColor"
    waiting: list[Route] = []
    page.route("**/milestones/**", lambda route: waiting.append(route))  # Playwright cannot take a built-in
    before = page.evaluate(fill)
    row.locator(".check").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name} .check")).not_to_have_css("background-color", before)
    assert percent(page) == 0, "only the server says what a tick is worth"
    waiting[0].abort()
    expect(page.locator("#toasts")).to_contain_text("did not answer")
    page.mouse.move(0, 0)
    expect(page.locator(f"#{name} .check")).to_have_css("background-color", before)
    expect(page.locator(f"#{name} .check")).to_be_focused()
    page.unroute("**/milestones/**")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}")).to_have_attribute("data-state", "done")
    expect(page.locator(f"#{name} .check")).to_be_focused()
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(f"#{name}")).to_have_attribute("data-state", "todo")
    expect(page.locator(f"#{name} .check")).to_be_focused()
    page.context.close()
