"""Whether a mail is still wanted: once as SQL for the fence, once in words for the learner and the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from tracker.language import gettext_noop
from tracker.models import OutboxMail, ReminderPreference, Suppression, User
from tracker.outbox.enqueue import URGENT

DELETED = gettext_noop("The account was deleted.")
EXPIRED = gettext_noop("It could not be sent in time.")


_mail, _user = OutboxMail.__table__.c, User.__table__.c
_preference, _refused = ReminderPreference.__table__.c, Suppression.__table__.c


def _about_it(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Exists, for the mail of the outer statement: two levels deep it would be any mail unless that is said."""
    return exists().where(*conditions).correlate(OutboxMail.__table__)


_reminder = and_(
    _user.email == _mail.recipient,
    _user.email_confirmed_at.is_not(None),
    _about_it(_preference.user_id == _mail.user_id, _preference.enabled, _preference.rev == _mail.rev),
    ~_about_it(_refused.address == _mail.recipient),
)

STILL_WANTED: tuple[ColumnElement[bool], ...] = (
    _mail.expires_at > bindparam("now"),
    _about_it(_user.id == _mail.user_id, or_(_mail.priority == URGENT, _reminder)),
)
"""Conditions on an outbox row that must hold, ``now``, in the very statement that allows its bytes to leave.

Urgent mail (confirm, reset …) is asked for by a person, so it is tried even where an address was refused before.
Columns of tables and not of classes: the statement is built once, and the ORM stays out of its way.
"""


def why_not(session: Session, mail: OutboxMail, now: dt.datetime) -> str:
    """The reason, as a sentence, why a mail may not be sent any more; empty when it may."""
    return looked_at(session, [mail], now)[mail.id][0]


def looked_at(session: Session, mails: Sequence[OutboxMail], now: dt.datetime) -> Mapping[int, tuple[str, User | None]]:
    """For each mail the same sentence and its owner, in one query for all."""
    # The row's own ``rev`` is read anew: a change of wishes may have adopted the mail since it was claimed.
    rows = session.execute(
        select(OutboxMail.id, OutboxMail.rev, User, ReminderPreference, Suppression)
        .join(User, User.id == OutboxMail.user_id)
        .outerjoin(ReminderPreference, ReminderPreference.user_id == User.id)
        .outerjoin(Suppression, Suppression.address == OutboxMail.recipient)
        .where(OutboxMail.id.in_([mail.id for mail in mails]))
    )
    found: dict[int, tuple[str, User | None]] = {mail.id: (DELETED, None) for mail in mails}
    by_id = {mail.id: mail for mail in mails}
    for mail_id, rev, user, preference, suppression in rows:
        found[mail_id] = _reason(by_id[mail_id], rev, user, preference, suppression, now), user
    return found


def _reason(
    mail: OutboxMail,
    rev: int,
    user: User,
    preference: ReminderPreference | None,
    suppression: Suppression | None,
    now: dt.datetime,
) -> str:
    if mail.expires_at <= now:
        return EXPIRED
    if mail.priority == URGENT:
        return ""
    if preference is None or not preference.enabled:
        return gettext_noop("Reminders were turned off.")
    if user.email != mail.recipient:
        return gettext_noop("The address was changed.")
    if user.email_confirmed_at is None:
        return gettext_noop("The address is not confirmed.")
    if suppression is not None:
        return gettext_noop("Mail to this address was refused before.")
    return "" if preference.rev == rev else gettext_noop("The reminder's settings were changed.")
