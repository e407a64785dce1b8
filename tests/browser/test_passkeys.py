"""Passkeys in a real Chromium with a virtual authenticator: as the second factor, alone, and as a fresh proof."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import watched
from tests.browser.steps import ADDRESS, PASSWORD, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture
def named_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as people reach it by the name of this machine: browsers give no passkeys to numbers."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.url = site.url.replace("127.0.0.1", "localhost")
    with site:
        yield site


@pytest.fixture
def page(chromium: Browser, named_site: Site) -> Iterator[Page]:
    faults: list[str] = []
    with watched(chromium, named_site, faults) as opened:
        yield opened
    assert faults == []


def authenticator(page: Page, *, verified: bool = True) -> tuple[CDPSession, str]:
    """A device that keeps passkeys and recognises its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verified,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devtools, made["authenticatorId"]


def add_passkey(page: Page, name: str) -> None:
    page.goto("/settings/security")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def log_out(page: Page) -> None:
    page.goto("/settings/security")
    page.locator(".account summary").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_it_is_added_opens_the_door_alone_and_is_removed(page: Page, named_site: Site) -> None:
    authenticator(page)
    sign_up(page)
    add_passkey(page, "my laptop")

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("button", name="Show me eight codes").click()
    expect(page.locator(".codes li")).to_have_count(8)
    recovery_code = page.locator(".codes code").first.inner_text()

    log_out(page)
    page.goto("/login?next=/settings/security")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page).to_have_url(re.compile("/settings/security"))
    expect(page.get_by_text("my laptop").first).to_be_visible()
    expect(page.get_by_text("last used").first).to_be_visible()

    log_out(page)
    page.goto("/login?next=/settings/security")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/settings/security"))

    page.get_by_role("button", name="Remove my laptop").click()
    expect(page.get_by_text("None yet")).to_be_visible()
    log_out(page)
    page.goto("/login")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/dashboard"))
    assert recovery_code


def test_the_same_device_is_not_added_twice(page: Page, named_site: Site) -> None:
    authenticator(page)
    sign_up(page)
    add_passkey(page, "my laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    add_passkey(page, "my laptop again")
    expect(page.get_by_text("This device has a passkey for the account already.")).to_be_visible()


def test_a_device_that_does_not_know_its_owner_opens_nothing(page: Page, named_site: Site) -> None:
    devtools, device = authenticator(page)
    sign_up(page)
    add_passkey(page, "my laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    page.goto("/settings/security")
    expect(page).to_have_url(re.compile("/login"))


def test_an_answer_is_good_for_one_use_and_for_this_browser(page: Page, named_site: Site, chromium: Browser) -> None:
    authenticator(page)
    sign_up(page)
    add_passkey(page, "my laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "login/passkey" in request.url else None)
    page.goto("/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page).to_have_url(re.compile("/dashboard"))
    assert len(sent) == 1
    log_out(page)
    page.goto("/login")
    credential = re.search(r"credential=([^&]+)", sent[0])
    assert credential
    answer = page.evaluate(
        """async ([credential]) => {
            const form = document.querySelector("form[data-passkey]");
            const body = new URLSearchParams(`credential=${credential}`);
            body.set("csrf_token", form.elements.csrf_token.value);
            return (await fetch("/login/passkey", {method: "POST", body})).url;
        }""",
        [credential.group(1)],
    )
    assert "/login" in answer
    expect(page.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    page.goto("/settings/security")
    expect(page).to_have_url(re.compile("/login"))


def test_it_is_enough_to_leave_for_good(page: Page, named_site: Site) -> None:
    authenticator(page)
    sign_up(page)
    add_passkey(page, "my laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/settings/data/delete")
    form = page.locator("form.passkey")
    form.get_by_label("Your mail address").fill(ADDRESS)
    form.get_by_role("button", name="Delete everything, with a passkey").click()
    expect(page.get_by_text("Your account and everything in it is deleted.")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))
    assert ADDRESS not in page.content()
