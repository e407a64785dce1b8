"""What account mails say. Links are signed here, at the moment of sending: none is ever in the database."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts.events import WORDS
from tracker.accounts.tokens import change_link, confirm_link, reset_link
from tracker.language import gettext_noop, said
from tracker.models import OutboxMail, User
from tracker.outbox.render import Composer, Composers, Content, Renderer, Skip


def composers(settings: Settings, renderer: Renderer) -> Composers:
    """The kinds of mail of this room."""
    return {**_links(settings, renderer), **_notices(settings, renderer)}


def _links(settings: Settings, renderer: Renderer) -> Composers:
    """Mail that somebody waits for, with a link that does one thing."""

    def confirm_email(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        _still_theirs(mail, user)
        if user.email_confirmed_at is not None:
            raise Skip(gettext_noop("The address was confirmed already."))
        return renderer.content(mail.kind, link=confirm_link(settings, user))

    def change_email(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        return renderer.content(mail.kind, link=change_link(settings, user, mail.recipient))

    def address_taken(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        _still_theirs(mail, user)
        return renderer.content(
            mail.kind, link=f"{settings.base_url}/login", forgotten=f"{settings.base_url}/forgot-password"
        )

    def reset_password(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        _still_theirs(mail, user)
        return renderer.content(mail.kind, link=reset_link(settings, user))

    return {
        "confirm-email": confirm_email,
        "change-email": change_email,
        "address-taken": address_taken,
        "reset-password": reset_password,
    }


def _notices(settings: Settings, renderer: Renderer) -> Composers:
    """Mail that tells of a sensitive change, without any secret.

    Sent wherever it was addressed: a change that the owner did not make may have been one of the address too.
    """

    def telling(page: str) -> Composer:
        def tell(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
            what = said(WORDS.get(mail.context.get("what", ""), ""))
            about = {"said": what, "at": mail.due_at, "timezone": user.timezone, **mail.context}
            return renderer.content(mail.kind, link=f"{settings.base_url}{page}", **about)

        return tell

    return {
        "password-changed": telling("/forgot-password"),
        "email-changed": telling("/"),
        "new-device": telling("/settings/security"),
        "factor-changed": telling("/settings/security"),
    }


def _still_theirs(mail: OutboxMail, user: User) -> None:
    """A link that acts on the account must not go to an address that is no longer its owner's."""
    if user.email != mail.recipient:
        raise Skip(gettext_noop("The address was changed."))
