"""Search: a page with a field, answered while somebody types."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.guide.search import LONGEST, MOST_HITS, index_of

blueprint = Blueprint("search", __name__)
blueprint.after_request(wire.public)


@blueprint.get("/search")
def find() -> ResponseReturnValue:
    """Milestones, resources and the guide; the question is in the address, so that an answer can be shared."""
    question = " ".join(request.args.get("q", "").split())
    fault = ""
    if len(question) > LONGEST:
        fault = f"That is too long to search for: take a few words, at most {LONGEST} characters."
    index = index_of(web.app_parts().catalog)
    hits = [] if fault else index.find(question)
    instead = index.instead(question) if question and not hits and not fault else ""
    return web.page(
        "guide/search.html",
        422 if fault else 200,
        question=question,
        hits=hits,
        most=MOST_HITS,
        instead=instead,
        fault=fault,
        page_name="search",
    )
