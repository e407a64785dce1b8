"""The words that pages use in a sense of their own, explained in one place: for where they stand, and for /help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.language import lazy_gettext


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it means here; both become words of a language when they are shown."""

    name: str
    meaning: str


WORDS: Mapping[str, Word] = {
    "percent": Word(
        lazy_gettext("percent done"),
        lazy_gettext(
            "The hours of what is done, out of the hours of your whole plan. Finished milestones move it; time in the"
            " study log does not. What is known, left out or can wait is in neither part."
        ),
    ),
    "pace": Word(
        lazy_gettext("pace"),
        lazy_gettext(
            "How many days you are ahead of your plan or behind it. “4 days ahead” means that you have done today what"
            " the plan expects in four days. A milestone counts by its criteria until it is done, so tick these as you"
            " meet them. Up to a week either way is on track, and paused days expect nothing. Being behind locks"
            " nothing."
        ),
    ),
    "forecast": Word(
        lazy_gettext("forecast"),
        lazy_gettext(
            "When you will probably finish. It starts from the hours that you said, and learns from what you really do,"
            " empty weeks and pauses too. It is a range that is meant to hold in 8 of 10 cases, and never a promise."
        ),
    ),
    "known": Word(
        lazy_gettext("known"),
        lazy_gettext(
            "What you could do before you began. It is credited: it takes no time in your plan and is in neither part"
            " of your percentage. “Half credited” leaves half of the hours. You can take credit back at any time."
        ),
    ),
    "can-wait": Word(
        lazy_gettext("can wait"),
        lazy_gettext(
            "What not everybody needs, by where you start and what you want it for. It stands beside your plan without"
            " a date and is in no percentage until you begin it or take it in. It is your slack, too: leaving some for"
            " later brings the finish nearer."
        ),
    ),
    "done-when": Word(
        lazy_gettext("done when"),
        lazy_gettext(
            "What you can show once a milestone is done. Nobody checks but you. Each point that is met earns its share"
            " of the hours, up to nine tenths; the rest comes when you mark the milestone as done."
        ),
    ),
    "milestone": Word(
        lazy_gettext("milestone"),
        lazy_gettext(
            "One step of your path, with its hours, what it builds on, when it counts as done and where to learn it."
            " The order is advice: tick off anything at any time, and set it back if you like."
        ),
    ),
    "placement-test": Word(
        lazy_gettext("placement test"),
        lazy_gettext(
            "A checkpoint at the end of a phase. Pass it whenever you like. If it shows that something is not there"
            " yet, “not yet” brings the hours back that you were credited with."
        ),
    ),
    "pause": Word(
        lazy_gettext("pause"),
        lazy_gettext(
            "Days on which your plan expects nothing and no mail comes: a holiday, an illness, a busy month. You can"
            " enter one afterwards. Ticks still count, and weeks in a row are not broken."
        ),
    ),
    "streak": Word(
        lazy_gettext("weeks in a row"),
        lazy_gettext(
            "A week counts with one finished milestone, or with half of the hours that you planned. This week cannot"
            " break it before it is over."
        ),
    ),
    "first-plan": Word(
        lazy_gettext("first plan"),
        lazy_gettext(
            "Plans are never edited. When you change hours, a date or a pause, a new plan begins today; the one that it"
            " all began with stays in the picture as a thin line."
        ),
    ),
}
"""By the key that pages name them by."""
