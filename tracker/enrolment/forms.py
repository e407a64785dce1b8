"""The one form between the picker and a plan; the roadmap asks the same before anybody has an account."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

HOURS = "Hours a week are a number from 1 to 80."


class _Hours(DecimalField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        """As inherited, but 7,5 is a number too, and what is none is said in our own words."""
        try:
            super().process_formdata([str(value).replace(",", ".") for value in valuelist])
        except ValueError:
            raise ValueError(HOURS) from None


class _Day(DateField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        """As inherited, with a sentence that says what a date looks like."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Give a date such as 2027-01-04.") from None


class EnrolForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Starting point, goal, hours, dates and what is credited."""

    starting_point = RadioField("Where I start", validators=[InputRequired("Choose where you start.")])
    # whether the path has such a goal is settled where the plan is made
    goal = RadioField("What I want it for", validate_choice=False, validators=[Optional()])
    hours_per_week = _Hours(
        "Hours a week",
        places=None,
        validators=[
            InputRequired("Say how many hours a week you have, from 1 to 80."),
            NumberRange(1, 80, HOURS),
        ],
    )
    start_on = _Day("Start", validators=[InputRequired("Give a start date, such as 2027-01-04.")])
    target_on = _Day("Target date, if you have one", validators=[Optional()])
    known = SelectMultipleField("What is credited", validate_choice=False, validators=[Optional()])
