"""What only its learner sees on a milestone: a note in Markdown, and links of their own."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.errors import InvalidInput
from tracker.models import MilestoneLink, MilestoneNote, User
from tracker.progress.markdown import rendered
from tracker.progress.notes import write_note
from tracker.weblinks import checked_link

NUMPY = "/milestones/ml-engineer/numpy"


def shown(client: FlaskClient) -> str:
    """The part of the page that shows the note."""
    found = re.search(r'id="note-shown">(.*?)</div>', client.get(NUMPY).text, re.S)
    assert found
    return found[1]


def links(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    return [(row.url, row.title) for row in session.scalars(select(MilestoneLink).order_by(MilestoneLink.id))]


def test_a_note_is_kept_as_typed_and_shown_as_markdown(learner: FlaskClient, session: Session) -> None:
    typed = (
        "  # Broadcasting\r\n\r\n**Shapes** first, see [the guide](https://numpy.org/doc/).\r\n\r\n    a[:, None]\r\n"
    )
    learner.post(f"{NUMPY}/note", data={"body": typed})
    assert session.scalars(select(MilestoneNote.body)).one() == typed.replace("\r\n", "\n")
    html = shown(learner)
    assert "<strong>Shapes</strong>" in html
    assert "<h3>Broadcasting</h3>" in html, "below the headings of the page"
    assert '<a href="https://numpy.org/doc/" rel="nofollow noopener ugc">the guide</a>' in html
    assert "<code>a[:, None]" in html


def test_a_preview_shows_and_keeps_nothing(learner: FlaskClient, session: Session) -> None:
    page = learner.post(f"{NUMPY}/note/preview", data={"body": "*soon* <b>"}).text
    assert "<em>soon</em> &lt;b&gt;" in page
    assert "*soon* &lt;b&gt;</textarea>" in page, "what was typed is still in the form"
    assert session.scalars(select(MilestoneNote)).all() == []


def seen_by(client: FlaskClient, address: str = NUMPY) -> str:
    """The mark that the form brings back, of what it was made from."""
    return str(re.findall(r'name="seen" value="([^"]*)"', client.get(address).text)[-1])


def test_another_device_was_quicker_and_both_texts_are_shown(learner: FlaskClient, session: Session) -> None:
    mark = seen_by(learner)
    learner.post(f"{NUMPY}/note", data={"body": "From the *phone*", "seen": mark})
    answer = learner.post(f"{NUMPY}/note", data={"body": "From the laptop", "seen": mark})
    assert answer.status_code == 409
    assert "From the <em>phone</em>" in answer.text, "what is saved"
    assert "From the laptop</textarea>" in answer.text, "what was typed"
    assert session.scalars(select(MilestoneNote.body)).one() == "From the *phone*"
    now = re.findall(r'name="seen" value="([^"]*)"', answer.text)[-1]
    assert learner.post(f"{NUMPY}/note", data={"body": "From both", "seen": now}).status_code == 303
    session.expire_all()
    assert session.scalars(select(MilestoneNote.body)).one() == "From both"


def test_a_note_sent_twice_is_no_conflict(learner: FlaskClient) -> None:
    form = {"body": "Once", "seen": seen_by(learner)}
    assert [learner.post(f"{NUMPY}/note", data=form).status_code for _ in range(2)] == [303, 303]


def test_a_link_that_another_device_corrected_is_not_overwritten(learner: FlaskClient, session: Session) -> None:
    learner.post(f"{NUMPY}/links", data={"url": "https://example.org/a", "title": "A"})
    address = f"{NUMPY}/links/{session.scalars(select(MilestoneLink.id)).one()}"
    mark = re.findall(r'name="seen" value="([^"]*)"', learner.get(address).text)[0]
    learner.post(address, data={"url": "https://example.org/b", "title": "B", "seen": mark})
    answer = learner.post(address, data={"url": "https://example.org/c", "title": "C", "seen": mark})
    assert answer.status_code == 409
    assert 'value="https://example.org/c"' in answer.text
    assert links(session) == [("https://example.org/b", "B")]


HOSTILE = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&#58alert(1))",
    "[x](&#x0003a;javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x]\n\n[x]: javascript:alert(1)",
    "[multi\nline](\njavascript:alert(1)\n)",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    '![\\" onerror=alert(1) ](x)',
    '![A](B "<C D="E" onerror=alert(1)>")',
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "<https://example.org/\"onmouseover='alert(1)'>",
    "</div></main><script>alert(1)</script>",
    "{{ 7*7 }} {% raw %}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_note_can_act(learner: FlaskClient, text: str) -> None:
    assert learner.post(f"{NUMPY}/note", data={"body": text}).status_code == 303
    html = shown(learner)
    tags = re.findall(r"<[^>]*>", html)
    plain = r"</?(p|em|strong|code|pre|blockquote|table|thead|tbody|tr|th|td)>|</a>|<br>"
    allowed = re.compile(plain + r'|<a href="https?://[^"<>]*" rel="[a-z ]+">')
    assert [tag for tag in tags if not allowed.fullmatch(tag)] == []
    assert "49" not in html


@pytest.mark.parametrize("letter", ["[", ">", "*", "`", "- ", "|", "\\", "~", "_a ", "![", "](", "a\n"])
def test_a_note_of_one_letter_over_and_over_is_only_text(learner: FlaskClient, letter: str) -> None:
    body = (letter * 20_000)[:20_000]
    assert learner.post(f"{NUMPY}/note", data={"body": body}).status_code == 303
    assert learner.get(NUMPY).status_code == 200


@pytest.mark.parametrize("body", ["", "  \r\n ", "\u200b\u200b", "\u200e"])
def test_what_nobody_can_see_is_no_note(learner: FlaskClient, session: Session, body: str) -> None:
    learner.post(f"{NUMPY}/note", data={"body": "Something."})
    learner.post(f"{NUMPY}/note", data={"body": body})
    assert session.scalars(select(MilestoneNote)).all() == []


@pytest.mark.parametrize("body", ["a\x00b", "a\ud800b", "x" * 20_001])
def test_what_cannot_be_kept_is_said(session: Session, catalog: Catalog, user: User, body: str) -> None:
    with pytest.raises(InvalidInput, match="A note"):
        write_note(session, user_id=user.id, path=path_of(catalog), key="numpy", body=body, now=NOW)
    assert session.scalars(select(MilestoneNote)).all() == []


def test_ten_thousand_combining_marks_are_kept_as_text(learner: FlaskClient) -> None:
    body = "Z" + "\u0301" * 10_000
    assert learner.post(f"{NUMPY}/note", data={"body": body}).status_code == 303
    assert body in shown(learner)


def test_a_picture_is_not_asked_of_another_host() -> None:
    assert "<img" not in rendered("![chart](https://example.org/chart.png)")


def test_a_link_is_added_corrected_and_deleted_with_undo(learner: FlaskClient, session: Session) -> None:
    learner.post(f"{NUMPY}/links", data={"url": " https://example.org/a ", "title": " The  <b>guide</b> "})
    assert links(session) == [("https://example.org/a", "The <b>guide</b>")]
    page = learner.get(NUMPY).text
    assert '<a href="https://example.org/a" rel="nofollow noopener noreferrer ugc">The &lt;b&gt;guide' in page
    number = session.scalars(select(MilestoneLink.id)).one()
    assert 'value="https://example.org/a"' in learner.get(f"{NUMPY}/links/{number}").text
    learner.post(f"{NUMPY}/links/{number}", data={"url": "https://example.org/b", "title": ""})
    assert links(session) == [("https://example.org/b", "")]
    page = learner.post(f"{NUMPY}/links/{number}/delete", follow_redirects=True).text
    assert links(session) == []
    assert 'name="url" value="https://example.org/b"' in page, "undo sends it again"
    learner.post(f"{NUMPY}/links", data={"url": "https://example.org/b"})
    learner.post(f"{NUMPY}/links", data={"url": "https://example.org/b"})
    assert links(session) == [("https://example.org/b", "")], "the same address twice is one"


REFUSED = [
    ("", "Give the address"),
    ("javascript:alert(1)", "https:// or http://"),
    ("file:///etc/passwd", "https:// or http://"),
    ("ftp://example.org/", "https:// or http://"),
    ("//evil.example/", "https:// or http://"),
    ("example.org", "https:// or http://"),
    ("https://github.com@evil.example/", "before an @"),
    ("https://user:secret@example.org/", "before an @"),
    ("https://evil.example\\@github.com", "backslashes"),
    ("https://example.org/\u202egpj.exe", "invisible"),
    ("https://exam\u200bple.org/", "invisible"),
    ("https://example.org/a b", "no spaces"),
    ("https://example.org/a\x00b", "invisible"),
    ("https://example.org/\ud800", "invisible"),
    ("https:///path", "names no host"),
    ("https://-x-.example/", "names no host"),
    ("https://[::1/", "cannot be read"),
    ("https://example.org:99999/", "cannot be read"),
    ("https://example.org/" + "x" * 10_000, "at most 2048"),
    ("https://a..b/", "names no host"),
]


@pytest.mark.parametrize(("url", "said"), REFUSED)
def test_an_address_that_deceives_or_is_none_is_refused(url: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        checked_link(url)


def test_a_refused_link_is_said_beside_its_field_and_stays_typed(learner: FlaskClient, session: Session) -> None:
    answer = learner.post(f"{NUMPY}/links", data={"url": "javascript:alert(1)", "title": "My title"})
    assert answer.status_code == 422
    assert 'id="link-url-error"' in answer.text
    assert 'value="javascript:alert(1)"' in answer.text
    assert 'value="My title"' in answer.text
    long = learner.post(f"{NUMPY}/links", data={"url": "https://example.org", "title": "Z" + "\u0301" * 10_000})
    assert (long.status_code, 'id="link-title-error"' in long.text) == (422, True)
    assert links(session) == []


def test_a_name_that_looks_like_another_shows_what_it_is() -> None:
    assert checked_link("https://аpple.com/") == "https://xn--pple-43d.com/"
    assert checked_link("https://bücher.example/ä?q=ö#ü") == "https://xn--bcher-kva.example/ä?q=ö#ü"
    assert checked_link("HTTPS://Example.ORG:8443/A") == "https://example.org:8443/A"
    assert checked_link("http://[2001:DB8::1]/") == "http://[2001:db8::1]/"


def test_twenty_links_are_enough(learner: FlaskClient, session: Session) -> None:
    for number in range(20):
        assert learner.post(f"{NUMPY}/links", data={"url": f"https://example.org/{number}"}).status_code == 303
    answer = learner.post(f"{NUMPY}/links", data={"url": "https://example.org/20"})
    assert answer.status_code == 422
    assert "holds 20 links" in answer.text
    assert len(links(session)) == 20


def test_a_stranger_cannot_see_change_or_delete_mine(
    client: FlaskClient, session: Session, catalog: Catalog, user: User
) -> None:
    log_in(client, user)
    client.post(f"{NUMPY}/links", data={"url": "https://example.org/mine"})
    client.post(f"{NUMPY}/note", data={"body": "mine alone"})
    number = session.scalars(select(MilestoneLink.id)).one()
    client.post("/logout")
    mallory = make_user(session, "mallory@example.org")
    enrol(session, catalog, mallory)
    log_in(client, mallory)
    page = client.get(NUMPY).text
    assert "example.org/mine" not in page
    assert "mine alone" not in page
    assert client.get(f"{NUMPY}/links/{number}").status_code == 404
    assert client.post(f"{NUMPY}/links/{number}", data={"url": "https://evil.example"}).status_code == 404
    assert client.post(f"{NUMPY}/links/{number}/delete").status_code == 404
    assert links(session) == [("https://example.org/mine", "")]
