"""What the progress pages take. The services judge states and days; forms only read them."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tracker.progress.overview import MAX_NOTE, STATES


class TickForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One milestone's state, and the day it was done if that was not today."""

    state = StringField("State", validators=[InputRequired(f"Choose one of {', '.join(STATES)}.")])
    done_on = DateField("Done on", validators=[Optional()])
    next = StringField()


class CriteriaForm(FlaskForm):  # type: ignore[misc]  # as above
    """The done-when criteria that are met."""

    met = SelectMultipleField("Met", validate_choice=False, validators=[Optional()])


class NoteForm(FlaskForm):  # type: ignore[misc]  # as above
    """The private note."""

    body = TextAreaField("Private note", validators=[Length(max=MAX_NOTE, message=f"At most {MAX_NOTE} characters.")])
