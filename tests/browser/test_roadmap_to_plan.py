"""From the landing page over guide, comparison and roadmap to the same plan, typing nothing twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import PASSWORD
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]


def finish(page: Page) -> str:
    """The last day of the plan, as the roadmap and the form of the enrolment say it."""
    found = re.search(r"to (\d+ \w+ \d{4})", page.locator("#answer").inner_text())
    assert found, page.locator("#answer").inner_text()
    return found.group(1)


def test_with_the_mouse(page: Page) -> None:
    page.goto("/")
    page.get_by_label("I am").select_option("data-analyst")
    expect(page.locator("#answer")).to_contain_text("778 h")
    page.get_by_role("button", name="See the whole plan").click()
    expect(page).to_have_url(re.compile("/paths/ml-engineer/roadmap.*starting_point=data-analyst"))
    page.go_back()
    page.get_by_label("I am").select_option("data-analyst")
    expect(page.locator("#to-guide a")).to_have_attribute("href", re.compile("data-analyst"))
    page.get_by_role("link", name=re.compile("Read the guide")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ML engineer")
    page.get_by_role("link", name=re.compile("Side by side")).first.click()
    expect(page).to_have_url(re.compile("/compare/ml-engineer/"))
    page.get_by_role("link", name="Roadmap: ML Engineer").click()
    expect(page).to_have_url(re.compile("/roadmap.*starting_point=data-analyst"))

    page.get_by_label("I want").select_option("present-job")
    expect(page).to_have_url(re.compile("goal=present-job"))
    page.get_by_label("Hours a week").fill("12.5")
    page.get_by_label("Hours a week").blur()
    expect(page).to_have_url(re.compile("hours_per_week=12.5"))
    page.get_by_text("Tick what you know already").click()
    page.get_by_text("I know other parts, too").click()
    calculus = page.get_by_role("checkbox", name=re.compile("Calculus"))
    calculus.check()
    expect(page).to_have_url(re.compile("known=calculus"))
    expect(calculus).to_be_checked()
    expect(calculus).to_be_visible()
    promised, hours = finish(page), page.locator("#answer .answer").inner_text()

    page.get_by_role("link", name="Keep this plan").first.click()
    expect(page).to_have_url(re.compile("/signup"))
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(re.compile("/enrol/mail"))
    expect(page.get_by_text("3 of 3")).to_be_visible()
    assert finish(page) == promised
    assert page.locator("#answer b").inner_text() in hours
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("checkbox", name=re.compile("Calculus"))).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Make my plan").click()
    expect(page).to_have_url(re.compile("/dashboard"))
    page.goto("/plan/settings")
    expect(page.get_by_label("Hours a week")).to_have_value("12.5")
    page.goto("/plan")
    expect(page.get_by_role("main")).to_contain_text("Calculus")


def press_to(page: Page, name: str, *, most: int = 400, backwards: bool = False) -> None:
    """Tab, as people do, until what is called so has the focus."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        said = page.evaluate(
            "(() => { const e = document.activeElement; return (e.labels?.[0] || e).innerText || e.ariaLabel || '' })()"
        )
        if said.strip().startswith(name):
            return
    raise AssertionError(f"{most} times Tab did not lead to {name}")


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    press_to(page, "I am")
    page.keyboard.type("a res")
    expect(page.locator("#answer")).to_contain_text("549 h")
    press_to(page, "Read the guide", backwards=True)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/paths/ml-engineer.*starting_point=researcher"))
    press_to(page, "Side by side")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/compare/ml-engineer/"))
    press_to(page, "Roadmap: ML Engineer")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/roadmap.*starting_point=researcher"))

    press_to(page, "Hours a week")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("9")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("hours_per_week=9"))
    assert page.evaluate("document.activeElement.id") == "start_on", "the focus stays where it went"
    press_to(page, "Tick what you know already")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_be_checked()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("known="))
    expect(page.locator(":focus")).not_to_be_checked()
    promised = finish(page)

    press_to(page, "Keep this plan")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/signup"))
    press_to(page, "Email")
    page.keyboard.type("grace@example.org")
    press_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/enrol/mail"))
    assert finish(page) == promised
    press_to(page, "Make my plan")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/dashboard"))
    page.goto("/plan/settings")
    expect(page.get_by_label("Hours a week")).to_have_value("9")


def test_the_path_is_chosen_by_keyboard_on_the_landing_page(page: Page) -> None:
    page.goto("/")
    press_to(page, "I have")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#answer")).to_contain_text("9.8 months")
    press_to(page, "I want to become", backwards=True)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Become a backend developer")
    expect(page).to_have_title(re.compile("Become a backend developer"))
    assert page.evaluate("document.activeElement.id") == "path", "the focus stays where it was"
    expect(page.get_by_label("I have")).to_have_value("16")
    expect(page.locator("#answer")).to_contain_text("720 h")
    press_to(page, "See the whole plan")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/paths/backend-developer/roadmap.*hours_per_week=16"))


def test_who_has_an_account_logs_in_on_the_way(page: Page, site: Site) -> None:
    made = site.tracker("users", "create", "ada@example.org", given=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    page.goto("/paths/ml-engineer/roadmap?starting_point=data-scientist&hours_per_week=11&goal=text&known=")
    promised = finish(page)
    page.get_by_role("link", name="Keep this plan").first.click()
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/enrol"))
    assert finish(page) == promised
    expect(page.get_by_role("radio", name=re.compile("Text as my"))).to_be_checked()


def test_without_a_script(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("I want to become").select_option("data-scientist")
    page.get_by_role("button", name="Work it out here").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Become a data scientist")
    page.get_by_label("I want to become").select_option("ml-engineer")
    page.get_by_label("I am").select_option("beginner")
    page.get_by_role("button", name="See the whole plan").click()
    page.get_by_label("Hours a week").fill("10")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#answer")).to_contain_text("23.9 months")
    expect(page).to_have_url(re.compile(r"roadmap\?starting_point=beginner&hours_per_week=10&start_on=[\d-]+$"))
    assert context.cookies() == []
    context.close()


def test_search_by_keyboard(page: Page) -> None:
    page.goto("/paths")
    page.keyboard.press("/")
    page.keyboard.type("eigenv")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=eigenv"))
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("spam")
    expect(page.locator("#found a").first).to_contain_text("Spam classifier")
    expect(page).to_have_url(re.compile(r"/search\?q=spam"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("Spam classifier")
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_have_attribute("name", "q")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Spam classifier")


def test_a_question_of_the_landing_page_opens_its_answer(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Do I need a PhD or a degree?").click()
    expect(page.locator(":target")).to_be_visible()
