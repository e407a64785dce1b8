"""The site under faults, and browsers with just enough in them to use it: cookies, and the token of a form."""

from __future__ import annotations

import html
import http.client
import json
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.people import PASSWORD
from tests.site import Site

PATIENCE = 60
"""Seconds after which an answer will not come any more, also on a busy machine."""
TICKS = "/milestones/ml-engineer"


class FaultySite(Site):
    """`tracker serve`, the web alone, with what tests/faults/child.py can do to it."""

    def __init__(
        self, instance: Path, database_url: str, *, patch: dict[str, Any] | None = None,
        faults: dict[str, str] | None = None, workers: int = 1, **extra: str,
    ) -> None:  # fmt: skip
        instance.mkdir(exist_ok=True)
        arguments = ("--no-reminders", "--workers", str(workers))
        super().__init__(instance, database_url, arguments=arguments, **{"TRACKER_LOGIN_LIMIT": "1000"} | extra)
        self.env |= {"FAULTS_PATCH": json.dumps(patch or {})}
        self.env |= {f"FAULTS_{name}": value for name, value in (faults or {}).items()}

    def program(self, days: int = 0) -> str:
        """With faults."""
        return "from tests.faults.child import main; main()"

    def __enter__(self) -> FaultySite:
        self.start()
        return self


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    body: str
    headers: http.client.HTTPMessage
    seconds: float

    @property
    def fields(self) -> dict[str, str]:
        """The texts that the page's hidden fields and text areas hold."""
        found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.body))
        found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', self.body))
        return {name: html.unescape(value) for name, value in found.items()}


class Visitor:
    """One browser. Raises OSError or HTTPException where no answer comes."""

    def __init__(self, url: str) -> None:
        self.url, parts = url, urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self.token = ""

    def log_in(self, email: str) -> Visitor:
        """Through the form, then on to a page whose token serves for all that follows."""
        self.read_token("/login")
        answer = self.post("/login", email=email, password=PASSWORD)
        assert answer.status == 303, (answer.status, answer.body)
        self.read_token("/settings/reminders")
        return self

    def read_token(self, path: str) -> None:
        """From a page with a form."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).body)
        assert found, path
        self.token = found.group(1)

    def tick(self, key: str, state: str) -> Answer:
        """303 is the site's word that it is kept."""
        return self.post(f"{TICKS}/{key}", state=state)

    def get(self, path: str) -> Answer:
        """A page."""
        return self._send("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        """A form with its token."""
        return self._send("POST", path, {"csrf_token": self.token, **fields})

    def _send(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        self._connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = self._connection.getresponse()
        body = answer.read().decode()
        for said in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(said).items()}
        return Answer(answer.status, body, answer.headers, time.monotonic() - began)

    def again(self) -> Visitor:
        """Another window of the same browser."""
        made = Visitor(self.url)
        made._cookies, made.token = dict(self._cookies), self.token
        return made

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
