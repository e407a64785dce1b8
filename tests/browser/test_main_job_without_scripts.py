"""The whole main job on a phone without a script: from sign-up over plan, tick, log and settings to the end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.steps import ADDRESS, PASSWORD, mail_in, percent, plain
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "has_touch": True,
    "java_script_enabled": False,
}


@pytest.fixture
def phone(chromium: Browser, site: Site) -> Iterator[Page]:
    """A phone that runs no script, and asks no other host for anything."""
    faults: list[str] = []
    with watched(chromium, site, faults, **PHONE) as page:
        yield page
    assert faults == []


def press(page: Page, name: str) -> None:
    """A button or link of the page, which lies within the screen's width."""
    button = page.get_by_role("main").get_by_role("button", name=re.compile(name, re.I)).first
    box = button.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390, "nobody has to scroll sideways"
    assert min(box["width"], box["height"]) >= 24, "a thumb hits it"
    button.tap()


def test_from_the_first_page_to_a_deleted_account(phone: Page, site: Site, tmp_path: Path) -> None:
    _sign_up_and_confirm(phone, site)
    _to_the_plan(phone)
    _tick(phone)
    _log(phone)
    _settings(phone)
    _take_along(phone, tmp_path / "export.json")
    _leave(phone)


def _sign_up_and_confirm(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.tap()
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Time zone").fill("Europe/Berlin")
    press(page, "sign up")
    link = re.search(r"https?://\S+/verify-email/\S+", plain(mail_in(site.instance / "mail", "confirm-email")))
    assert link
    page.goto(urlsplit(link.group(0)).path)
    press(page, "confirm my address")
    expect(page.get_by_role("heading", level=1)).to_have_text("Address confirmed")


def _to_the_plan(page: Page) -> None:
    page.goto("/welcome")
    press(page, "next")
    page.get_by_role("radio", name=re.compile("backend", re.I)).check()
    page.get_by_role("spinbutton", name="Hours a week").fill("12")
    press(page, "work it out|show my credit")
    expect(page.locator("#answer")).to_contain_text("months")
    press(page, "^next")
    press(page, "make my plan")
    expect(page).to_have_url(re.compile("/dashboard"))
    assert percent(page) == 0


def _tick(page: Page) -> None:
    page.get_by_role("link", name="Plan", exact=True).first.tap()
    row = page.locator("#m-spam-classifier")
    row.get_by_role("button").tap()
    expect(page.locator("#m-spam-classifier")).to_have_attribute("data-state", "done")
    page.get_by_role("button", name="Undo").tap()
    expect(page.locator("#m-spam-classifier")).to_have_attribute("data-state", "todo")
    page.locator("#m-spam-classifier").get_by_role("button").tap()
    expect(page.locator("#m-spam-classifier")).to_have_attribute("data-state", "done")
    page.goto("/palette?q=done+pandas")
    press(page, "mark as done: pandas")
    expect(page.locator("#toasts")).to_contain_text("Done: Pandas")
    page.goto("/dashboard")
    assert percent(page) > 0


def _log(page: Page) -> None:
    page.get_by_role("link", name="Study log").first.tap()
    page.get_by_label("In one line").fill("45m pandas yesterday")
    press(page, "read it")
    press(page, "save")
    expect(page.get_by_role("main")).to_contain_text("45 min")


def _settings(page: Page) -> None:
    page.goto("/settings/reminders")
    page.get_by_label(re.compile("day", re.I)).first.select_option("2")
    page.get_by_label(re.compile("hour", re.I)).first.select_option("18")
    press(page, "save")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Wednesday \d+ \w+, 18:00, Berlin"))
    page.goto("/plan/settings")
    page.get_by_role("spinbutton", name="Hours a week").fill("9.5")
    press(page, "make new dates")
    expect(page.get_by_role("main")).to_contain_text("9.5 h a week")


def _take_along(page: Page, file: Path) -> None:
    page.goto("/settings/data")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Export as JSON").tap()
    coming.value.save_as(file)
    assert "spam-classifier" in json.dumps(json.loads(file.read_text()))


def _leave(page: Page) -> None:
    page.goto("/settings/data/delete")
    page.get_by_label("Your mail address").fill(ADDRESS)
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "delete everything")
    expect(page).not_to_have_url(re.compile("/settings"))
    page.goto("/dashboard")
    expect(page).to_have_url(re.compile("/login"))
