"""Whether other languages can follow: in one made of brackets, every sentence of every page and mail has some."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from babel.dates import get_day_names, get_month_names
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.orm import Session

from config import ROOT, Settings
from tests.browser.addresses import pages
from tests.environment import NOW
from tests.mailing import weekly
from tests.people import TODAY, ada, administrator, path_of
from tracker import language
from tracker.catalog.schema import Catalog
from tracker.demo import make_demo
from tracker.models import OutboxMail, User
from tracker.progress.services import tick
from tracker.reminders import schedule
from tracker.reminders.queries import KINDS
from tracker.worker import composers

LOCALE = "en_ZW"
"""No other test speaks it, so that what is remembered for a locale neither comes in here nor goes out."""
FOR_DEVELOPERS = ("styleguide.",)
WORD = re.compile(r"[^\W\d_]{2,}")
PROGRAM = "Firefox on Linux"
"""What a log-in was made with stays as it was written down then."""
CONTEXT = {"what": "passkey-added", "device": PROGRAM, "network": "192.0.2.0/24", "phase": 1, "path": "ml-engineer"}
LISTS = ("timezone", "locale")
"""Choices that are names: of places, of countries."""
OTHER_KEYWORDS = re.findall(r"-k (\w+)", (ROOT / "Makefile").read_text())
READ_ALOUD = ("title", "aria-label", "placeholder", "alt")


class Brackets(NullTranslations):
    """Says what it is asked to say, between brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Past(HTMLParser):
    """What a page says past gettext: text between tags, and what is read aloud, outside of all brackets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.depth, self.silent, self.found = 0, "", list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "code", "kbd") or (tag == "select" and dict(attrs).get("name") in LISTS):
            self.silent = tag
        for name, value in attrs:
            if name in READ_ALOUD and not self.depth:
                self.found += _outside(value or "")[0]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data: str) -> None:
        said, self.depth = _outside(data, self.depth)
        self.found += [] if self.silent else said


def _outside(text: str, depth: int = 0) -> tuple[list[str], int]:
    """The pieces of a text outside of brackets, and how many brackets are open at its end."""
    pieces = [""]
    for letter in text:
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        if depth or letter in "⟦⟧":
            pieces += [""] if pieces[-1] else []
        else:
            pieces[-1] += letter
    return [piece.strip() for piece in pieces if WORD.search(piece)], depth


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of the catalogue."""
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, BaseModel):
        yield from _texts(dict(value))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _texts(each)


class Exceptions:
    """What needs no translation: content of paths, the learner's own words, names, figures, and what Babel writes."""

    NAMES = ("Waymark", "Berlin", "Europe/Berlin", "Ctrl K", "JSON", "CSV", PROGRAM)

    def __init__(self, catalog: Catalog, *own: str) -> None:
        babel = [*get_month_names(locale=LOCALE).values(), *get_month_names("abbreviated", locale=LOCALE).values()]
        babel += [*get_day_names(locale=LOCALE).values(), "AM", "PM", "am", "pm"]
        names = "|".join(rf"\b{re.escape(name)}\b" for name in (*babel, *self.NAMES, *own))
        self.names = re.compile(rf"https?://\S*|{names}|CHF|[€$£]|\d(?:[\d,.–]*\d)?k?")
        texts = set(_texts(catalog))
        hosts = {urlsplit(text).netloc for text in texts if text.startswith("https://")}
        self.content = {part for text in texts | hosts for part in self._parts(text)}

    def _parts(self, text: str) -> Iterator[str]:
        """What stands between signs: pages put content together with commas and dots, as content does itself."""
        for part in re.split(r"[-–·›.,;:?!()*`|\n]", self.names.sub("", text)):
            if WORD.search(part):
                yield part.strip()

    def hold(self, said: str) -> bool:
        """Whether there is nothing else in it. What is cut short is known by its beginning."""
        cut = [part.removesuffix("…") for part in self._parts(said) if part not in self.content]
        return all("…" in said and any(each.startswith(part) for each in self.content) for part in cut)


@pytest.fixture(autouse=True)
def brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        language, "catalogue", lambda name, real=language.catalogue: Brackets() if name == LOCALE else real(name)
    )


