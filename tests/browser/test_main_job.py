"""What a newcomer does in the first three minutes, in a real browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import enrol, mail_in, percent, plain, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


def test_from_sign_up_to_the_weekly_mail(page: Page, site: Site) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    sign_up(page)

    link = re.search(r"https?://\S+/verify-email/\S+", plain(mail_in(site.instance / "mail", "confirm-email")))
    assert link
    page.goto(urlsplit(link.group(0)).path)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_text(re.compile("confirmed", re.I)).first).to_be_visible()

    enrol(page)
    assert percent(page) == 0
    expect(page.get_by_role("group", name=re.compile("timeline", re.I)).first).to_be_visible()

    page.goto("/plan")
    page.evaluate("window.stays = true")
    row = page.locator("#m-spam-classifier")
    row.get_by_role("button", name=re.compile("done", re.I)).first.click()
    expect(row).to_have_attribute("data-state", "done")
    assert page.evaluate("window.stays") is True, "the tick needed no reload"
    page.get_by_role("button", name=re.compile("undo", re.I)).first.click()
    expect(row).to_have_attribute("data-state", "todo")
    row.get_by_role("button", name=re.compile("done", re.I)).first.click()
    expect(row).to_have_attribute("data-state", "done")
    page.goto("/dashboard")
    assert percent(page) > 0

    page.goto("/settings/reminders")
    page.get_by_label(re.compile("day", re.I)).first.select_option("2")
    page.get_by_label(re.compile("hour", re.I)).first.select_option("18")
    page.get_by_role("button", name=re.compile("save", re.I)).click()
    expect(page.get_by_text(re.compile(r"Wednesday \d+ \w+, 18:00, Berlin")).first).to_be_visible()


def test_everything_works_without_javascript(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_up(page)
    page.goto("/paths/ml-engineer/enrol")
    page.get_by_role("button", name=re.compile("make my plan|start", re.I)).click()
    page.goto("/plan")
    page.locator("#m-numpy").get_by_role("button", name=re.compile("done", re.I)).first.click()
    expect(page.locator("#m-numpy")).to_have_attribute("data-state", "done")
    page.get_by_role("button", name=re.compile("undo", re.I)).first.click()
    expect(page.locator("#m-numpy")).to_have_attribute("data-state", "todo")
    context.close()
