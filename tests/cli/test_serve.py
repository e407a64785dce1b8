"""`tracker serve`: says where things are, and ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.site import Site

pytestmark = pytest.mark.process


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    children = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == pid]
    return [pid, *(member for child in children for member in family(child))]


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def test_it_says_address_data_mail_and_demo(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        said = (tmp_path / "serve.log").read_text()
        for part in (site.url, str(tmp_path / "tracker.db"), str(tmp_path / "mail"), "tracker demo"):
            assert part in said
        assert len(said.splitlines()) <= 6


def test_ctrl_c_ends_every_process_and_leaves_no_noise(tmp_path: Path) -> None:
    site = Site(tmp_path).start()
    assert site.process
    processes = family(site.process.pid)
    assert len(processes) == 3, "web and reminders under one parent"
    quiet = (tmp_path / "serve.log").read_text()
    assert site.stop() == 0
    assert not [pid for pid in processes if alive(pid)]
    assert (tmp_path / "serve.log").read_text() == quiet


def test_an_idle_browser_does_not_hold_ctrl_c_up(tmp_path: Path) -> None:
    site = Site(tmp_path).start()
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        assert b"200" in idle.recv(4096)
        quiet = (tmp_path / "serve.log").read_text()
        assert site.stop() == 0
    assert (tmp_path / "serve.log").read_text() == quiet, "nothing had to be killed"


def test_a_killed_parent_takes_its_children_with_it(tmp_path: Path) -> None:
    site = Site(tmp_path).start()
    assert site.process
    processes = family(site.process.pid)
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.wait(5)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and any(alive(pid) for pid in processes):
        time.sleep(0.1)
    assert not [pid for pid in processes if alive(pid)]


def test_a_web_process_that_dies_is_started_again(tmp_path: Path) -> None:
    with Site(tmp_path, arguments=("--no-reminders",)) as site:
        assert site.process
        (_, web) = family(site.process.pid)
        os.kill(web, signal.SIGKILL)
        site.wait_until_it_answers()
        (_, another) = family(site.process.pid)
        assert another != web


def test_an_answer_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    site = Site(tmp_path, arguments=("--no-reminders",)).start()
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port)) as asking:
        asking.sendall(b"GET /paths/ml-engineer HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert site.stop() == 0
        answer = b"".join(iter(lambda: asking.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.rstrip().endswith(b"</html>")


def test_a_length_that_is_told_twice_is_refused(tmp_path: Path) -> None:
    with Site(tmp_path, arguments=("--no-reminders",)) as site:
        address = urlsplit(site.url)
        with socket.create_connection((address.hostname, address.port)) as asking:
            asking.sendall(
                b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            )
            answer = b"".join(iter(lambda: asking.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1, "the connection is closed before what could be another's request"


def test_a_taken_port_is_told_in_a_line(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", urlsplit(site.url).port or 0))
        taken.listen()
        refused = site.tracker("serve")
    assert refused.returncode == 1
    assert refused.stderr.startswith("PORT: ")
    assert len(refused.stderr.strip().splitlines()) == 1
