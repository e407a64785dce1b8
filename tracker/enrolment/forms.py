"""The one form between the picker and a plan."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional


class EnrolForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Starting point, hours, dates and what is credited."""

    starting_point = RadioField("Where I start", validators=[InputRequired("Choose where you start.")])
    hours_per_week = DecimalField(
        "Hours a week",
        places=None,
        validators=[
            InputRequired("Say how many hours a week you have, from 1 to 80."),
            NumberRange(1, 80, "Hours a week are a number from 1 to 80."),
        ],
    )
    start_on = DateField("Start", validators=[InputRequired("Give a start date, such as 2027-01-04.")])
    target_on = DateField("Target date, if you have one", validators=[Optional()])
    known = SelectMultipleField("What is credited", validate_choice=False, validators=[Optional()])
