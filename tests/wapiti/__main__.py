"""`make wapiti`: a scanner from outside looks at the whole site with demo data, as nobody and as a learner.

    python -m tests.wapiti WAPITI [FOLDER]

A site of its own in production's settings behind TLS. The reports go into FOLDER (``wapiti-reports/``) as JSON. Exit
code 1 where the scanner finds anything, or where it does not even find what is planted for it.
"""

from __future__ import annotations

import json
import re
import secrets
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, build_opener

from tests.https import tls_before
from tests.site import Site, free_port
from tests.wapiti.planted import WANTED, careless_site

MODULES = (
    "backup,brute_login_form,cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,permanentxss,redirect,"
    "shellshock,sql,timesql,upload,xss"
)
"""All but those that ask other hosts (ssrf, xxe, log4shell, nikto), look for what is not here (LDAP, WordPress), or
cannot find anything: csrf sends the genuine token under two Content-Types, which is refused as the forged one is."""
SCAN_SECONDS, ATTACK_SECONDS = 900, 150
SEEN = ("/paths/ml-engineer/roadmap?starting_point=beginner&hours_per_week=12", "/search?q=python")
LEFT_OUT = ("/logout", "/settings/security/sessions/end")
"""Else it would go on as nobody."""
Finding = tuple[str, str]


def scan(wapiti: str, url: str, report: Path, *extra: str, modules: str = MODULES) -> list[Finding]:
    """Runs wapiti; what it found, as kind and place."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                wapiti, "-u", url, "-m", modules, "--scope", "folder", "-f", "json", "-o", str(report),
                "--max-scan-time", str(SCAN_SECONDS), "--max-attack-time", str(ATTACK_SECONDS),
                "--max-parameters", "40", "--max-files-per-dir", "25", "--depth", "5",
                "--no-bugreport", "--skip", "csrf_token", "--flush-session", "-v", "1",
                "--store-session", folder, "--store-config", folder, *extra,
            ],
            check=False, stdout=report.with_suffix(".log").open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip
    if done.returncode or not report.exists():
        sys.exit(f"wapiti itself failed; see {report.with_suffix('.log')}")
    found = json.loads(report.read_text())
    kinds = found["vulnerabilities"] | found["anomalies"]
    print(f"{report.name}: {found['infos']['crawled_pages_nbr']} pages and forms looked at")
    return [
        (kind, f"{each['method']} {each['path']} {each['parameter'] or ''}: {each['info']}")
        for kind, all_of_it in kinds.items()
        for each in all_of_it
    ]


@contextmanager
def full_site(folder: Path) -> Iterator[tuple[str, str]]:
    """The site with demo data, as it is run for real; its address and the password of the demo account."""
    port = free_port()
    url = f"https://localhost:{port}"
    site = Site(folder, TRACKER_BASE_URL=url, TRACKER_LOGIN_LIMIT="100", TRACKER_SECRET_KEY=secrets.token_hex(32))
    made = site.tracker("demo", "--learners", "20")
    password = re.search(r"password\s+(\S+)", made.stdout)
    assert password, made.stderr
    site.env["TRACKER_ENV"] = "production"  # where no demo account is made
    with site, tls_before(int(site.env["PORT"]), port, folder):
        yield url, password.group(1)


def visitor(url: str, password: str = "") -> str:
    """The cookies of a browser that has seen a form, logged in where there is a password."""
    jar = CookieJar()
    context = ssl._create_unverified_context()  # noqa: S323  # our own site of a minute ago
    opener = build_opener(HTTPCookieProcessor(jar), HTTPSHandler(context=context))
    page = opener.open(f"{url}/login").read().decode()
    if password:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        fields = {"email": "demo@example.org", "password": password, "csrf_token": token.group(1)}
        answer = opener.open(f"{url}/login", urlencode(fields).encode())
        assert answer.url == f"{url}/dashboard"
        opener.open(f"{url}/settings/account")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _tell(who: str, found: Sequence[Finding]) -> int:
    print(f"{who}: {len(found) or 'nothing'} found")
    for kind, where in sorted(set(found)):
        print(f"  {kind}\n    {where}")
    return len(found)


def main() -> int:
    """The planted page first, then the site twice."""
    wapiti, reports = sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "wapiti-reports")
    reports.mkdir(exist_ok=True)
    with careless_site() as url:
        planted = {kind for kind, _ in scan(wapiti, url, reports / "planted.json", modules="csp,redirect,xss")}
    if not planted >= WANTED:
        sys.exit(f"wapiti is blind here: it does not find {sorted(WANTED - planted)} that were planted")
    count = 0
    with tempfile.TemporaryDirectory() as folder, full_site(Path(folder)) as (url, password):
        starts = [part for address in SEEN for part in ("-s", url + address)]
        left_out = [part for address in LEFT_OUT for part in ("-x", url + address)]
        for who, cookies in (("nobody", visitor(url)), ("learner", visitor(url, password))):
            found = scan(wapiti, f"{url}/", reports / f"{who}.json", "-C", cookies, *starts, *left_out)
            count += _tell(who, found)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
