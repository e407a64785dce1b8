"""When the weekly mail comes."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the published types

from tracker import words

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> list[SelectChoice]:
    """Every IANA name, grouped by area as people look for them; the rest, UTC and old names, at the end."""
    groups: dict[str, list[SelectChoice]] = {area: [] for area in (*AREAS, "Universal time", "Others")}
    for name in sorted(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"}):
        area, _, place = name.partition("/")
        if not place:
            area, place = "Universal time" if name == "UTC" else "Others", name
        elif area not in groups:
            area, place = "Others", name
        label = place.replace("_", " ").replace("/", ", ")
        groups[area].append(SelectChoice(value=name, label=label, optgroup=area))
    return [choice for group in groups.values() for choice in group]


def _choice(label: str, choices: Any, coerce: Callable[[Any], Any]) -> SelectField:
    said = f"Choose the {label.lower()} from the list."
    more: Any = {"invalid_value_message": said, "invalid_choice_message": said}  # newer than the published types
    return SelectField(label, coerce=coerce, choices=choices, **more)


class SlotForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Day and hour, behind a link in a mail."""

    weekday = _choice("Day", [SelectChoice(value=n, label=name) for n, name in enumerate(words.WEEKDAYS)], int)
    hour = _choice("Hour", [SelectChoice(value=h, label=f"{h:02}:00") for h in range(24)], int)


class ReminderForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Day, hour and zone."""

    enabled = BooleanField("Send me a weekly reminder")
    weekday = _choice("Day", [SelectChoice(value=n, label=name) for n, name in enumerate(words.WEEKDAYS)], int)
    hour = _choice("Hour", [SelectChoice(value=h, label=f"{h:02}:00") for h in range(24)], int)
    timezone = _choice("Time zone", zones, str)

    def describe(self) -> str:
        """Monday at 08:00, Berlin"""
        return f"{words.WEEKDAYS[self.weekday.data]} at {self.hour.data:02}:00, {words.place(self.timezone.data)}"
