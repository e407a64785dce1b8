"""What the account pages take. Services judge addresses, passwords and codes; forms only see that they are there."""

from __future__ import annotations

import datetime as dt
from functools import cache

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the published types
from wtforms.validators import InputRequired, Length

from tracker import words
from tracker.fields import Form, choice
from tracker.language import lazy_gettext, speaking
from tracker.locales import country, language_name, offered

LONGEST = Length(max=2000, message=lazy_gettext("That is far too long."))
NEEDS_ADDRESS = InputRequired(lazy_gettext("Give your mail address."))
NEEDS_PASSWORD = InputRequired(lazy_gettext("Give a password."))


class SignUpForm(Form):
    """A new account."""

    email = EmailField(lazy_gettext("Email"), validators=[NEEDS_ADDRESS, LONGEST])
    password = PasswordField(lazy_gettext("Password"), validators=[NEEDS_PASSWORD, LONGEST])
    timezone = StringField(lazy_gettext("Time zone"), validators=[LONGEST])
    next = HiddenField()


class LogInForm(Form):
    """An account that exists."""

    email = EmailField(lazy_gettext("Email"), validators=[NEEDS_ADDRESS, LONGEST])
    password = PasswordField(lazy_gettext("Password"), validators=[NEEDS_PASSWORD, LONGEST])
    next = HiddenField()


class ForgotForm(Form):
    """Where the link for a new password is to go."""

    email = EmailField(lazy_gettext("Email"), validators=[NEEDS_ADDRESS, LONGEST])


class NewPasswordForm(Form):
    """The new password."""

    password = PasswordField(lazy_gettext("New password"), validators=[NEEDS_PASSWORD, LONGEST])


class NewAddressForm(Form):
    """The new address."""

    email = EmailField(
        lazy_gettext("New address"), validators=[InputRequired(lazy_gettext("Give the new address.")), LONGEST]
    )


@cache
def _locales() -> list[SelectChoice]:
    """Every locale with what it looks like, so that nobody needs to know what it is called."""
    day, time, hours = dt.date(2027, 3, 8), dt.time(20, 30), 1040.5

    def said(name: str) -> SelectChoice:
        with speaking(name):
            looks = f"{words.day(day)}, {words.clock_time(time)}, {words.number(hours)}"
        return SelectChoice(value=name, label=f"{country(name)}: {looks}", optgroup=language_name(name))

    return [said(name) for name in offered()]


class LocaleForm(Form):
    """How dates, times and numbers are written."""

    locale = choice(lazy_gettext("Language and country"), lazy_gettext("Choose a country from the list."), _locales)


class CodeForm(Form):
    """Six digits of an app, or a recovery code."""

    code = StringField(
        lazy_gettext("Code"),
        validators=[
            InputRequired(lazy_gettext("Give the code.")),
            Length(max=60, message=lazy_gettext("That is too long.")),
        ],
    )


class PasskeyForm(Form):
    """What the browser answers for a passkey, as JSON; filled in by passkeys.js."""

    credential = HiddenField(
        validators=[
            InputRequired(lazy_gettext("The browser gave no passkey. It needs JavaScript.")),
            Length(max=20_000, message=lazy_gettext("That is too long for a passkey.")),
        ]
    )
    name = StringField(
        lazy_gettext("Name"), validators=[Length(max=60, message=lazy_gettext("At most 60 characters."))]
    )
    next = HiddenField()
