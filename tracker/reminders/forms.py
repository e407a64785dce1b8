"""When the weekly mail comes."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the published types

from tracker import clock, words
from tracker.fields import Form, choice
from tracker.language import gettext_noop, lazy_gettext, locale, said

AREAS = (
    gettext_noop("Africa"),
    gettext_noop("America"),
    gettext_noop("Antarctica"),
    gettext_noop("Arctic"),
    gettext_noop("Asia"),
    gettext_noop("Atlantic"),
    gettext_noop("Australia"),
    gettext_noop("Europe"),
    gettext_noop("Indian"),
    gettext_noop("Pacific"),
)
UNIVERSAL, OTHERS = gettext_noop("Universal time"), gettext_noop("Others")


def zones() -> list[SelectChoice]:
    """Every IANA name, grouped by area as people look for them; the rest, UTC and old names, at the end."""
    return _zones(locale())


@cache
def _zones(_locale: str) -> list[SelectChoice]:
    groups: dict[str, list[SelectChoice]] = {area: [] for area in (*AREAS, UNIVERSAL, OTHERS)}
    for name in sorted(clock.zones()):
        area, _, place = name.partition("/")
        if not place:
            area, place = UNIVERSAL if name == "UTC" else OTHERS, name
        elif area not in groups:
            area, place = OTHERS, name
        label = place.replace("_", " ").replace("/", ", ")
        groups[area].append(SelectChoice(value=name, label=label, optgroup=said(area)))
    return [choice for group in groups.values() for choice in group]


def _weekdays() -> list[SelectChoice]:
    return [SelectChoice(value=number, label=words.weekday(number)) for number in range(7)]


def _hours() -> list[SelectChoice]:
    return [SelectChoice(value=hour, label=words.clock_time(dt.time(hour))) for hour in range(24)]


class SlotForm(Form):
    """Day and hour, behind a link in a mail."""

    weekday = choice(lazy_gettext("Day"), lazy_gettext("Choose the day from the list."), _weekdays, int)
    hour = choice(lazy_gettext("Hour"), lazy_gettext("Choose the hour from the list."), _hours, int)


class ReminderForm(SlotForm):
    """Whether it comes, on which day, at which hour and in which zone."""

    enabled = BooleanField(lazy_gettext("Send me a weekly reminder"))
    timezone = choice(lazy_gettext("Time zone"), lazy_gettext("Choose the time zone from the list."), zones, str)

    def wishes(self) -> dict[str, Any]:
        """What was chosen, as ``save_preferences`` takes it."""
        return {name: self[name].data for name in ("enabled", "weekday", "hour", "timezone")}

    def describe(self) -> str:
        """Monday at 08:00, Berlin"""
        return words.weekly_slot(self.weekday.data, self.hour.data, self.timezone.data)
