"""Two paths, a note, a link, a milestone and a path of one's own: through a real browser, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import PASSWORD, enrol, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


def test_a_second_path_credits_what_is_done_and_the_header_switches(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/plan")
    page.locator("#m-probability .check").click()
    expect(page.locator("#m-probability")).to_have_attribute("data-state", "done")
    page.goto("/paths/data-scientist/enrol?starting_point=beginner&hours_per_week=10")
    expect(page.get_by_role("heading", name="Yours already")).to_be_visible()
    page.get_by_role("button", name="Make my plan").click()
    expect(page.locator(".eyebrow").first).to_contain_text("1 of")
    shown = page.get_by_label(re.compile("Path that is shown"))
    expect(shown).to_contain_text(re.compile("data scientist", re.I))
    shown.click()
    page.get_by_role("button", name=re.compile("ML engineer", re.I)).click()
    expect(page.get_by_label(re.compile("Path that is shown"))).to_contain_text(re.compile("ML engineer", re.I))


def test_note_link_and_milestone_of_ones_own(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/milestones/ml-engineer/spam-classifier")
    page.get_by_label("Private note").fill("**Precision** first <script>document.title='x'</script>")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#note-shown strong")).to_have_text("Precision")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#note-shown")).to_contain_text("<script>")
    page.get_by_text("Add a link").click()
    page.get_by_label("Address").fill("https://example.org/spam")
    page.get_by_role("button", name="Save link").click()
    page.get_by_role("button", name=re.compile("^Delete")).click()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator("#links")).to_contain_text("example.org/spam")

    page.goto("/plan")
    page.get_by_role("link", name="Add your own milestone").click()
    page.get_by_label("Title").fill("A talk at work")
    page.get_by_label("Hours").fill("6")
    page.get_by_role("button", name="Add it to my plan").click()
    page.get_by_role("link", name="A talk at work").click()
    page.get_by_role("link", name="Change or drop it").click()
    page.get_by_role("button", name="Drop it").click()
    expect(page.get_by_role("link", name="A talk at work")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="A talk at work")).to_be_visible()


def test_a_downloaded_path_is_uploaded_kept_shared_and_walked_by_somebody_else(
    page: Page, site: Site, chromium: Browser
) -> None:
    sign_up(page)
    page.goto("/paths/own")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("data scientist", re.I)).click()
    page.get_by_label("Path file").set_input_files(download.value.path())
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_text("The file is sound")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Share it").click()
    address = page.get_by_label("Address to share").input_value()
    assert re.fullmatch(re.escape(site.url) + r"/paths/own-[0-9a-f]{32}", address)

    other = chromium.new_context(base_url=site.url, java_script_enabled=False).new_page()
    other.goto(address)
    other.get_by_role("link", name="Start on this path").click()
    other.get_by_label("Email").fill("grace@example.org")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("main").get_by_role("button", name=re.compile("sign up|create", re.I)).click()
    other.get_by_role("button", name="Next").click()  # where they start; then when the mail comes
    other.get_by_role("button", name="Make my plan").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("0% done")
    other.context.close()
    page.reload()
    expect(page.get_by_text("1 learner is on it.")).to_be_visible()
