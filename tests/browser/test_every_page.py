"""Every page of the site, narrow and wide, light and dark: nothing sticks out, nothing is said on the console, nothing
is asked of another host, and axe finds no fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.routing import Map

from tests.browser.addresses import is_public, pages
from tests.browser.conftest import watched
from tests.browser.steps import PASSWORD, log_in, set_up_app
from tests.screenshots import shoot
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

WIDTHS = (320, 390, 768, 1280)
"""320 is what is left of 1280 px at 400 %."""
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
QUIET_FAULTS = re.compile(r"Failed to load resource.*\b404\b")
"""What Chromium itself notes about a page that does not exist, which is what some samples are."""


@dataclass(frozen=True)
class Demo:
    """A running site with the demo account in it."""

    site: Site
    password: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with Site(tmp_path_factory.mktemp("site")) as site:
        made = site.tracker("demo")
        password = re.search(r"password\s+(\S+)", made.stdout)
        assert password, made.stderr
        yield Demo(site, password.group(1))


@pytest.fixture
def routes(_app: Flask) -> Map:
    """Of the app whose clock runs: the code of an authenticator app holds for half a minute of the real time."""
    return _app.url_map


def faults_of(page: Page, endpoint: str, address: str, widths: tuple[int, ...]) -> Iterator[str]:
    """What is wrong with a page, in words."""
    page.goto(address)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{endpoint} {address}: {wide} px wide on a screen of {width}"
    for violation in Axe().run(page, options=AXE).response["violations"]:
        yield f"{endpoint} {address}: {_told(violation)}"


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(node["target"][0] for node in violation["nodes"][:3])
    return f"axe: {violation['id']}: {violation['help']} ({where})"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ["nobody", "a learner"])
def test_every_page_is_sound(
    routes: Map, chromium: Browser, demo: Demo, scheme: Literal["light", "dark"], who: str
) -> None:
    faults: list[str] = []
    with watched(chromium, demo.site, faults, color_scheme=scheme) as page:
        if who == "a learner":
            log_in(page, "demo@example.org", demo.password)
        for endpoint, address in pages(routes):
            if is_public(endpoint) or (who == "a learner" and not endpoint.startswith("admin.")):
                faults += faults_of(page, endpoint, address, WIDTHS)
    assert [fault for fault in faults if not QUIET_FAULTS.search(fault)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_for_administrators_is_sound(
    routes: Map, chromium: Browser, demo: Demo, scheme: Literal["light", "dark"]
) -> None:
    address = f"{scheme}@example.org"
    made = demo.site.tracker("users", "create", address, "--admin", given=PASSWORD)
    assert made.returncode == 0, made.stderr
    faults: list[str] = []
    with watched(chromium, demo.site, faults, color_scheme=scheme) as page:
        log_in(page, address, PASSWORD)
        set_up_app(page)
        for endpoint, where in pages(routes):
            if endpoint.startswith("admin."):
                faults += faults_of(page, endpoint, where, WIDTHS)
                assert page.url.endswith(where), "it was the page itself"
    assert [fault for fault in faults if not QUIET_FAULTS.search(fault)] == []


SPECIAL: dict[str, dict[str, Any]] = {
    "more contrast": {"contrast": "more"},
    "more contrast, dark": {"contrast": "more", "color_scheme": "dark"},
    "colours of the system": {"forced_colors": "active"},
    "colours of the system, dark": {"forced_colors": "active", "color_scheme": "dark"},
}


@pytest.mark.parametrize("wish", SPECIAL)
def test_every_page_is_sound_for_whom_usual_colours_do_not_do(
    routes: Map, chromium: Browser, demo: Demo, wish: str
) -> None:
    faults: list[str] = []
    with watched(chromium, demo.site, faults, **SPECIAL[wish]) as page:
        log_in(page, "demo@example.org", demo.password)
        for endpoint, address in pages(routes):
            if not endpoint.startswith("admin."):
                faults += faults_of(page, endpoint, address, (390,))
    assert [fault for fault in faults if not QUIET_FAULTS.search(fault)] == []


SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } \
          p { margin-bottom: 2em !important }"
"""What WCAG 1.4.12 lets a reader ask for."""


def test_no_page_sticks_out_when_letters_and_lines_stand_farther_apart(
    routes: Map, chromium: Browser, demo: Demo
) -> None:
    faults: list[str] = []
    with watched(chromium, demo.site, faults, bypass_csp=True, viewport={"width": 320, "height": 640}) as page:
        log_in(page, "demo@example.org", demo.password)
        for endpoint, address in pages(routes):
            page.goto(address)
            page.add_style_tag(content=SPACED)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > 320:
                faults.append(f"{endpoint} {address}: {wide} px wide on a screen of 320")
    assert [fault for fault in faults if not QUIET_FAULTS.search(fault)] == []


def test_every_page_has_a_title_of_its_own(routes: Map, chromium: Browser, demo: Demo) -> None:
    titles: dict[str, set[str]] = {}
    with watched(chromium, demo.site, []) as page:
        log_in(page, "demo@example.org", demo.password)
        for endpoint, address in pages(routes):
            answer = page.goto(address)
            assert answer
            if answer.status == 200 and "no-such-token" not in address and page.url.endswith(address):
                titles.setdefault(page.title(), set()).add(endpoint)
    assert {title: where for title, where in titles.items() if len(where) > 1} == {}


def test_axe_sees_a_fault_where_there_is_one(chromium: Browser, demo: Demo) -> None:
    with watched(chromium, demo.site, []) as page:
        page.goto("/")
        page.evaluate("document.querySelector('h1').style.color = 'transparent'; document.body.append(new Image())")
        assert {violation["id"] for violation in Axe().run(page, options=AXE).response["violations"]} >= {"image-alt"}


def test_pictures_can_be_taken_of_the_main_pages(chromium: Browser, demo: Demo, tmp_path: Path) -> None:
    taken = shoot(chromium, demo.site.url, "demo@example.org", demo.password, tmp_path, names=["dashboard"])
    assert sorted(path.name for path in taken) == [
        "dashboard-1280-dark.png", "dashboard-1280-light.png", "dashboard-390-dark.png", "dashboard-390-light.png",
    ]  # fmt: skip
