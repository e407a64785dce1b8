"""What the log takes. The services judge days and minutes."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker.fields import DayField, Form, MinutesField
from tracker.language import lazy_gettext


class LogForm(Form):
    """Minutes on a day."""

    on = DayField(lazy_gettext("Day"), validators=[InputRequired(lazy_gettext("Give the day."))])
    minutes = MinutesField(
        lazy_gettext("Minutes"),
        validators=[
            InputRequired(lazy_gettext("Give the minutes.")),
            NumberRange(1, 1440, lazy_gettext("A session has from 1 minute to 24 hours.")),
        ],
    )
    milestone = SelectField(
        lazy_gettext("Milestone, if it was for one"), validate_choice=False, validators=[Optional()]
    )
    note = StringField(
        lazy_gettext("Note"),
        validators=[Length(max=500, message=lazy_gettext("A note holds at most 500 characters."))],
    )
