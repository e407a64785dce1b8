"""How the weekly mail fades for somebody who never answers it, as one number decides it.

The number counts the mails that went out since the last sign of life. Four weekly ones; then three monthly ones, of
which the first says so; then one that asks whether to go on; then none.
"""

from __future__ import annotations

from typing import Literal

Cadence = Literal["weekly", "monthly", "asking", "stopped"]

WEEKLY_MAILS = 4
MONTHLY_MAILS = 3
MONTH_WEEKS = 4
"""A monthly mail takes the slot of every fourth ISO week."""


def cadence(unanswered: int) -> Cadence:
    """What the next mail is, after so many without a sign of life."""
    if unanswered < WEEKLY_MAILS:
        return "weekly"
    if unanswered < WEEKLY_MAILS + MONTHLY_MAILS:
        return "monthly"
    return "asking" if unanswered == WEEKLY_MAILS + MONTHLY_MAILS else "stopped"


def is_first_monthly(unanswered: int) -> bool:
    """Whether the next mail is the one that says that they come monthly from now on."""
    return unanswered == WEEKLY_MAILS


def weeks_after(unanswered: int) -> int:
    """ISO weeks from the next mail's slot to the one after it. One that asks leaves a month for the answer."""
    return 1 if cadence(unanswered) == "weekly" else MONTH_WEEKS
