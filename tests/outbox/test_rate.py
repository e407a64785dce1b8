"""A limit of mails a second, shared by all processes."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
import time_machine
from sqlalchemy.orm import Session

from config import Settings
from tests.environment import NOW
from tests.mailing import post_office, prefer, urgent, weekly
from tests.people import ada
from tracker.db import SessionFactory
from tracker.housekeeping import BEAT_SECONDS, Worker
from tracker.outbox import rate as rates
from tracker.outbox import upkeep
from tracker.outbox.rate import Rate


class Watch:
    """A monotonic clock that only goes on while somebody waits for it."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Waiting(threading.Event):
    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert timeout > 0
        self.watch.now += timeout
        return False


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(rates, "time", made)
    return made


def seconds_for(rate: Rate, mails: int, watch: Watch) -> float:
    began, left = watch.now, mails
    while left:
        left -= rate.take(min(20, left), Waiting(watch))
    return watch.now - began


@pytest.mark.parametrize("total", [0.5, 1, 14, 83])
def test_in_the_long_run_no_more_go_than_are_allowed(watch: Watch, total: float) -> None:
    took = seconds_for(Rate(total), 500, watch)
    assert 500 / took == pytest.approx(total, rel=0.06)


def test_each_of_three_processes_takes_a_third(watch: Watch) -> None:
    rate = Rate(12)
    rate.share_among(3)
    assert 400 / seconds_for(rate, 400, watch) == pytest.approx(4, rel=0.02)


def test_what_was_not_used_may_go_later(watch: Watch) -> None:
    rate = Rate(1)
    assert rate.take(20, Waiting(watch)) == 1
    rate.give_back(1)
    assert seconds_for(rate, 1, watch) == 0


def test_an_hour_without_mail_is_no_licence_for_a_flood(watch: Watch) -> None:
    rate = Rate(8)
    watch.now += 3600
    assert rate.take(1000, Waiting(watch)) == 2


def test_without_a_limit_nobody_waits(watch: Watch) -> None:
    assert seconds_for(Rate(), 10_000, watch) == 0


def test_whoever_waits_can_be_stopped() -> None:
    rate, stop = Rate(0.01), threading.Event()
    assert rate.take(1, stop) == 1
    threading.Timer(0.05, stop.set).start()
    assert rate.take(1, stop) == 0


def test_nobody_holds_a_mail_while_waiting_so_that_urgent_ones_go_first(
    session: Session, sessions: SessionFactory, settings: Settings
) -> None:
    user = ada(session)
    prefer(session, user)
    reminder = weekly(session, user)

    class AskedMeanwhile(Rate):
        def take(self, wanted: int, stop: threading.Event) -> int:
            if not office.sink.recipients:
                assert office.mail(reminder).state == "queued"
                urgent(session, user)
            return 1

    with post_office(settings, sessions) as office:
        postman = office.postman(rate=AskedMeanwhile())
        assert postman.round() == 1
        postman.close()
        assert "List-Unsubscribe" not in office.sink.messages[0], "the account mail came later and went first"


def test_a_process_counts_itself_in_once_the_others_have_noticed_it(
    session: Session, sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[int] = []
    worker = Worker(replace(settings, mail_rate=10), sessions, {})
    monkeypatch.setattr(worker._rate, "share_among", shares.append)
    with time_machine.travel(NOW, tick=False):
        worker._began = time.monotonic()
        worker._beat()
        upkeep.beat(session, "another machine", now=NOW, last_pass=None, sent=0, failed=0)
        worker._beat()
        worker._began -= BEAT_SECONDS
        worker._beat()
        upkeep.leave(session, "another machine")
        worker._beat()
    assert shares == [1, 0, 2, 1]
