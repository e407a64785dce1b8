"""Fields of forms that say in our own words, and once, what cannot be read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, Field, IntegerField, SelectField, i18n
from wtforms.validators import StopValidation

from tracker import language
from tracker.language import gettext, lazy_gettext

HOURS = lazy_gettext("Hours a week are a number from 1 to 80.")
AMOUNT = lazy_gettext("Give the hours as a number, such as 7.5.")
A_DATE = lazy_gettext("Give a date such as 2027-01-04.")


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What every form is."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """What WTForms itself has to say, it says in the language of the moment. Flask-WTF would ask Flask-Babel."""

        def get_translations(self, form: Any) -> Any:
            """From the catalogues that WTForms brings along."""
            return _of_wtforms(language.locale())


@functools.cache
def _of_wtforms(locale: str) -> Any:
    return i18n.get_translations([locale, language.SOURCE])


class _SaysOnce(Field):
    def pre_validate(self, form: Any) -> None:
        """What cannot be read has said so; a validator would only say it again. Of an empty field they judge."""
        if self.process_errors and any(str(given).strip() for given in self.raw_data or ()):
            raise StopValidation()


class _NumberField(_SaysOnce, DecimalField):
    """7,5 is a number too; what Python calls NaN or infinite is none."""

    said: str = HOURS

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As inherited, with our sentence."""
        try:
            super().process_formdata([str(value).strip().replace(",", ".") for value in valuelist])
        except ValueError:
            raise ValueError(str(self.said)) from None
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(str(self.said))


class HoursField(_NumberField):
    """Hours a week."""


class AmountField(_NumberField):
    """Hours of a piece of work."""

    said = AMOUNT


class DayField(_SaysOnce, DateField):
    """A date."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As inherited, with a sentence that says what a date looks like."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(A_DATE)) from None


class MinutesField(_SaysOnce, IntegerField):
    """Whole minutes."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As inherited, with our sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("Give whole minutes, such as 45.")) from None


def choice(label: str, said: str, choices: Any, coerce: Callable[[Any], Any] = str) -> SelectField:
    """One of a list; ``said`` is the answer to what is not on it."""
    more: Any = {"invalid_value_message": said, "invalid_choice_message": said}  # newer than the published types
    return SelectField(label, coerce=coerce, choices=choices, **more)
