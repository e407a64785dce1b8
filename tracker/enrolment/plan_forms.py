"""What the pages that change a plan take."""

from __future__ import annotations

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from tracker.fields import HOURS, AmountField, DayField, Form, HoursField
from tracker.language import lazy_gettext


class SettingsForm(Form):
    """Hours a week, or a date to be done by."""

    hours_per_week = HoursField(
        lazy_gettext("Hours a week"),
        places=None,
        validators=[
            InputRequired(lazy_gettext("Say how many hours a week you have, from 1 to 80.")),
            NumberRange(1, 80, HOURS),
        ],
    )
    target_on = DayField(lazy_gettext("Target date, if you have one"), validators=[Optional()])
    revision = IntegerField(validators=[Optional()])


class GoalForm(Form):
    """What somebody wants the path for; empty for no goal."""

    goal = RadioField(lazy_gettext("What I want it for"), validate_choice=False, validators=[Optional()])
    revision = IntegerField(validators=[Optional()])


class PauseForm(Form):
    """The first and the last day of a pause."""

    starts_on = DayField(
        lazy_gettext("First day"), validators=[InputRequired(lazy_gettext("Give the first day of the pause."))]
    )
    ends_on = DayField(
        lazy_gettext("Last day"), validators=[InputRequired(lazy_gettext("Give the last day: a pause needs an end."))]
    )
    revision = IntegerField(validators=[Optional()])


class OwnForm(Form):
    """A milestone of one's own. The service judges its words and hours."""

    title = StringField(lazy_gettext("Title"), validators=[InputRequired(lazy_gettext("Give it a title."))])
    hours = AmountField(
        lazy_gettext("Hours"),
        places=None,
        validators=[InputRequired(lazy_gettext("Say how many hours it takes."))],
    )
    phase = SelectField(
        lazy_gettext("Phase"), coerce=int, validators=[InputRequired(lazy_gettext("Choose one of the phases."))]
    )
    done_when = TextAreaField(lazy_gettext("Done when"), validators=[Optional()])
    revision = IntegerField(validators=[Optional()])
