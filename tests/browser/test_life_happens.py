"""Months go by: behind, four ways to go on, a pause, logged time, a new zone. The clock is moved, the rest is real."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import enrol, log_in, percent, sign_up
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]
WAYS = ["Move the finish", "Add hours", "Leave some for later", "Take a break"]
STEP = 45
"""Days that go by before each choice: five months in all, over a change of the clocks."""


def go_to(site: Site, page: Page, days: int) -> None:
    """The same site, so many days after the beginning."""
    site.stop()
    site.start(days)
    log_in(page)


def history(page: Page) -> str:
    page.goto("/milestones/ml-engineer/numpy")
    return page.locator("section", has=page.get_by_role("heading", name="What happened")).inner_text()


def test_behind_there_are_four_ways_and_each_leads_back_on_the_road(page: Page, site: Site) -> None:
    sign_up(page)
    enrol(page)
    page.goto("/plan")
    page.locator("#m-numpy").get_by_role("button", name=re.compile("done", re.I)).first.click()
    expect(page.locator("#m-numpy")).to_have_attribute("data-state", "done")
    happened = history(page)

    for number, way in enumerate(WAYS, 1):
        go_to(site, page, number * STEP)
        done = percent(page)
        expect(page.get_by_text("behind")).not_to_have_count(0)
        card = page.locator(".ways section", has=page.get_by_role("heading", name=way, exact=True))
        finish = card.locator("b").inner_text()
        card.get_by_role("button", name=way).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("0 days off")
        assert percent(page) >= done
        page.goto("/plan")
        expect(page.get_by_role("main")).to_contain_text(finish)

    page.goto("/plan/settings")
    expect(page.get_by_role("row")).to_have_count(len(WAYS) + 2)  # the first plan, and the head of the table
    page.goto("/dashboard")
    expect(page.locator("svg.timeline .first")).to_have_count(1)
    expect(page.locator("svg.timeline .revision")).to_have_count(len(WAYS))
    assert history(page) == happened


def test_a_pause_and_logged_time_are_seen_and_no_past_day_moves(page: Page, site: Site) -> None:
    sign_up(page)
    enrol(page)
    today = dt.datetime.now(dt.UTC).date()
    page.goto("/plan/pauses")
    page.get_by_label("First day").fill(str(today + dt.timedelta(days=20)))
    page.get_by_label("Last day").fill(str(today + dt.timedelta(days=140)))
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".ticks .tick")).to_have_count(1)
    page.goto("/dashboard")
    expect(page.locator("svg.timeline .pause")).to_have_count(1)

    page.goto("/log")
    page.get_by_label("In one line").fill("6h numpy")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_label("Minutes")).to_have_value("360")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("6 h this week")).to_be_visible()
    entry = page.locator(".ticks .tick").inner_text()
    page.goto("/dashboard")
    expect(page.get_by_text("1 week in a row")).to_be_visible()

    # After the pause, over a change of the clocks in Berlin, and in another zone.
    go_to(site, page, 141)
    page.goto("/settings/reminders")
    page.get_by_label("Time zone").select_option("Pacific/Auckland")
    page.get_by_role("button", name="Save").click()
    page.goto("/dashboard")
    expect(page.get_by_text("behind your plan")).to_have_count(1)
    behind = re.search(r"(\d+) days? behind", page.inner_text("h1"))
    assert behind
    assert int(behind[1]) <= 22, "121 days were paused"
    page.goto("/log")
    assert page.locator(".ticks .tick").inner_text() == entry
