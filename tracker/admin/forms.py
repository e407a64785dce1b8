"""What the list of mails can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from tracker.fields import Form
from tracker.language import lazy_gettext, said

ALL = ("", lazy_gettext("all"))


class OutboxFilter(Form):
    """Read from the address: it changes nothing, so it carries no token."""

    state = SelectField(lazy_gettext("State"), default="")
    kind = SelectField(lazy_gettext("Kind"), default="")

    def __init__(
        self, formdata: MultiDict[str, str], *, states: Iterable[str], kinds: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(formdata, meta={"csrf": False})
        self.state.choices = [ALL, *((state, said(state)) for state in states)]
        self.kind.choices = [ALL, *((kind, said(name)) for kind, name in kinds)]
