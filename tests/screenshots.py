"""Pictures of the main pages, narrow and wide, light and dark: `make screenshots`, to be looked at one by one.

    python -m tests.screenshots [FOLDER]

Starts a site of its own with the demo account.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.steps import log_in
from tests.chromium import running_chromium
from tests.site import Site

MAIN_PAGES = {
    "landing": "/",
    "guide": "/paths/ml-engineer",
    "picker": "/paths",
    "roadmap": "/paths/ml-engineer/roadmap?starting_point=backend-developer&hours_per_week=15",
    "compare": "/compare/ml-engineer/data-scientist",
    "search": "/search?q=pytorch",
    "public-milestone": "/paths/ml-engineer/milestones/numpy",
    "enrol": "/paths/ml-engineer/enrol?starting_point=backend-developer&hours_per_week=12",
    "sign-up": "/signup",
    "dashboard": "/dashboard",
    "plan": "/plan",
    "milestone": "/milestones/ml-engineer/fine-tune-a-transformer",
    "log": "/log",
    "plan-settings": "/plan/settings",
    "ways": "/plan/ways",
    "reminders": "/settings/reminders",
    "account": "/settings/account",
    "error": "/nowhere",
}
PUBLIC = ("landing", "guide", "picker", "roadmap", "compare", "search", "public-milestone", "sign-up")


def shoot(
    browser: Browser, url: str, address: str, password: str, folder: Path, names: Iterable[str] = ()
) -> list[Path]:
    """Takes the pictures into a folder; the public pages as somebody without an account sees them."""
    taken = []
    chosen = list(names) or list(MAIN_PAGES)
    for scheme in ("light", "dark"):
        for width in (390, 1280):
            for public in (True, False):
                context = browser.new_context(
                    base_url=url,
                    viewport={"width": width, "height": 900},
                    color_scheme="dark" if scheme == "dark" else "light",
                    locale="en-GB",
                )
                page = context.new_page()
                if not public:
                    log_in(page, address, password)
                for name in [name for name in chosen if (name in PUBLIC) is public]:
                    page.goto(MAIN_PAGES[name])
                    taken.append(folder / f"{name}-{width}-{scheme}.png")
                    page.screenshot(path=taken[-1], full_page=True)
                context.close()
    return taken


def main() -> None:
    """Everything into a folder, by default ``screenshots/``, which git does not keep."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as instance, Site(Path(instance)) as site:
        password = re.search(r"password\s+(\S+)", site.tracker("demo").stdout)
        assert password
        with running_chromium() as browser:
            taken = shoot(browser, site.url, "demo@example.org", password.group(1), folder)
    for path in taken:
        print(path)


if __name__ == "__main__":
    main()
