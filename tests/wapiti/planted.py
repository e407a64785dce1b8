"""A page with faults that wapiti must find: a clean report of a scanner that sees nothing is worth nothing."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

PAGE = '<html><body><a href="/?name=Ada">greet</a> <a href="/go?to=%2Fhome">go</a></body></html>'
WANTED = frozenset({"Reflected Cross Site Scripting", "Open Redirect", "Content Security Policy Configuration"})


class _Careless(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the library's name
        """Sends back whatever it was given, and anybody anywhere."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.send_response(302 if "to" in given else 200)
        if "to" in given:
            self.send_header("Location", given["to"])
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.replace("greet", f"<p>{given.get('name', '')}</p>").encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Says nothing."""


@contextmanager
def careless_site() -> Iterator[str]:
    """Serves it; the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
