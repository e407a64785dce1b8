"""What account mails say. Links are signed here, at the moment of sending: none is ever in the database."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from config import Settings
from tracker.accounts.tokens import confirm_link, reset_link
from tracker.models import OutboxMail, User
from tracker.outbox.render import Composers, Content, Renderer, Skip


def composers(settings: Settings, renderer: Renderer) -> Composers:
    """The kinds of mail of this room."""

    def confirm_email(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        _still_theirs(mail, user)
        if user.email_confirmed_at is not None:
            raise Skip("The address was confirmed already.")
        return renderer.content(mail.kind, link=confirm_link(settings, user))

    def address_taken(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        _still_theirs(mail, user)
        return renderer.content(
            mail.kind, link=f"{settings.base_url}/login", forgotten=f"{settings.base_url}/forgot-password"
        )

    def reset_password(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        _still_theirs(mail, user)
        return renderer.content(mail.kind, link=reset_link(settings, user))

    def password_changed(_session: Session, mail: OutboxMail, user: User, _now: dt.datetime) -> Content:
        # Sent wherever it was addressed: a change that the owner did not make may have been one of the address too.
        return renderer.content(
            mail.kind, link=f"{settings.base_url}/forgot-password", changed_at=mail.due_at, timezone=user.timezone
        )

    return {
        "confirm-email": confirm_email,
        "address-taken": address_taken,
        "reset-password": reset_password,
        "password-changed": password_changed,
    }


def _still_theirs(mail: OutboxMail, user: User) -> None:
    """A link that acts on the account must not go to an address that is no longer its owner's."""
    if user.email != mail.recipient:
        raise Skip("The address was changed.")
