"""The timeline in real Chromium: points in words by keyboard and touch, its parts, a phone's list, paper, motion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.steps import log_in
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
PAPER: dict[str, Any] = {"viewport": {"width": 718, "height": 1000}}
"""As wide as A4 within its margins."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    with Site(tmp_path_factory.mktemp("site")) as site:
        password = re.search(r"password\s+(\S+)", site.tracker("demo").stdout)
        assert password
        yield site, password.group(1)


@pytest.fixture
def open_page(chromium: Browser, demo: tuple[Site, str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """Logged in, with the choices that a test asks for; without console errors and requests to other hosts."""
    faults: list[str] = []
    with watched(chromium, demo[0], faults, **getattr(request, "param", WIDE)) as page:
        log_in(page, "demo@example.org", demo[1])
        yield page
    assert faults == []


def test_each_point_says_in_words_what_it_is_when_the_keyboard_reaches_it(open_page: Page) -> None:
    page = open_page
    for zoom in ("all", "phase", "3-months"):
        page.goto(f"/dashboard?zoom={zoom}")
        spots = page.locator(".timeline .spot")
        assert spots.count() > 3
        for number in range(spots.count()):
            spot, tip = spots.nth(number), spots.nth(number).locator(".tip")
            expect(tip).to_be_hidden()
            spot.focus()
            expect(tip).to_be_visible()
            assert ", ".join(tip.locator("text").all_text_contents()) == spot.get_attribute("aria-label")
            inside = tip.evaluate("tip => { const r = tip.getBoundingClientRect(); return [r.left, r.right]; }")
            assert 0 <= inside[0] <= inside[1] <= 1280


def test_a_point_leads_to_its_milestone(open_page: Page) -> None:
    page = open_page
    page.goto("/dashboard?zoom=3-months")
    spot = page.locator(".spot.open").first
    title = (spot.get_attribute("aria-label") or "").split(", due")[0]
    spot.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_several_milestones_in_one_point_lead_to_their_rows_on_the_plan(open_page: Page) -> None:
    page = open_page
    page.goto("/dashboard")
    spot = page.get_by_role("link", name=re.compile(r"^\d+ milestones, ")).first
    key = (spot.get_attribute("href") or "").partition("#")[2]
    spot.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/plan#m-"))
    expect(page.locator(f"[id='{key}']")).to_be_in_viewport()


def test_the_keyboard_can_pass_by_the_points(open_page: Page) -> None:
    page = open_page
    page.goto("/dashboard")
    page.get_by_role("link", name="Next 3 months").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip the points")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="How to read this")).to_be_focused()


@pytest.mark.parametrize("open_page", [{**WIDE, "has_touch": True}], indirect=True)
def test_a_finger_is_shown_the_words_first_and_then_follows_the_point(open_page: Page) -> None:
    page = open_page
    page.goto("/dashboard?zoom=3-months")
    spot = page.locator(".spot.open").first
    spot.locator(".dot").tap()
    expect(spot.locator(".tip")).to_be_visible()
    assert "zoom=3-months" in page.url
    spot.locator(".dot").tap()
    expect(page).to_have_url(re.compile("/milestones/"))


@pytest.mark.parametrize("open_page", [{**WIDE, "java_script_enabled": False}], indirect=True)
def test_its_parts_can_be_seen_without_scripts_and_the_place_on_the_page_is_kept(open_page: Page) -> None:
    page = open_page
    page.goto("/dashboard")
    whole = page.locator(".spot").count()
    page.get_by_role("link", name="Next 3 months").click()
    expect(page).to_have_url(re.compile(r"zoom=3-months#timeline$"))
    expect(page.locator("#timeline")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Next 3 months")).to_have_attribute("aria-current", "true")
    assert page.locator(".spot").count() != whole
    spot = page.locator(".spot").first
    spot.focus()
    expect(spot.locator(".tip")).to_be_visible()


@pytest.mark.parametrize("address", ["/dashboard", "/plan"])
def test_with_scripts_another_part_is_put_in_its_place(open_page: Page, address: str) -> None:
    page = open_page
    page.goto(address)
    page.evaluate("window.same = true")
    page.get_by_role("link", name="This phase").press("Enter")
    expect(page.get_by_role("link", name="This phase")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="This phase")).to_be_focused()
    expect(page).to_have_url(re.compile(f"{address}.zoom=phase"))
    assert page.evaluate("window.same") is True, "the page was not loaded again"
    page.reload()
    expect(page.get_by_role("link", name="This phase")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("open_page", [PHONE], indirect=True)
def test_on_a_phone_the_way_runs_from_above_to_below(open_page: Page) -> None:
    page = open_page
    page.goto("/dashboard")
    expect(page.locator("svg.timeline")).to_be_hidden()
    stops = page.locator(".stops > .stop")
    titles = " ".join(stops.locator("> b").all_text_contents())
    for wanted in ("Start", "Foundations", "ML basics", "Deep learning", "Today", "Probable finish", "Job search"):
        assert wanted in titles
    tops = [box["y"] for number in range(stops.count()) if (box := stops.nth(number).bounding_box())]
    assert tops == sorted(tops)
    page.get_by_role("link", name="Next 3 months").tap()
    link = page.locator(".stops .stop.open > a").first
    title = link.text_content() or ""
    link.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("open_page", [PAPER], indirect=True)
def test_it_is_drawn_on_paper(open_page: Page, tmp_path: Path) -> None:
    page = open_page
    page.goto("/plan")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("svg.timeline")).to_be_visible()
    expect(page.locator(".stops")).to_be_hidden()
    for screen_only in (".zoom", ".top", ".foot", ".help-link", ".button", ".rest"):
        expect(page.locator(screen_only).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "always day"
    assert page.evaluate(
        "document.body.scrollHeight <= document.querySelector('main').getBoundingClientRect().bottom + 1"
    ), "nothing below the page itself makes an empty sheet"
    printed = page.pdf(path=tmp_path / "plan.pdf", format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", printed)) >= 2


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_finished_phase_is_celebrated_with_one_short_motion_or_none(
    chromium: Browser, demo: tuple[Site, str], motion: Any
) -> None:
    site, password = demo
    with watched(chromium, site, [], reduced_motion=motion, **WIDE) as page:
        log_in(page, "demo@example.org", password)
        page.goto("/plan")
        planned = page.locator("#phase-3 > .ticks").first
        left = [row.get_attribute("id") for row in planned.locator(".tick:not(.done, .known)").all()]
        for number, row in enumerate(left):
            expect(page.locator(".timeline .finished")).to_have_count(2)
            page.locator(f"[id='{row}'] .check").click()
            expect(page.locator(f"[id='{row}']")).to_have_class("tick done")
            expect(page.locator(".toast.finished")).to_have_count(1 if number == len(left) - 1 else 0)
        toast = page.locator(".toast.finished")
        expect(toast).to_contain_text("Deep learning is finished.")
        expect(toast.locator(".waymark")).to_be_visible()
        duration = toast.locator(".waymark").evaluate("mark => getComputedStyle(mark).animationDuration")
        assert float(duration.removesuffix("s")) == (0 if motion == "reduce" else pytest.approx(0.7))
        expect(page.locator(".timeline .finished")).to_have_count(3)
        toast.get_by_role("button", name="Undo").click()
        expect(page.locator(".timeline .finished")).to_have_count(2)
        for row in left[:-1]:
            page.locator(f"[id='{row}'] .check").click()
            expect(page.locator(f"[id='{row}']")).to_have_class("tick todo")
