"""What the page of one's own data takes."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An export of this or another server."""

    file = FileField("An export (JSON or CSV)", validators=[FileRequired("Choose a file.")])


class EraseForm(FlaskForm):  # type: ignore[misc]  # as above
    """The address, typed once more, and the password: nobody deletes a year of work by a slip."""

    email = EmailField("Your mail address", validators=[InputRequired("Type your mail address."), Length(max=2000)])
    password = PasswordField("Your password", validators=[InputRequired("Give your password."), Length(max=2000)])


class EraseByPasskeyForm(FlaskForm):  # type: ignore[misc]  # as above
    """The same for somebody who has passkeys and no password at hand. ``credential`` is what the browser answers."""

    email = EmailField("Your mail address", validators=[InputRequired("Type your mail address."), Length(max=2000)])
    credential = HiddenField(
        validators=[
            InputRequired("The browser gave no passkey. It needs JavaScript."),
            Length(max=20_000, message="That is too long for a passkey."),
        ]
    )
