"""The page of what is kept says what the code does: each length of time is compared with the one that rules."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

from flask.testing import FlaskClient

from tracker.accounts import events, limits, login, queries
from tracker.data.services import DRAFT_FOR
from tracker.outbox.upkeep import FINAL_FOR, SESSION_FOR

DAY = dt.timedelta(days=1)
UPKEEP = DAY
"""What is over is forgotten once a day."""


def rows(client: FlaskClient) -> dict[str, str]:
    """What is kept, and how long."""
    cells = r'<tr><th scope="row">(.*?)</th><td>.*?</td><td>(.*?)</td></tr>'
    return {unescape(what): unescape(said) for what, said in re.findall(cells, client.get("/privacy").text, re.DOTALL)}


def test_it_says_how_long_things_are_kept(client: FlaskClient) -> None:
    said = rows(client)
    assert said["Log-ins"].startswith(f"{queries.ABSOLUTE.days} days")
    assert SESSION_FOR == queries.ABSOLUTE
    assert said["What became of each mail"].startswith(f"{FINAL_FOR.days // 7} weeks")
    assert said["Security events"].startswith(f"{events.KEPT_FOR.days} days")
    assert (said["A file that you upload to import"], DRAFT_FOR + UPKEEP) == ("Two days at the longest", 2 * DAY)
    longest = dt.timedelta(seconds=max(each.seconds for each in limits.FACTOR))
    assert (said["How often something was tried"], longest + UPKEEP) == ("Two days", 2 * DAY)
    assert (said["Two cookies"], login.DEVICE_SECONDS) == (f"{queries.ABSOLUTE.days} days, a year", 365 * 86_400)


def test_it_says_where_mail_goes_when_there_is_no_mail_server(client: FlaskClient) -> None:
    assert "mails are kept as files on this server" in client.get("/privacy").text


def test_a_stranger_reads_it_too(client: FlaskClient) -> None:
    answer = client.get("/privacy")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Accept-Language" in answer.headers["Vary"], "or a cache would give one reader another's language"
