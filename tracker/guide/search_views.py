"""Search: a page with a field, answered while somebody types. Who is logged in finds their own things, too."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker import web, wire
from tracker.guide.mine import paths_on, written
from tracker.guide.search import LONGEST, MOST_HITS, Index, index_of, index_of_added, index_of_own
from tracker.language import gettext
from tracker.progress.current import paths_in_header

blueprint = Blueprint("search", __name__)
blueprint.after_request(wire.public)


@blueprint.get("/search")
def find() -> ResponseReturnValue:
    """Milestones, resources and the guide; the question is in the address, so that an answer can be shared."""
    question = " ".join(request.args.get("q", "").split())
    fault = ""
    if len(question) > LONGEST:
        fault = gettext("That is too long to search for: take a few words, at most %(most)s characters.", most=LONGEST)
    index = index_of(web.app_parts().catalog)
    hits = [] if fault or not question else index.find(question, *_mine())
    instead = index.instead(question) if question and not hits and not fault else ""
    return web.page(
        "guide/search.html",
        422 if fault else 200,
        question=question,
        hits=hits,
        mine=paths_on(),
        most=MOST_HITS,
        instead=instead,
        fault=fault,
        page_name="search",
    )


def _mine() -> list[Index]:
    """What whoever is logged in wrote: their paths, and the milestones that they added to their plans."""
    if not web.logged_in():
        return []
    return [index_of_added(one.path for one in paths_in_header()), *(index_of_own(path) for path in written())]
