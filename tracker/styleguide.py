"""/styleguide: every component in every state on one page, for whoever builds pages. In development only."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the published types

from tracker import web
from tracker.errors import NotFound
from tracker.fields import Form

blueprint = Blueprint("styleguide", __name__)


class SampleForm(Form):
    """One field of each kind, which nobody sends anywhere."""

    calm = StringField("A field with a help text", default="Something typed")
    wrong = StringField("A field that came back", default="25 hours a day")
    choice = SelectField("A choice", choices=[SelectChoice("a", "The first"), SelectChoice("b", "The second")])
    long = TextAreaField("A longer text")
    box = BooleanField("A box")


@blueprint.get("/styleguide")
def page() -> ResponseReturnValue:
    """The components; elsewhere than in development there is no such page."""
    if web.app_parts().settings.env != "development":
        raise NotFound
    form = SampleForm(formdata=None)
    form.wrong.errors = ["A day has 24 hours. Type a number from 0 to 24."]
    return web.page("styleguide.html", form=form, page_name="styleguide")
