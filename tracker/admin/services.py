"""What an administrator can do to a mail."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.admin import queries
from tracker.db import transaction
from tracker.errors import InvalidInput, NotFound
from tracker.language import gettext, gettext_noop
from tracker.models import OutboxMail, ReminderPreference, Suppression
from tracker.outbox.enqueue import REMINDER
from tracker.reminders.schedule import REST, WEEKLY

ASKED = gettext_noop("An administrator asked for another try.")


def try_again(session: Session, *, number: int, now: dt.datetime) -> str:
    """Puts a mail that is over back into the queue; asking twice is the same as once. Answers what happens now.

    Whether it is still wanted is judged when it is sent, as for every mail. Its Message-ID stays, so that a mailbox can
    tell a second copy. Raises NotFound, and InvalidInput with a sentence where it makes no sense any more.
    """
    with transaction(session):
        mail = session.get(OutboxMail, number)
        if mail is None:
            raise NotFound
        # The preference first, as whoever changes it does; then the mail, which may have moved on meanwhile.
        preference = session.get(ReminderPreference, mail.user_id, with_for_update=True)
        mail = session.get_one(OutboxMail, number, with_for_update=True, populate_existing=True)
        if mail.state in ("queued", "claimed", "sending"):
            return gettext("It waits to be sent already.")
        if mail.state == "sent":
            return gettext("It was sent already.")
        price = queries.again(mail, now)
        if not price:
            raise InvalidInput(gettext("It is too late for this mail: it would say what is no longer so."))
        if mail.priority == REMINDER and preference is not None:
            following = preference.next_due_at if mail.kind == WEEKLY else None
            if following is not None and following - now < REST:
                raise InvalidInput(gettext("The next reminder comes within three days; this one would be too much."))
            mail.rev = preference.rev
        session.execute(delete(Suppression).where(Suppression.address == mail.recipient))
        mail.state, mail.reason, mail.available_at, mail.attempts = "queued", ASKED, now, 0
        mail.lease_until, mail.lease_token = None, ""
    if price == "second copy":
        return gettext("It waits to be sent again. If it did arrive before, this is a second copy.")
    return gettext("It waits to be sent again.")
