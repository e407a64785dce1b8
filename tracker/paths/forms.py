"""What the pages for own paths take."""

from __future__ import annotations

from wtforms import FileField, TextAreaField
from wtforms.validators import Optional

from tracker.fields import Form
from tracker.language import lazy_gettext


class UploadForm(Form):
    """A path file, or its text."""

    file = FileField(lazy_gettext("Path file"), validators=[Optional()])
    text = TextAreaField(lazy_gettext("Or its text"), validators=[Optional()])
