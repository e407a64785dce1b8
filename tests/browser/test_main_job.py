"""What a newcomer does in the first three minutes, in a real browser."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]
ADDRESS, PASSWORD = "ada@example.org", "violet-harbor-quilt-27"


def mail_in(folder: Path, kind: str) -> EmailMessage:
    """The one mail of this kind, as it arrives."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if found := list(folder.glob(f"*{kind}*.eml")):
            return email.message_from_bytes(found[0].read_bytes(), policy=email.policy.default)
        time.sleep(0.1)
    raise AssertionError(f"no mail of kind {kind} came")


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sign_up(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=re.compile("sign up|create", re.I)).click()
    expect(page).not_to_have_url(re.compile("signup"))


def enrol(page: Page) -> None:
    page.goto("/paths/ml-engineer/enrol")
    page.get_by_role("radio", name=re.compile("backend", re.I)).check()
    page.wait_for_url(re.compile("starting_point=backend-developer"))
    page.get_by_role("spinbutton", name="Hours a week").fill("12")
    page.get_by_role("button", name=re.compile("make my plan|start", re.I)).click()
    expect(page).to_have_url(re.compile("/dashboard"))


def percent(page: Page) -> int:
    found = re.search(r"(\d+)\s*%\s*done", page.inner_text("main"))
    assert found
    return int(found.group(1))


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
    expect(page.get_by_role("img", name=re.compile("timeline|plan", re.I)).first).to_be_visible()

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


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(chromium: Browser, site: Site, width: int, scheme: str) -> None:
    made = site.tracker("demo")
    password = re.search(r"password\s+(\S+)", made.stdout)
    assert password, made.stderr
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Email").fill("demo@example.org")
    page.get_by_label("Password").fill(password.group(1))
    page.get_by_role("main").get_by_role("button", name=re.compile("log in", re.I)).click()
    expect(page).to_have_url(re.compile("/dashboard"))
    for address in (
        "/", "/paths", "/paths/ml-engineer", "/dashboard", "/plan", "/milestones/ml-engineer/spam-classifier",
        "/settings/reminders", "/settings/account", "/nowhere",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()
