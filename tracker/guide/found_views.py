"""What search engines ask for: which addresses there are, and which are nobody else's business."""

from __future__ import annotations

from itertools import combinations

from flask import Blueprint, Response, render_template, url_for

from tracker import web, wire
from tracker.catalog.schema import Catalog

blueprint = Blueprint("found", __name__)
blueprint.after_request(wire.public)

PRIVATE = ("/paths/*/enrol", "/signup", "/login", "/dashboard", "/plan", "/log", "/milestones/", "/settings/",
           "/admin/", "/unsubscribe/", "/verify-email/", "/reset-password/", "/export.", "/api/")  # fmt: skip


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page once, by its canonical address."""
    addresses = [web.absolute(address) for address in _public(web.app_parts().catalog)]
    return Response(render_template("guide/sitemap.xml", addresses=addresses), mimetype="application/xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """The public pages are for everybody, also for machines."""
    closed = "".join(f"Disallow: {prefix}\n" for prefix in PRIVATE)
    place = web.absolute(url_for("found.sitemap"))
    return Response(f"User-agent: *\n{closed}\nSitemap: {place}\n", mimetype="text/plain")


def _public(catalog: Catalog) -> list[str]:
    paths = list(catalog.paths.values())
    return [
        url_for("guide.landing"),
        url_for("guide.picker"),
        *(url_for("guide.path_page", slug=path.slug) for path in paths),
        *(url_for("roadmap.show", slug=path.slug) for path in paths),
        *(url_for("compare.pair", first=a.slug, second=b.slug) for a, b in combinations(paths, 2)),
        *(url_for("guide.milestone", slug=path.slug, key=m.key) for path in paths for m in path.active),
    ]
