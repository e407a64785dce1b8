"""A weekly mail as it arrives, and every link in it that acts, followed in a browser that knows nobody."""

from __future__ import annotations

import re
import sqlite3
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watched
from tests.browser.steps import mail_in, plain
from tests.browser.test_every_page import AXE
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

SAYS = {
    "done": "Done: ",
    "snooze": "Snoozed",
    "slot": "Changed",
    "pause": "Your plan is paused",
    "unsubscribe": "The weekly mail is off",
}


def weekly_mail(site: Site) -> str:
    """The text of the demo account's weekly mail, which is due at once."""
    site.tracker("demo")
    with sqlite3.connect(site.instance / "tracker.db", timeout=20) as database:
        database.execute("UPDATE reminder_preference SET next_due_at = datetime('now', '-1 hour')")
    database.close()
    site.tracker("reminders", "run")
    return plain(mail_in(site.instance / "mail", "weekly"))


def links(text: str) -> dict[str, str]:
    """The first link of each kind."""
    found: dict[str, str] = {}
    for address in re.findall(r"https?://[^\s)]+", text):
        path = urlsplit(address).path
        kind = path.split("/")[2] if path.startswith("/mail/") else path.split("/")[1]
        if kind in SAYS:
            found.setdefault(kind, path)
    return found


def unsound(page: Page) -> list[str]:
    """What axe finds, and what sticks out of a phone."""
    found = [violation["id"] for violation in Axe().run(page, options=AXE).response["violations"]]
    return found + ["sticks out"] * page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_every_link_that_acts_works_without_log_in(chromium: Browser, site: Site) -> None:
    acts = links(weekly_mail(site))
    assert acts.keys() == SAYS.keys()
    faults: list[str] = []
    with watched(chromium, site, faults, viewport={"width": 390, "height": 800}) as page:
        for kind in SAYS:  # that which stops the mail comes last
            page.goto(acts[kind])
            assert not unsound(page), kind
            assert page.locator("main button").count() == 1
            if kind == "slot":
                page.get_by_label("Hour").select_option("17")
            page.locator("main button").click()
            assert SAYS[kind] in page.get_by_role("heading", level=1).inner_text()
            assert urlsplit(page.url).path == acts[kind]
            assert not unsound(page), kind
        assert page.context.cookies() == []
    assert faults == []
