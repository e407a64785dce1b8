"""What the list of mails can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

ALL = ("", "all")


class OutboxFilter(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Read from the address: it changes nothing, so it carries no token."""

    state = SelectField("State", default="")
    kind = SelectField("Kind", default="")

    def __init__(
        self, formdata: MultiDict[str, str], *, states: Iterable[str], kinds: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(formdata, meta={"csrf": False})
        self.state.choices = [ALL, *((state, state) for state in states)]
        self.kind.choices = [ALL, *kinds]
