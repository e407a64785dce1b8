"""What the pages that change a plan take."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from tracker.fields import HOURS, AmountField, DayField, HoursField


class SettingsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Hours a week, or a date to be done by."""

    hours_per_week = HoursField(
        "Hours a week",
        places=None,
        validators=[
            InputRequired("Say how many hours a week you have, from 1 to 80."),
            NumberRange(1, 80, HOURS),
        ],
    )
    target_on = DayField("Target date, if you have one", validators=[Optional()])
    revision = IntegerField(validators=[Optional()])


class GoalForm(FlaskForm):  # type: ignore[misc]  # as above
    """What somebody wants the path for; empty for no goal."""

    goal = RadioField("What I want it for", validate_choice=False, validators=[Optional()])
    revision = IntegerField(validators=[Optional()])


class PauseForm(FlaskForm):  # type: ignore[misc]  # as above
    """The first and the last day of a pause."""

    starts_on = DayField("First day", validators=[InputRequired("Give the first day of the pause.")])
    ends_on = DayField("Last day", validators=[InputRequired("Give the last day: a pause needs an end.")])
    revision = IntegerField(validators=[Optional()])


class OwnForm(FlaskForm):  # type: ignore[misc]  # as above
    """A milestone of one's own. The service judges its words and hours."""

    title = StringField("Title", validators=[InputRequired("Give it a title.")])
    hours = AmountField("Hours", places=None, validators=[InputRequired("Say how many hours it takes.")])
    phase = SelectField("Phase", coerce=int, validators=[InputRequired("Choose one of the phases.")])
    done_when = TextAreaField("Done when", validators=[Optional()])
    revision = IntegerField(validators=[Optional()])
