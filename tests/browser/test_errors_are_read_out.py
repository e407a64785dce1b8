"""A form that comes back: its first fault has the focus, is tied to its field, and the page's title says so, also
without scripts. And whatever the server answers to a tick, the page ends up saying it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.steps import PASSWORD, enrol, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

SEND = "() => { const form = document.activeElement.form; form.noValidate = true; form.requestSubmit(); }"
READ = """() => {
  const here = document.activeElement;
  const about = (one) => one?.getAttribute('aria-describedby') || '';
  return (about(here) || about(here.closest('fieldset'))).split(' ')
    .map(id => document.getElementById(id)?.textContent ?? 'nothing called ' + id).join(' ');
}"""
FORMS = (
    ("/settings/account", "New address", "nonsense", "address"),
    ("/log", "Minutes", "9999", "from 1 minute to 24 hours"),
    ("/plan/settings", "Hours a week", "200", "1 to 80"),
    ("/plan/pauses", "First day", "", "first day of the pause"),
    ("/plan/own", "Title", "", "Give it a title"),
    ("/milestones/ml-engineer/pandas", "Done on", "2199-01-01", "still to come"),
    ("/settings/security", "New password", "short", "12"),
    ("/settings/data/delete", "Your mail address", "", "Type your mail address"),
)


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page whose console may tell of what the server refuses."""
    context = chromium.new_context(base_url=site.url, timezone_id="Europe/Berlin", locale="en-GB")
    yield context.new_page()
    context.close()


def read_out(page: Page) -> str:
    """What a screen reader says of the place that has the focus, beside its name."""
    return str(page.evaluate(READ))


def test_the_first_fault_of_a_form_has_the_focus_and_is_tied_to_it(page: Page) -> None:
    sign_up(page)
    enrol(page)
    for address, label, typed, said in FORMS:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        field = page.get_by_label(label, exact=True).first
        field.fill(typed)
        field.focus()
        with page.expect_navigation():
            page.evaluate(SEND)
        assert re.search(said, read_out(page)), (address, read_out(page))
        expect(page).to_have_title(re.compile("^Please correct: "))


def test_a_group_of_choices_has_its_fault_too(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.get_by_text("Choose one to three for this week").first.click()
    for box in page.locator("[name=milestone]").all()[:4]:
        box.check()
    page.get_by_role("button", name="Set my week").click()
    expect(page).to_have_title(re.compile("^Please correct: "))
    assert page.evaluate("document.activeElement.name") == "milestone"
    assert "at most 3" in read_out(page)


@pytest.mark.parametrize("status", [409, 422, 429, 503])
def test_what_the_server_answers_to_a_tick_is_said_and_the_row_is_as_it_was(page: Page, status: int) -> None:
    sign_up(page)
    enrol(page)
    row = page.locator(".tick.todo").first
    name = row.get_attribute("id")
    headers = {"HX-Retarget": "#toasts", "HX-Reselect": ".toast", "HX-Reswap": "beforeend", "HX-Replace-Url": "false"}
    body = f'<div class="toast failed">Refused with {status}</div>'
    answer = {"status": status, "headers": headers, "body": body, "content_type": "text/html; charset=utf-8"}
    page.route("**/milestones/**", lambda route: _answer(route, answer))
    for _ in range(2):
        row.locator(".check").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#toasts .failed:visible")).to_have_text(f"Refused with {status}")
        expect(page.locator("#toasts .failed:visible")).to_have_count(1)
    expect(page.locator(f"#{name}")).to_have_attribute("data-state", "todo")
    expect(page.locator(f"#{name} .htmx-request")).to_have_count(0)
    expect(page.locator(f"#{name} .check")).to_be_focused()
    page.unroute("**/milestones/**")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}")).to_have_attribute("data-state", "done")
    expect(page.locator("#toasts .failed")).to_have_count(0)


def _answer(route: Route, answer: dict[str, Any]) -> None:
    route.fulfill(**answer)


def test_a_note_that_is_too_long_has_the_focus_though_the_address_names_its_part_of_the_page(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/milestones/ml-engineer/pandas")
    page.evaluate("document.getElementById('body').removeAttribute('maxlength')")
    page.get_by_label("Private note").fill("x" * 20_001)
    with page.expect_navigation():
        page.get_by_role("button", name="Save note").click()
    expect(page.get_by_label("Private note")).to_be_focused()
    assert "20" in read_out(page).rpartition("shown.")[2]


def test_an_answer_that_never_comes_is_given_up_and_the_row_is_as_it_was(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.wait_for_load_state()
    assert page.evaluate("htmx.config.defaultTimeout") == 10_000
    page.evaluate("htmx.config.defaultTimeout = 300")
    waiting: list[Route] = []
    page.route("**/milestones/**", lambda route: waiting.append(route))  # Playwright cannot take a built-in
    row = page.locator(".tick.todo").first
    row.locator(".check").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .failed")).to_have_text(
        "The server did not answer, so this may not be saved. Try again."
    )
    expect(row.locator(".htmx-request")).to_have_count(0)
    expect(row.locator(".check")).to_be_focused()


def test_the_server_really_answers_so(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.evaluate("document.querySelector('.tick.todo [name=state]').value = 'eaten'")
    row = page.locator(".tick.todo").first
    row.locator(".check").click()
    expect(page.locator("#toasts .failed")).to_be_visible()
    assert page.locator("main h1").count() == 1, "the page is still there"


def test_a_tick_of_somebody_logged_out_meanwhile_leads_to_the_log_in_and_back(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.context.clear_cookies()
    page.locator(".tick.todo .check").first.click()
    expect(page).to_have_url(re.compile(r"/login\?next=/dashboard"))
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/dashboard$"))


def test_a_message_of_the_next_page_is_put_in_once_more_so_that_it_is_read_out(page: Page) -> None:
    sign_up(page)
    enrol(page)
    page.add_init_script("""window.put = []; document.addEventListener('DOMContentLoaded', () => new MutationObserver(
      (all) => all.forEach((one) => one.addedNodes.forEach((node) => window.put.push(node.textContent.trim()))))
      .observe(document.getElementById('toasts'), {childList: true}))""")
    page.goto("/settings/reminders")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts[role=status] .toast")).to_be_visible()
    page.wait_for_timeout(300)
    assert [text for text in page.evaluate("window.put") if text]
