"""The bytes of a mail: text first, then HTML, headers that mail programs and lists expect."""

from __future__ import annotations

import datetime as dt
import email
import email.message
import email.policy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Settings
from tests.environment import NOW
from tests.mailing import UNSUBSCRIBE
from tracker.models import OutboxMail
from tracker.outbox import message
from tracker.outbox.render import Content
from tracker.outbox.smtp import _quoted

CONTENT = Content("62% done", "Grüße.\n.\nFrom here on\n", "<p>Grüße.</p>\n", UNSUBSCRIBE)


def mail_of(settings: Settings, content: Content = CONTENT, **more: object) -> email.message.EmailMessage:
    parsed = email.message_from_bytes(raw(settings, content, **more), policy=email.policy.default)
    assert isinstance(parsed, email.message.EmailMessage)
    return parsed


def raw(settings: Settings, content: Content = CONTENT, **more: object) -> bytes:
    row = a_row(**more)
    return message.build(
        settings, row, content, message_id=message.message_id(settings, row), date=message.date_header(NOW)
    )


def a_row(**more: object) -> OutboxMail:
    row = OutboxMail(id=7, user_id=3, kind="weekly", period="2027-W09", recipient="ada@example.org", created_at=NOW)
    for name, value in more.items():
        setattr(row, name, value)
    return row


def test_text_comes_first_then_html(settings: Settings) -> None:
    text, html = mail_of(settings).iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == CONTENT.text
    assert html.get_content().replace("\r\n", "\n") == CONTENT.html


def test_a_reminder_says_what_it_is_and_how_to_stop_it(settings: Settings) -> None:
    mail = mail_of(replace(settings, mail_from="Waymark <post@example.net>"))
    assert mail["From"] == "Waymark <post@example.net>"
    assert mail["To"] == "ada@example.org"
    assert mail["Subject"] == "62% done"
    assert mail["List-Id"] == "Waymark weekly <weekly.example.net>"
    assert mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"].endswith("@example.net>")


def test_a_mailbox_is_named_only_where_one_is_read(settings: Settings) -> None:
    mail = mail_of(replace(settings, mail_unsubscribe="Stop <stop@example.net>"))
    assert mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>, <mailto:stop@example.net?subject=unsubscribe>"


def test_account_mail_is_no_list(settings: Settings) -> None:
    mail = mail_of(settings, replace(CONTENT, unsubscribe=""))
    assert not [name for name in mail if name.startswith("List-")]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_message_id_stays_and_cannot_be_guessed(settings: Settings) -> None:
    one = message.message_id(settings, a_row())
    assert one == message.message_id(settings, a_row(attempts=3, rev=2))
    assert one != message.message_id(settings, a_row(period="2027-W10"))
    assert one != message.message_id(replace(settings, secret_key="another key, 32 bytes or more ...."), a_row())


def test_the_number_of_a_deleted_row_given_to_a_new_one_is_another_mail(settings: Settings) -> None:
    later = NOW + dt.timedelta(days=1)
    first, second = (message.message_id(settings, a_row(period=None, created_at=at)) for at in (NOW, later))
    assert first != second


def test_names_and_subjects_beyond_ascii_arrive_whole(settings: Settings) -> None:
    subject = "62% done, 3 days ahead: next up Überwachtes Lernen – ein Überblick über die wichtigsten Verfahren"
    german = replace(settings, mail_from="Wegmarke für Köln <post@example.net>", site_name="Wegmarke „Köln“")
    mail = mail_of(german, replace(CONTENT, subject=subject))
    assert mail["Subject"] == subject
    assert mail["From"] == "Wegmarke für Köln <post@example.net>"
    assert "Wegmarke „Köln“" in str(mail["List-Id"])
    headers = raw(german, replace(CONTENT, subject=subject)).split(b"\r\n\r\n")[0]
    assert headers.isascii()


def test_a_line_break_cannot_smuggle_in_a_header(settings: Settings) -> None:
    with pytest.raises(ValueError, match="line break"):
        raw(settings, recipient="ada@example.org\nBcc: eve@example.org")
    assert "Bcc" not in mail_of(settings, replace(CONTENT, subject="hello\r\nBcc: eve@example.org"))


@given(st.text())
def test_any_text_survives_the_way(text: str) -> None:
    settings = Settings(instance_dir=message.__file__, database_url="", secret_key="k" * 32, base_url="http://x")  # type: ignore[arg-type]
    wire = _quoted(raw(settings, replace(CONTENT, text=text + "\n")))
    assert wire.endswith(b"\r\n.\r\n")
    body = wire[:-3]
    lines = body.split(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in lines)
    assert b"." not in lines, "a lone dot would end the mail"
    received = b"\r\n".join(line[1:] if line.startswith(b"..") else line for line in lines)
    parsed = email.message_from_bytes(received, policy=email.policy.default)
    payload = list(parsed.walk())[1].get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == (text + "\n").replace("\r\n", "\n")
