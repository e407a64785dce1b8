"""What the log takes. The services judge days and minutes."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker.fields import DayField, MinutesField


class LogForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Minutes on a day."""

    on = DayField("Day", validators=[InputRequired("Give the day.")])
    minutes = MinutesField(
        "Minutes",
        validators=[
            InputRequired("Give the minutes."),
            NumberRange(1, 1440, "A session has from 1 minute to 24 hours."),
        ],
    )
    milestone = SelectField("Milestone, if it was for one", validate_choice=False, validators=[Optional()])
    note = StringField("Note", validators=[Length(max=500, message="A note holds at most 500 characters.")])
