"""Dialogs and menus keep the focus while they are open and give it back; what changes is said where screen readers
listen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import enrol, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

INSIDE = """(() => {
  const here = document.activeElement;
  return here === document.body || document.querySelector('dialog[open]').contains(here);
})()"""
"""The body stands for the browser's own bars, which Tab comes to after the last place of a dialog."""


def test_the_palette_and_the_shortcuts_keep_the_focus_and_give_it_back(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.wait_for_load_state()
    before = page.get_by_role("link", name="Study log").first
    for key, name in (("Control+k", "Quick actions"), ("?", "Keyboard shortcuts")):
        before.focus()
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        for _ in range(20):
            page.keyboard.press("Tab")
            assert page.evaluate(INSIDE)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(before).to_be_focused()
        page.keyboard.press(key)
        page.get_by_role("dialog", name=name).get_by_role("button", name="Close").click()
        expect(before).to_be_focused()


def test_the_palette_says_how_much_it_found(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    said = page.locator("#palette > [role=status]")
    expect(said).to_have_text(re.compile(r"\d+ lines"))
    page.keyboard.type("zzzzzz")
    expect(said).to_have_text("0 lines")


def test_without_its_script_the_palette_is_a_page(chromium: Browser, site: Site) -> None:
    page = chromium.new_context(base_url=site.url).new_page()  # its console tells of the script that does not come
    sign_up(page)
    enrol(page)
    page.route("**/palette.js*", lambda route: route.abort())
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    expect(page).to_have_url(re.compile("/palette"))
    page.context.close()


def test_a_menu_closes_by_escape_and_gives_the_focus_back(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.wait_for_load_state()
    menu = page.locator(".account .menu > summary").last
    menu.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".menu-items [data-palette]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".menu[open]")).to_have_count(0)
    expect(menu).to_be_focused()


def test_a_help_beside_the_picture_gives_the_focus_back(page: Page) -> None:
    sign_up(page)
    enrol(page)
    opener = page.get_by_role("button", name="How to read this")
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_what_a_tick_did_is_put_into_the_place_that_is_listened_to(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.evaluate("window.heard = document.querySelector('[role=status]#toasts')")
    page.locator(".tick.todo .check").first.click()
    expect(page.locator(".tick.done").first).to_be_visible()
    assert page.evaluate("window.heard.isConnected && window.heard.textContent").strip().startswith("Done: ")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    assert page.evaluate("window.heard.isConnected && window.heard.textContent").strip().startswith("Taken back: ")
