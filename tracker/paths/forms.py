"""What the pages for own paths take."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import FileField, TextAreaField
from wtforms.validators import Optional


class UploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A path file, or its text."""

    file = FileField("Path file", validators=[Optional()])
    text = TextAreaField("Or its text", validators=[Optional()])
