"""Log-in as a network sees it: the limit survives kill -9, and no answer tells what program it is."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.people import PASSWORD
from tests.site import Site

pytestmark = pytest.mark.process


def attempt(site: Site, password: str) -> tuple[int, dict[str, str]]:
    """One try in a browser of its own; status and headers."""
    opener = build_opener(HTTPCookieProcessor())
    token = re.search(r'name="csrf_token" value="([^"]+)"', opener.open(f"{site.url}/login").read().decode())
    assert token
    data = {"email": "grace@example.org", "password": password, "csrf_token": token.group(1)}
    request = Request(f"{site.url}/login", urlencode(data).encode())  # noqa: S310  # our own address
    try:
        with opener.open(request) as answer:
            return answer.status, dict(answer.headers)
    except HTTPError as fault:
        with fault:
            return fault.code, dict(fault.headers)


def test_the_limit_survives_kill_9(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        assert site.tracker("users", "create", "grace@example.org", given=PASSWORD + "\n").returncode == 0
        assert [attempt(site, "a-wrong-password-1")[0] for _ in range(6)] == [422] * 6
        site.kill()
        site.start()
        # Five minutes may end in between; then ten more would be let through, and not four.
        statuses = [attempt(site, "a-wrong-password-1")[0] for _ in range(11)]
        assert statuses[-1] == 429
        status, headers = attempt(site, PASSWORD)
        assert status == 429
        assert 0 < int(headers["Retry-After"]) <= 300


def test_no_answer_names_a_version(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        _, headers = attempt(site, "a-wrong-password-1")
        assert not re.search(r"\d", headers.get("Server", ""))
        assert "X-Powered-By" not in headers


def test_whatever_is_written_is_private(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert site.tracker("users", "create", "grace@example.org", given=PASSWORD + "\n").returncode == 0
    assert site.tracker("backup", str(tmp_path / "copy.db")).returncode == 0
    for name in ("tracker.db", "secret_key", "copy.db"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) & 0o077 == 0, name


def test_a_second_factor_is_taken_off_by_a_command(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.tracker("users", "create", "grace@example.org", given=PASSWORD + "\n")
    done = site.tracker("users", "reset-factors", "grace@example.org")
    assert done.returncode == 0
    assert "no second factor any more" in done.stdout
    unknown = site.tracker("users", "reset-factors", "nobody@example.org")
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "nobody@example.org: there is no such account.")