@pytest.fixture
def exceptions(catalog: Catalog) -> Exceptions:
    return Exceptions(catalog, "ada@example.org", "admin@example.org", "demo@example.org")


def past_gettext(client: FlaskClient, app: Flask, exceptions: Exceptions, *rooms: str) -> list[str]:
    """Every sentence past gettext, with the page that says it."""
    found = []
    for endpoint, address in pages(app.url_map):
        if endpoint.startswith(FOR_DEVELOPERS) or not endpoint.startswith(rooms):
            continue
        answer = client.get(address, headers={"Accept-Language": LOCALE.replace("_", "-")})
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            past = [said for said in Past(answer.text).found if not exceptions.hold(said)]
            found += [f"{endpoint}: {said}" for said in dict.fromkeys(past)]
    return found


def test_every_page_of_a_learner_is_said_through_gettext(
    app: Flask, client: FlaskClient, session: Session, catalog: Catalog, settings: Settings, exceptions: Exceptions
) -> None:
    made = make_demo(session, catalog=catalog, settings=settings, now=NOW)
    session.execute(update(User).values(locale=LOCALE))
    session.commit()
    client.environ_base["HTTP_USER_AGENT"] = "Firefox/150 Linux"
    assert client.post("/login", data={"email": made.address, "password": made.password}).status_code == 303
    assert "\n".join(past_gettext(client, app, exceptions, "")) == ""


def test_so_is_every_page_of_strangers(app: Flask, client: FlaskClient, exceptions: Exceptions) -> None:
    """But for those that caches keep: they are the same for all."""
    rooms = ("accounts.", "factors.", "links.", "reminders.", "mail_acts.", "data.")
    assert "\n".join(past_gettext(client, app, exceptions, *rooms)) == ""


def test_so_is_every_page_of_administrators(
    app: Flask, client: FlaskClient, session: Session, exceptions: Exceptions
) -> None:
    weekly(session, ada(session))
    administrator(session, client).locale = LOCALE
    session.commit()
    assert "\n".join(past_gettext(client, app, exceptions, "admin.")) == ""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_so_is_every_mail(
    session: Session, catalog: Catalog, settings: Settings, user: User, exceptions: Exceptions, kind: str
) -> None:
    for number, step in enumerate(path_of(catalog).active):
        if step.phase == 1 or kind == schedule.PATH_FINISHED:
            day = TODAY - dt.timedelta(days=number % 9)
            tick(session, user_id=user.id, path=path_of(catalog), key=step.key, state="done", today=day, now=NOW)
    mail = OutboxMail(
        id=0, user_id=user.id, kind=kind, recipient=user.email, context=CONTEXT, period="2027-W09",
        due_at=NOW, available_at=NOW, expires_at=NOW, created_at=NOW,
    )  # fmt: skip
    user.email_confirmed_at = None if kind == "confirm-email" else NOW
    with language.speaking(LOCALE):
        content = composers(settings)[kind](session, mail, user, NOW)
    past = [*_outside(content.text)[0], *_outside(content.subject)[0], *Past(content.html).found]
    assert [said for said in past if not exceptions.hold(said)] == []


def test_what_is_said_past_gettext_is_found(catalog: Catalog) -> None:
    page = '<p title="Plan">⟦Good <b>⟦late⟧ day</b>⟧ Evening <code>pip</code> 3 h, 8 March</p>'
    exceptions = Exceptions(catalog)
    assert [said for said in Past(page).found if not exceptions.hold(said)] == ["Plan", "Evening"]


def test_the_list_of_sentences_for_translators_is_up_to_date() -> None:
    folder = ROOT / "tracker" / "translations"
    with (folder / "babel.cfg").open() as text:
        methods, options = parse_mapping_cfg(text)  # type: ignore[no-untyped-call]  # Babel has half of its types
    keywords = DEFAULT_KEYWORDS | dict.fromkeys(OTHER_KEYWORDS)
    # As pybabel does, which leaves out folders that begin with a dot.
    found = extract_from_dir(ROOT, methods, options, keywords, directory_filter=lambda name: Path(name).name[:1] != ".")
    said = {message for _, _, message, _, _ in found}
    with (folder / "messages.pot").open("rb") as text:
        kept = {message.id for message in read_po(text) if message.id}
    assert said == kept, "run `make messages`"
