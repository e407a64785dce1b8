"""A mail is read on a phone, whatever somebody called a milestone of their own path."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.kitchen import baker, made
from tests.mailing import weekly
from tests.people import ada, enrol
from tracker.catalog.schema import Catalog
from tracker.models import OutboxMail
from tracker.outbox.render import Renderer
from tracker.reminders.compose import WeeklyMail

pytestmark = pytest.mark.browser
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.parametrize("width", [320, 390, 600])
def test_a_word_without_end_breaks(chromium: Browser, session: Session, settings: Settings, width: int) -> None:
    steps = baker()
    steps["hygiene"]["title"] = LONG
    catalog, user = Catalog(paths={"baker": made("baker", steps)}), ada(session)
    enrol(session, catalog, user, slug="baker")
    mail = session.get_one(OutboxMail, weekly(session, user))
    html = WeeklyMail(settings, catalog, Renderer(settings))(session, mail, user, NOW).html
    page = chromium.new_page(viewport={"width": width, "height": 600})
    page.set_content(html)
    assert LONG in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
