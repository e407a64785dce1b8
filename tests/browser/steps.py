"""What several browser tests do on the way."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect

from tests.site import Site

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
    """Its text part."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sign_up(page: Page) -> None:
    """A new account, logged in."""
    page.goto("/signup")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=re.compile("sign up|create", re.I)).click()
    expect(page).not_to_have_url(re.compile("signup"))


def enrol(page: Page) -> None:
    """As a backend developer with 12 h a week, from today."""
    page.goto("/paths/ml-engineer/enrol")
    page.get_by_role("radio", name=re.compile("backend", re.I)).check()
    page.wait_for_url(re.compile("starting_point=backend-developer"))
    page.get_by_role("spinbutton", name="Hours a week").fill("12")
    page.get_by_role("button", name=re.compile("make my plan|start", re.I)).click()
    expect(page).to_have_url(re.compile("/dashboard"))


def percent(page: Page) -> int:
    """What the page says is done."""
    found = re.search(r"(\d+)\s*%\s*done", page.inner_text("main"))
    assert found
    return int(found.group(1))


def log_in(page: Page, address: str = ADDRESS, password: str = PASSWORD) -> None:
    """Through the form."""
    page.goto("/login")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/dashboard"))


def log_in_as_demo(page: Page, site: Site) -> None:
    """As the account with eight months of history, which is made by that."""
    made = re.search(r"password\s+(\S+)", site.tracker("demo").stdout)
    assert made
    log_in(page, "demo@example.org", made[1])


def set_up_app(page: Page) -> str:
    """An authenticator app as the second factor, by its first code; the secret."""
    page.goto("/settings/security")
    page.get_by_role("button", name="Set up an app").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Use this app").click()
    expect(page).to_have_url(re.compile("/recovery-codes"))
    return secret
