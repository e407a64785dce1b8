"""In which language something is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import Environment
from wtforms import IntegerField, StringField
from wtforms.validators import Length

from tracker import language
from tracker.fields import Form
from tracker.language import gettext, lazy_gettext, ngettext, speaking

GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Log out"
msgstr "Abmelden"

msgid "Hello %(name)s"
msgstr "Hallo %(name)s"

msgid "%(num)s day"
msgid_plural "%(num)s days"
msgstr[0] "%(num)s Tag"
msgstr[1] "%(num)s Tage"
"""


@pytest.fixture(autouse=True)
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    file = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(GERMAN)
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    language.catalogue.cache_clear()
    yield
    language.catalogue.cache_clear()


def test_a_sentence_is_said_in_the_language_of_the_moment() -> None:
    assert gettext("Log out") == "Log out"
    with speaking("de_AT"):
        assert gettext("Log out") == "Abmelden"
        assert gettext("Hello %(name)s", name="Ada") == "Hallo Ada"
    assert gettext("Hello %(name)s", name="Ada") == "Hello Ada"


@pytest.mark.parametrize(("count", "said"), [(1, "1 Tag"), (2, "2 Tage")])
def test_a_count_takes_its_form(count: int, said: str) -> None:
    with speaking("de"):
        assert ngettext("%(num)s day", "%(num)s days", count) == said


def test_a_label_becomes_words_when_it_is_shown() -> None:
    label = lazy_gettext("Log out")
    with speaking("de"):
        assert str(label) == "Abmelden"
    assert str(label) == "Log out"


def test_templates_speak_it_too_and_escape_what_is_filled_in() -> None:
    env = Environment(autoescape=True)
    language.install(env)
    page = env.from_string("""{{ _("Log out") }}: {% trans name=name %}
      Hello {{ name }}
    {% endtrans %}, {{ ngettext("%(num)s day", "%(num)s days", 3) }} <{{ language_tag() }}>""")
    assert page.render(name="<Ada>") == "Log out: Hello &lt;Ada&gt;, 3 days <en-GB>"
    with speaking("de"):
        assert page.render(name="<Ada>") == "Abmelden: Hallo &lt;Ada&gt;, 3 Tage <de>"


def test_who_it_is_for_is_asked_once_and_only_where_there_is_something_to_say() -> None:
    asked: list[str] = []

    def chooser() -> str:
        asked.append("again")
        return "de_DE"

    token = language.choose(chooser)
    assert not asked
    assert [gettext("Log out"), gettext("Log out")] == ["Abmelden", "Abmelden"]
    assert asked == ["again"]
    language.forget(token)
    assert gettext("Log out") == "Log out"


def test_what_wtforms_says_by_itself_follows_too(client: FlaskClient) -> None:
    class Sample(Form):
        number = IntegerField()
        word = StringField(validators=[Length(max=3)])

    with client.application.test_request_context(method="POST", data={"number": "x", "word": "long"}):
        english = Sample(meta={"csrf": False})
        assert not english.validate()
        with speaking("de_AT"):
            german = Sample(meta={"csrf": False})
            assert not german.validate()
    assert english.number.errors == ["Not a valid integer value."]
    assert german.number.errors == ["Keine gültige, ganze Zahl."]
    assert german.word.errors == ["Feld kann nicht länger als 3 Zeichen sein."]
