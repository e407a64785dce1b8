"""The site can be put on a home screen."""

from __future__ import annotations

import struct
from typing import Any, cast
from urllib.parse import urlsplit

from flask.testing import FlaskClient


def manifest(client: FlaskClient) -> dict[str, Any]:
    return cast(dict[str, Any], client.get("/manifest.webmanifest").get_json())


def test_the_manifest_names_the_site_and_where_it_begins(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    said = manifest(client)
    assert (said["name"], said["start_url"]) == ("Waymark", "/dashboard")
    assert "Set-Cookie" not in answer.headers


def test_each_icon_is_there_in_the_size_that_is_said(client: FlaskClient) -> None:
    icons = manifest(client)["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        parts = urlsplit(icon["src"])
        with client.get(f"{parts.path}?{parts.query}") as answer:
            picture = answer.data
        assert picture.startswith(b"\x89PNG")
        assert "{}x{}".format(*struct.unpack(">II", picture[16:24])) == icon["sizes"]


def test_every_page_points_to_it_and_is_drawn_up_to_the_edges_of_the_screen(client: FlaskClient) -> None:
    page = client.get("/paths").text
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    assert "viewport-fit=cover" in page, "else the bar below lies under the line that a thumb swipes"
    assert '<meta name="apple-mobile-web-app-title" content="Waymark">' in page
    assert {f"(prefers-color-scheme: {scheme})" in page for scheme in ("light", "dark")} == {True}
