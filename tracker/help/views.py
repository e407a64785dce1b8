"""The page that explains all the words."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.help.words import WORDS
from tracker.language import gettext

blueprint = Blueprint("help", __name__)
blueprint.after_request(wire.public)


@blueprint.record_once
def _offer_words(state: BlueprintSetupState) -> None:
    """For ui.explain, wherever a word stands."""
    state.app.jinja_env.globals["meanings"] = WORDS


@blueprint.get("/help")
def page() -> ResponseReturnValue:
    """How it works in short, and what each word means."""
    return web.page(
        "help/page.html",
        page_name="help",
        canonical=url_for("help.page"),
        description=gettext("How a plan, its pace and its forecast work, and what each word on the pages means."),
    )
