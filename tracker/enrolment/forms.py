"""The one form between the picker and a plan; the roadmap asks the same before anybody has an account."""

from __future__ import annotations

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from tracker.fields import HOURS, DayField, Form, HoursField
from tracker.language import lazy_gettext

UNDECIDED = "undecided"
"""What the page sends where no goal is chosen; nothing at all means the same."""


class EnrolForm(Form):
    """Starting point, goal, hours, dates and what is credited."""

    # whether the path has such a starting point and goal is settled where the plan is made
    starting_point = RadioField(
        lazy_gettext("Where I start"),
        validate_choice=False,
        validators=[InputRequired(lazy_gettext("Choose where you start."))],
    )
    goal = RadioField(
        lazy_gettext("What I want it for"),
        validate_choice=False,
        validators=[Optional()],
        filters=[lambda key: None if key == UNDECIDED else key],
    )
    hours_per_week = HoursField(
        lazy_gettext("Hours a week"),
        places=None,
        validators=[
            InputRequired(lazy_gettext("Say how many hours a week you have, from 1 to 80.")),
            NumberRange(1, 80, HOURS),
        ],
    )
    start_on = DayField(
        lazy_gettext("Start"), validators=[InputRequired(lazy_gettext("Give a start date, such as 2027-01-04."))]
    )
    target_on = DayField(lazy_gettext("Target date, if you have one"), validators=[Optional()])
    known = SelectMultipleField(lazy_gettext("What is credited"), validate_choice=False, validators=[Optional()])
