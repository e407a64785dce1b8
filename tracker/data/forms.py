"""What the page of one's own data takes."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from tracker.fields import Form
from tracker.language import lazy_gettext


class ImportForm(Form):
    """An export of this or another server."""

    file = FileField(lazy_gettext("An export (JSON or CSV)"), validators=[FileRequired(lazy_gettext("Choose a file."))])


class EraseForm(Form):
    """The address, typed once more, and the password: nobody deletes a year of work by a slip."""

    email = EmailField(
        lazy_gettext("Your mail address"),
        validators=[InputRequired(lazy_gettext("Type your mail address.")), Length(max=2000)],
    )
    password = PasswordField(
        lazy_gettext("Your password"), validators=[InputRequired(lazy_gettext("Give your password.")), Length(max=2000)]
    )


class EraseByPasskeyForm(Form):
    """The same for somebody who has passkeys and no password at hand. ``credential`` is what the browser answers."""

    email = EmailField(
        lazy_gettext("Your mail address"),
        validators=[InputRequired(lazy_gettext("Type your mail address.")), Length(max=2000)],
    )
    credential = HiddenField(
        validators=[
            InputRequired(lazy_gettext("The browser gave no passkey. It needs JavaScript.")),
            Length(max=20_000, message=lazy_gettext("That is too long for a passkey.")),
        ]
    )
