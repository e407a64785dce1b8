"""What browsers ask for around the pages: how the site is put on a phone's home screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Response, current_app, json, url_for

from tracker import web
from tracker.language import DEFAULT, gettext, speaking

blueprint = Blueprint("frame", __name__)

PAPER, BRAND = "#f8f7f3", "#1c6b50"
"""As in static/css: a browser paints with them before it has read any style sheet."""
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Makes the site installable; begins at the dashboard, which asks to log in where need be."""
    asset = cast(Callable[[str], str], current_app.jinja_env.globals["asset"])
    name = web.app_parts().settings.site_name
    with speaking(DEFAULT):  # the same for everybody: caches keep it
        description = gettext("A plan with dates, an honest forecast, one mail a week.")
    said = {
        "name": name,
        "short_name": name[:12],
        "description": description,
        "id": "/",
        "start_url": url_for("progress.dashboard"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BRAND,
        "icons": [
            {
                "src": asset(f"img/icon-{size}{'-maskable' if purpose == 'maskable' else ''}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
    }
    answer = Response(json.dumps(said), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
