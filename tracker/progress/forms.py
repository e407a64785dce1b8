"""What the progress pages take. The services judge states and days; forms only read them."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional

from tracker.fields import DayField, Form
from tracker.language import lazy_gettext


class TickForm(Form):
    """One milestone's state, and the day it was done if that was not today."""

    state = StringField(lazy_gettext("State"), validators=[InputRequired(lazy_gettext("Choose one of the states."))])
    done_on = DayField(lazy_gettext("Done on"), validators=[Optional()])
    next = StringField()


class CriteriaForm(Form):
    """The done-when criteria that are met."""

    met = SelectMultipleField(lazy_gettext("Met"), validate_choice=False, validators=[Optional()])
