"""The three steps after sign-up, and the words that explain themselves, in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import enrol, percent, sign_up
from tests.browser.test_every_page import AXE
from tests.browser.test_roadmap_to_plan import press_to
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


def is_sound(page: Page) -> bool:
    """Neither too wide for a phone nor with a fault that axe knows."""
    page.set_viewport_size({"width": 390, "height": 844})
    fits = page.evaluate("document.documentElement.scrollWidth") <= 390
    return bool(fits) and not Axe().run(page, options=AXE).response["violations"]


def test_three_steps_to_the_plan(page: Page) -> None:
    sign_up(page)
    expect(page.get_by_text("1 of 3")).to_be_visible()
    assert is_sound(page)
    page.get_by_role("radio", name=re.compile("Data Scientist")).check()
    page.get_by_role("button", name="Next").click()

    expect(page.get_by_text("2 of 3")).to_be_visible()
    page.get_by_role("radio", name=re.compile("Data analyst")).check()
    page.wait_for_url(re.compile("starting_point=data-analyst"))
    page.get_by_role("spinbutton", name="Hours a week").fill("7")
    assert is_sound(page)
    page.get_by_role("button", name="Next").click()

    expect(page.get_by_text("3 of 3")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    page.get_by_label("Day", exact=True).select_option("4")
    page.get_by_label("Hour", exact=True).select_option("18")
    assert is_sound(page)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("radio", name=re.compile("Data analyst"))).to_be_checked()
    expect(page.get_by_role("spinbutton", name="Hours a week")).to_have_value("7")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("radio", name=re.compile("Data Scientist"))).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Hour", exact=True)).to_have_value("18")
    page.get_by_role("button", name="Make my plan").click()

    expect(page).to_have_url(re.compile("/dashboard"))
    assert percent(page) == 0
    page.goto("/settings/reminders")
    expect(page.get_by_text(re.compile(r"Friday \d+ \w+, 18:00, Berlin")).first).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_every_step_can_be_skipped(chromium: Browser, site: Site, script: bool) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=script)
    page = context.new_page()
    sign_up(page)
    page.get_by_role("link", name=re.compile("^Skip: ML Engineer")).click()
    page.get_by_role("link", name=re.compile("^Skip: Complete beginner, 10 h")).click()
    page.get_by_role("button", name=re.compile("^Skip: Monday at")).click()
    expect(page).to_have_url(re.compile("/dashboard"))
    assert percent(page) == 0
    context.close()


def test_the_steps_by_keyboard_alone(page: Page) -> None:
    sign_up(page)
    press_to(page, "ML Engineer")
    press_to(page, "Next")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    press_to(page, "Next")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 of 3")).to_be_visible()
    press_to(page, "Make my plan")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/dashboard"))


def test_a_changed_start_is_looked_through_first_where_no_script_reloads(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_up(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("radio", name=re.compile("Backend developer")).check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("You changed where you start.")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("3 of 3")).to_be_visible()
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_a_word_opens_by_keyboard_and_by_tap(chromium: Browser, site: Site, script: bool) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=script, has_touch=True)
    page = context.new_page()
    sign_up(page)
    enrol(page) if script else page.goto("/paths/ml-engineer/enrol")
    if not script:
        page.get_by_role("button", name="Make my plan").click()
    meaning = page.get_by_text("How many days you are ahead of your plan or behind it.")
    expect(meaning).to_be_hidden()
    page.locator("summary", has_text="pace").focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    assert not script or is_sound(page)
    page.keyboard.press("Enter")
    expect(meaning).to_be_hidden()
    page.locator("summary", has_text="pace").tap()
    expect(meaning).to_be_visible()
    context.close()


def test_a_discarded_timer_and_a_cleared_week_come_back_by_undo(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/log")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Throw it away").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Stop and log")).to_be_visible()
    page.goto("/dashboard")
    page.locator("summary", has_text="Choose one to three for this week").click()
    page.locator("details[open]").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Set my week").click()
    page.get_by_role("button", name="Choose anew").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("You chose 1 for this week")).to_be_visible()


def test_a_double_click_on_save_keeps_one_entry(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/log")
    page.get_by_label("Minutes").fill("45")
    page.get_by_role("button", name="Save").dblclick()
    page.wait_for_load_state("networkidle")  # both answers are there
    page.goto("/log")
    expect(page.get_by_role("button", name=re.compile("Delete the entry"))).to_have_count(1)


def test_reloading_and_going_back_do_no_harm(page: Page) -> None:
    sign_up(page)
    page.reload()
    page.get_by_role("button", name="Next").click()
    page.reload()
    page.get_by_role("spinbutton", name="Hours a week").fill("9")
    page.get_by_role("button", name="Next").click()
    page.reload()
    page.go_back()
    expect(page.get_by_text("2 of 3")).to_be_visible()
    page.go_forward()
    page.get_by_role("button", name="Make my plan").click()
    expect(page).to_have_url(re.compile("/dashboard"))
    page.go_back()
    page.wait_for_load_state()
    if (again := page.get_by_role("button", name="Make my plan")).count():
        again.click()  # the page as the browser kept it
    page.goto("/plan/settings")
    expect(page.get_by_role("main")).to_contain_text("9 h a week")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)  # its head and one plan
