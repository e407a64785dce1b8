"""What a path's career guide says, as data: every claim names its source, every pay figure its currency and date.

A guide is optional: a learner's own path needs none. That sources, milestones and starting points exist is in `rules`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tracker.catalog.values import Key, KeyedMap, Line, Some, Text, Url, Value

Level = Literal["junior", "mid", "senior", "all"]
Currency = Literal["EUR", "USD", "GBP", "CHF"]

MAX_PAY = 10_000_000
Money = Annotated[int, Field(gt=0, le=MAX_PAY)]


class Source(Value):
    """Where a claim comes from."""

    name: Text
    url: Url | None = None
    year: Line
    """Of the figure, as it is to be shown: "2025", "undated"."""
    seen: bool
    """Whether the source itself was read when the file was written; False for what others quote from it."""
    note: Text | None = None


class Claim(Value):
    """One statement with its source, a key of the guide's `sources`."""

    text: Text
    source: Key
    title: Line | None = None


Claims = tuple[Claim, ...]


class Fact(Value):
    """A figure that fits in a line, and the claims behind it."""

    figure: Line
    claims: Some[Claim]


class Facts(Value):
    """What people ask first."""

    training: Fact
    job_search: Fact
    education: Fact
    english: Fact
    demand: Fact


class Median(Value):
    """The one pay figure that a career page leads with."""

    low: Money
    high: Money
    currency: Currency
    source: Key
    as_of: Line
    text: Text
    """What the figure is and is not."""


def _checked_pay(row: PayRow) -> PayRow:
    given = [figure for figure in (row.low, row.middle, row.high) if figure is not None]
    if not given:
        raise ValueError("A row of pay should have a low, a middle or a high figure.")
    if given != sorted(given):
        raise ValueError(f"The figures of {row.place} should rise from low over middle to high.")
    return row


class PayFigures(Value):
    """One row of one source; rows of different sources are shown side by side and never blended."""

    place: Line
    level: Level
    level_note: Line | None = None
    """How the source draws the level: "3–5 years"."""
    role: Line | None = None
    """Whose pay it is, where it is not that of the guide's own profession."""
    low: Money | None = None
    middle: Money | None = None
    high: Money | None = None
    middle_is: Line = "median"
    spread_is: Line | None = None
    """What low and high are: "middle half", "tenth to ninetieth percentile". Low alone means "from"."""
    currency: Currency
    period: Literal["year", "month"] = "year"
    source: Key
    as_of: Line
    note: Text | None = None


PayRow = Annotated[PayFigures, AfterValidator(_checked_pay)]


def _checked_table(table: PayTableFields) -> PayTableFields:
    if not table.rows and not table.not_found:
        raise ValueError(f"The table {table.title} should have rows, or say what was not found.")
    return table


class PayTableFields(Value):
    """The pay of one part of the world: what was found, and what was not."""

    title: Line
    claims: Claims = ()
    rows: tuple[PayRow, ...] = ()
    not_found: tuple[Text, ...] = ()
    """What was looked for and not found, as sentences."""


PayTable = Annotated[PayTableFields, AfterValidator(_checked_table)]


class Skill(Value):
    """A skill and the milestones that build it."""

    title: Line
    text: Text | None = None
    milestones: Some[Key]


class Skills(Value):
    """Technical and soft skills, by key."""

    technical: KeyedMap[Skill]
    soft: KeyedMap[Skill]


class Comparison(Value):
    """This profession beside another one that has a path here."""

    title: Line
    points: Some[Claim]
    carries_over: Claims = ()
    """What somebody from the other profession has already."""


class Story(Value):
    """Somebody who made the change."""

    name: Line
    was: Line
    starting_point: Key
    """Whose plan is shown beside the story."""
    months: Annotated[int, Field(ge=1, le=120)]
    hours_per_week: Annotated[float, Field(gt=0, le=80)]
    """What the months imply for our plan from this starting point."""
    text: tuple[Text, ...]
    beside: Text
    """Our comment: how the story and the plan compare."""
    source: Key


class Myth(Value):
    """What people believe, and what is so."""

    myth: Text
    reality: Text
    source: Key


class LegalDate(Value):
    """A day from which something applies."""

    date: dt.date
    applies: Text
    where: Line
    """Article or annex."""
    formerly: dt.date | None = None
    source: Key


class Law(Value):
    """A law that changes the work, as it stood on a day."""

    title: Line
    as_of: Line
    claims: Claims
    dates: Some[LegalDate]
    details: Claims = ()
    open: Claims = ()
    """What was not settled on that day."""
    disclaimer: Text


class Question(Value):
    """A question with its full answer, paragraph by paragraph."""

    question: Line
    answer: Some[Claim]


class Call(Value):
    """The invitation at the end."""

    title: Line
    text: Text
    button: Line


class Guide(Value):
    """The career guide of a path."""

    title: Line
    lead: Claim
    written: Line
    """When the text was last gone through: "November 2026"."""
    profession: Some[Claim]
    median: Median | None = None
    pay: KeyedMap[PayTable] = Field(default_factory=dict, validate_default=True)
    pay_trends: Claims = ()
    learning: Claims = ()
    skills: Skills
    facts: Facts
    comparisons: KeyedMap[Comparison] = Field(default_factory=dict, validate_default=True)
    """By the slug of the other path."""
    stories: KeyedMap[Story] = Field(default_factory=dict, validate_default=True)
    myths: tuple[Myth, ...] = ()
    market: Claims = ()
    law: Law | None = None
    questions: KeyedMap[Question] = Field(default_factory=dict, validate_default=True)
    call: Call
    sources: KeyedMap[Source]
