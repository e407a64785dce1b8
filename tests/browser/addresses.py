"""An address of every page, for tests and screenshots: from the app's own route map, so that no page is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from werkzeug.routing import Map

SAMPLES: Mapping[str, str] = {
    "slug": "ml-engineer",
    "key": "spam-classifier",
    "number": "1",
    "token": "no-such-token",
    "first": "ml-engineer",
    "second": "data-scientist",
}
"""What stands for the variable parts of an address: things that the demo account has, or that do not exist."""

PUBLIC = ("guide.", "roadmap.", "compare.", "search.", "accounts.sign_up", "accounts.log_in",
          "factors.second_factor", "links.", "reminders.unsubscribe", "mail_acts.", "data.privacy", "help.",
          "styleguide.")  # fmt: skip
"""Read without an account; the others belong to somebody who is logged in."""

NO_PAGE = ("static", "found.", "health.", "frame.manifest", "data.json_file", "data.csv_file",
           "paths.download")  # fmt: skip
"""Answers that nobody looks at in a browser."""


def pages(routes: Map) -> Iterator[tuple[str, str]]:
    """Endpoint and address of every page that can be read; ``/nowhere`` is the page of errors."""
    for rule in sorted(routes.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(NO_PAGE):
            continue
        with_samples = rule.build({name: SAMPLES[name] for name in rule.arguments}, append_unknown=False)
        assert with_samples, f"tests/browser/addresses.py has no sample for {rule}"
        yield rule.endpoint, with_samples[1]
    yield "errors", "/nowhere"


def is_public(endpoint: str) -> bool:
    """Whether a page is meant for those without an account, too."""
    return endpoint.startswith(PUBLIC)
