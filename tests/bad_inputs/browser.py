"""A browser without manners: it sends whatever bytes it is told to, over real sockets, and keeps cookies."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

SECONDS = 60
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
MULTIPART = "multipart/form-data; boundary=cut"
Fields = Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: int = 1
    """On the same line: a second one would be the answer to a smuggled request."""

    @property
    def said(self) -> str:
        """As it is read: on one line, characters in place of their names."""
        return " ".join(unescape(self.text).split())


@dataclass
class Browser:
    """Somebody at a site."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def send(self, method: str, address: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request with our cookies; redirects are not followed."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Content-Length": str(len(body)), **({"Cookie": cookies} if cookies else {}), **(headers or {})}
        connection.putrequest(method, address, skip_host="Host" in sent, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        connection.close()
        return Answer(answer.status, text, {name.lower(): value for name, value in answer.headers.items()})

    def get(self, address: str, **headers: str) -> Answer:
        """A page."""
        return self.send("GET", address, headers=headers)

    def post(self, address: str, fields: Fields = (), *, body: bytes | None = None, kind: str = "") -> Answer:
        """A form as browsers send it, or any body of any kind; with the token of our session."""
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        headers = {"Content-Type": kind or "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
        return self.send("POST", address, urlencode(list(pairs)).encode() if body is None else body, headers)

    def log_in(self, email: str, password: str) -> None:
        """Through the form, and on to a page whose token serves for all that follows."""
        self.read_token("/login")
        answer = self.post("/login", {"email": email, "password": password})
        assert answer.status == 303, answer.said
        self.read_token("/settings/reminders")

    def read_token(self, address: str) -> None:
        """From a page with a form."""
        found = TOKEN.search(self.get(address).text)
        assert found, address
        self.token = found.group(1)


def multipart(*parts: tuple[str, str, bytes]) -> bytes:
    """Name, file name (none: a plain field) and content of each part."""
    lines = [
        f'--cut\r\nContent-Disposition: form-data; name="{name}"'.encode()
        + (f'; filename="{file}"'.encode() if file else b"")
        + b"\r\n\r\n"
        + content
        + b"\r\n"
        for name, file, content in parts
    ]
    return b"".join(lines) + b"--cut--\r\n"


def raw(url: str, sent: bytes) -> Answer:
    """The very bytes, then we have said all; what is answered until the server hangs up."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=SECONDS) as line:
        line.sendall(sent)
        received = b""
        try:
            while block := line.recv(65_536):
                received += block
        except ConnectionResetError:
            pass
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    answers = len(re.findall(rb"HTTP/1\.[01] \d{3}", received))
    return Answer(int(status.group(1)) if status else 0, body.decode(errors="replace"), answers=answers)
