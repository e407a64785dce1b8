"""What the account pages take. Services judge addresses, passwords and codes; forms only see that they are there."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

LONGEST = Length(max=2000, message="That is far too long.")
NEEDS_ADDRESS = InputRequired("Give your mail address.")
NEEDS_PASSWORD = InputRequired("Give a password.")


class SignUpForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new account."""

    email = EmailField("Email", validators=[NEEDS_ADDRESS, LONGEST])
    password = PasswordField("Password", validators=[NEEDS_PASSWORD, LONGEST])
    timezone = StringField("Time zone", validators=[LONGEST])
    next = HiddenField()


class LogInForm(FlaskForm):  # type: ignore[misc]  # as above
    """An account that exists."""

    email = EmailField("Email", validators=[NEEDS_ADDRESS, LONGEST])
    password = PasswordField("Password", validators=[NEEDS_PASSWORD, LONGEST])
    next = HiddenField()


class ForgotForm(FlaskForm):  # type: ignore[misc]  # as above
    """Where the link for a new password is to go."""

    email = EmailField("Email", validators=[NEEDS_ADDRESS, LONGEST])


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # as above
    """The new password."""

    password = PasswordField("New password", validators=[NEEDS_PASSWORD, LONGEST])


class NewAddressForm(FlaskForm):  # type: ignore[misc]  # as above
    """The new address."""

    email = EmailField("New address", validators=[InputRequired("Give the new address."), LONGEST])


class CodeForm(FlaskForm):  # type: ignore[misc]  # as above
    """Six digits of an app, or a recovery code."""

    code = StringField(
        "Code", validators=[InputRequired("Give the code."), Length(max=60, message="That is too long.")]
    )


class PasskeyForm(FlaskForm):  # type: ignore[misc]  # as above
    """What the browser answers for a passkey, as JSON; filled in by passkeys.js."""

    credential = HiddenField(
        validators=[
            InputRequired("The browser gave no passkey. It needs JavaScript."),
            Length(max=20_000, message="That is too long for a passkey."),
        ]
    )
    name = StringField("Name", validators=[Length(max=60, message="At most 60 characters.")])
    next = HiddenField()
