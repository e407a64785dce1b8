"""What the account pages take. The services judge addresses and passwords; forms only see that they are there."""

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
