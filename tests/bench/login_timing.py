"""Whether a log-in tells by its time, text, status or headers if an account exists: 100 tries each, interleaved.

    python tests/bench/login_timing.py

Real processes over real HTTP. Wrong passwords for accounts that exist and for addresses that do not; the medians may
differ by 10% and by 10 ms at most, and the answers must be equal to the byte, but for the typed address.
"""

from __future__ import annotations

import http.client
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.site import Site  # noqa: E402

TRIES, ACCOUNTS, WARM_UP = 100, 20, 20
PASSWORD = "violet-harbor-quilt-27"
ALLOWED_SHARE, ALLOWED_MS = 0.10, 10.0
CHANGING = {"date", "set-cookie", "content-length"}


class Browser:
    """Stays connected, so that only the answer is timed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self.cookie = self.token = ""
        page = self.send("GET", "/login")[2]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        self.token = found.group(1)

    def send(self, method: str, path: str, **fields: str) -> tuple[int, dict[str, str], str]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, text

    def attempt(self, email: str) -> tuple[float, tuple[object, ...]]:
        """Milliseconds, and all that could be told apart."""
        begun = time.perf_counter()
        status, headers, text = self.send(
            "POST", "/login", email=email, password="a-wrong-password-1", csrf_token=self.token
        )
        taken = (time.perf_counter() - begun) * 1000
        kept = tuple(sorted((name, value) for name, value in headers.items() if name not in CHANGING))
        plain = re.sub(r'name="csrf_token" value="[^"]+"', "", text).replace(email, "…")
        return taken, (status, kept, plain)


def main() -> int:
    """Prints the medians; 1 where the answers can be told apart."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Site(Path(folder), arguments=("--no-reminders",), TRACKER_LOGIN_LIMIT="1000000") as site,
    ):
        known = [f"learner-{number:02}@example.org" for number in range(ACCOUNTS)]
        unknown = [f"nobody-{number:03}@example.org" for number in range(ACCOUNTS)]
        for address in known:
            made = site.tracker("users", "create", address, given=PASSWORD + "\n")
            assert made.returncode == 0, made.stderr
        browser = Browser(site.url)
        for number in range(WARM_UP):
            browser.attempt((known if number % 2 else unknown)[number % ACCOUNTS])
        times: dict[str, list[float]] = {"exists": [], "does not": []}
        answers = set()
        for number in range(TRIES):
            pair = [("exists", known[number % ACCOUNTS]), ("does not", unknown[number % ACCOUNTS])]
            random.shuffle(pair)  # whoever goes first must not always be the same
            for kind, address in pair:
                taken, answer = browser.attempt(address)
                times[kind].append(taken)
                answers.add(answer)
    return _judge(times, len(answers))


def _judge(times: dict[str, list[float]], answers: int) -> int:
    exists, does_not = (statistics.median(times[kind]) for kind in ("exists", "does not"))
    apart = abs(exists - does_not)
    print(f"{TRIES} interleaved tries each over {ACCOUNTS} accounts, median in ms:")
    print(f"  the account exists    {exists:7.2f}\n  there is no account   {does_not:7.2f}")
    print(f"  apart                 {apart:7.2f}  ({apart / exists:.1%})")
    print(f"  kinds of answers      {answers:7}")
    good = apart / exists < ALLOWED_SHARE and apart < ALLOWED_MS and answers == 1
    print("They cannot be told apart." if good else "THEY CAN BE TOLD APART.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
