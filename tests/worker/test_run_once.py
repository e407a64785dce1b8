"""`tracker reminders run`: one pass at whatever date, alone or beside a live worker."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from config import MailServer
from tests.smtp_sink import SmtpSink, replies
from tests.worker.conftest import Town
from tests.worker_process import WorkerProcess
from tracker import clock
from tracker.housekeeping import SENDERS
from tracker.reminders import services
from tracker.worker import run_once, status

DAY = dt.timedelta(days=1)
NOTHING = {"due": 0, "queued": 0, "sent": 0, "retry": 0, "dead": 0, "skipped": 0, "unknown": 0}
SLOT = dt.datetime(2030, 3, 4, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as opened:
        yield opened


def run(town: Town, sink: SmtpSink, at: dt.datetime, **settings: Any) -> dict[str, Any]:
    chosen: dict[str, Any] = {"mail": sink.server, **settings}
    with time_machine.travel(at, tick=True):
        return run_once(replace(town.settings, **chosen))


def one_learner(town: Town) -> None:
    town.due(town.user_id, SLOT)
    with town.sessions() as session:
        services.unsubscribe(session, user_id=town.other_id)


def test_each_week_one_mail_goes_until_the_learner_stops_them(town: Town, sink: SmtpSink) -> None:
    one_learner(town)
    assert run(town, sink, SLOT - DAY) == NOTHING
    assert run(town, sink, SLOT) == NOTHING | {"due": 1, "queued": 1, "sent": 1}
    assert run(town, sink, SLOT) == NOTHING, "the same week again"
    assert run(town, sink, SLOT + 7 * DAY) == NOTHING | {"due": 1, "queued": 1, "sent": 1}
    with town.sessions() as session:
        services.unsubscribe(session, user_id=town.user_id)
    assert run(town, sink, SLOT + 14 * DAY) == NOTHING
    assert [m["Message-ID"] for m in sink.messages] == [mail.message_id for mail in town.mails()]
    assert "% done" in sink.messages[0]["Subject"]


def test_account_mail_goes_too_but_is_not_counted(town: Town, sink: SmtpSink) -> None:
    one_learner(town)
    town.account_mail(town.user_id)
    assert run(town, sink, clock.now_utc()) == NOTHING
    assert len(sink.messages) == 1


def test_a_server_that_is_away_is_counted_as_to_be_tried_again(town: Town, sink: SmtpSink) -> None:
    for user_id in (town.user_id, town.other_id):
        town.due(user_id, SLOT)
    nobody = MailServer("127.0.0.1", 9)
    assert run(town, sink, SLOT, mail=nobody) == NOTHING | {"due": 2, "queued": 2, "retry": 2}
    assert run(town, sink, SLOT, mail=nobody) == NOTHING | {"retry": 2}
    assert run(town, sink, SLOT) == NOTHING | {"sent": 2}


def test_each_mail_is_counted_by_its_outcome(town: Town, sink: SmtpSink) -> None:
    for user_id in (town.user_id, town.other_id):
        town.due(user_id, SLOT)
    sink.policy = replies("rcpt", "550 5.1.1 no such user", "451 4.3.0 later")
    assert run(town, sink, SLOT) == NOTHING | {"due": 2, "queued": 2, "dead": 1, "retry": 1}


def test_what_expired_is_counted_as_skipped(town: Town, sink: SmtpSink) -> None:
    one_learner(town)
    assert run(town, sink, SLOT + 3 * DAY) == NOTHING | {"due": 1, "skipped": 1}


def test_spread_mails_go_when_their_minute_has_come(town: Town, sink: SmtpSink) -> None:
    one_learner(town)
    first = run(town, sink, SLOT, mail_spread=600)
    (mail,) = town.mails()
    assert first == NOTHING | {"due": 1, "queued": 1}
    assert SLOT < mail.available_at < SLOT + dt.timedelta(hours=10)
    assert run(town, sink, mail.available_at, mail_spread=600) == NOTHING | {"sent": 1}


def test_without_a_mail_server_it_writes_files(town: Town, sink: SmtpSink) -> None:
    one_learner(town)
    assert run(town, sink, SLOT, mail=None)["sent"] == 1
    assert len(list(town.settings.mail_dir.glob("*-weekly-*.eml"))) == 1


def test_the_status_tells_of_it(town: Town, sink: SmtpSink) -> None:
    one_learner(town)
    run(town, sink, SLOT)
    with time_machine.travel(SLOT + DAY / 2, tick=True):
        assert (status(town.settings)["sent_24h"], status(town.settings)["queued"]) == (1, 0)


@pytest.mark.process
def test_at_another_date_it_leaves_a_live_workers_mails_alone(town: Town) -> None:
    """One mail has passed the fence, others are claimed, one waits: by next week's clock all look abandoned."""
    gate = threading.Event()

    def hold(stage: str, _recipient: str, count: int) -> None:
        if (stage, count) == ("dot", 1) or (stage == "rcpt" and 1 < count <= SENDERS):
            gate.wait(30)

    with SmtpSink(hold) as busy, SmtpSink() as sink, WorkerProcess(town.instance, town.url, busy.url) as worker:
        busy.wait_until(lambda: any(sender.last_pass_at for sender in town.senders()))
        for _ in range(SENDERS + 1):
            town.account_mail(town.user_id)
        busy.wait_until(lambda: town.states().count("sending") == 1 and busy.stages["rcpt"] == SENDERS)
        before = town.states()
        assert sorted(before) == ["claimed"] * (SENDERS - 1) + ["queued", "sending"]
        next_week = clock.now_utc() + 7 * DAY
        town.due(town.other_id, next_week)
        town.due(town.user_id, next_week + 365 * DAY)
        assert run(town, sink, next_week + DAY / 24) == NOTHING | {"due": 1, "queued": 1, "sent": 1}
        assert town.states()[: SENDERS + 1] == before
        assert [m["List-Unsubscribe"] is not None for m in sink.messages] == [True], "no account mail with it"
        gate.set()
        busy.wait_until(lambda: town.states() == ["sent"] * (SENDERS + 2))
        assert len(busy.messages) == SENDERS + 1
        assert worker.stop() < 5
