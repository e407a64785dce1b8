"""kill -9 of the reminder process at each step of one mail's way, and a new one that goes on."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from tests.smtp_sink import KEEP_THEN_DROP, SmtpSink
from tests.worker.conftest import Town, town
from tests.worker_process import WorkerProcess
from tracker import clock

pytestmark = [
    pytest.mark.process,
    pytest.mark.fault(2, "kill -9 at each step of one mail", "1 copy; after the last byte 2 of one name, or held"),
]
__all__ = ["town"]  # the fixture


def go_on(town: Town, sink: SmtpSink, until: str = "sent", **settings: str) -> None:
    """A new process over the same database, which finds what the killed one left."""
    with WorkerProcess(town.instance, town.url, sink.url, **settings) as again:
        sink.wait_until(lambda: until in town.states())
        again.stop()


def make_due(town: Town) -> None:
    town.due(town.user_id, clock.now_utc() - dt.timedelta(minutes=1))


def test_between_enqueue_and_claim_it_is_sent_once(town: Town) -> None:
    make_due(town)
    with SmtpSink() as sink:
        nobody = "smtp://127.0.0.1:9"
        with WorkerProcess(town.instance, town.url, nobody) as worker:
            sink.wait_until(lambda: town.states() == ["queued"])
            worker.kill()
        go_on(town, sink)
        assert sink.recipients == ["ada@example.org"]
    assert len(town.mails()) == 1


@pytest.mark.parametrize("stage", ["greeting", "rcpt", "data"])
def test_between_claim_and_the_fence_it_is_sent_once(town: Town, stage: str) -> None:
    make_due(town)
    over = threading.Event()

    def hang(reached: str, _recipient: str, _count: int) -> None:
        if reached == stage:
            over.wait(60)

    with SmtpSink(hang) as hanging, SmtpSink() as sink:
        with WorkerProcess(town.instance, town.url, hanging.url) as worker:
            sink.wait_until(lambda: hanging.stages[stage] == 1 and town.states() == ["claimed"])
            worker.kill()
        over.set()
        go_on(town, sink)
        assert hanging.messages == []
        assert sink.recipients == ["ada@example.org"]
    assert [(mail.state, mail.ambiguous) for mail in town.mails()] == [("sent", 0)]


def killed_after_the_dot(town: Town) -> list[str]:
    """The one window in which nobody can know: the server has the mail, its answer is lost. The mails' ids."""
    make_due(town)
    killed = threading.Event()

    def take_it_and_wait(stage: str, _recipient: str, _count: int) -> str | None:
        if stage != "dot":
            return None
        killed.wait(60)
        return KEEP_THEN_DROP

    with SmtpSink(take_it_and_wait) as sink:
        with WorkerProcess(town.instance, town.url, sink.url) as worker:
            sink.wait_until(lambda: sink.stages["dot"] == 1)
            worker.kill()
        killed.set()
        sink.wait_until(lambda: len(sink.messages) == 1)
        return [message["Message-ID"] for message in sink.messages]


def test_after_the_last_byte_one_more_copy_goes_under_the_same_name(town: Town) -> None:
    (first,) = killed_after_the_dot(town)
    with SmtpSink() as sink:
        go_on(town, sink)
        assert [message["Message-ID"] for message in sink.messages] == [first]


def test_after_the_last_byte_it_is_held_where_that_is_wanted(town: Town) -> None:
    killed_after_the_dot(town)
    with SmtpSink() as sink:
        go_on(town, sink, until="unknown", MAIL_AMBIGUOUS="hold")
        assert sink.messages == []
    assert "may or may not have arrived" in town.mails()[0].reason


def test_two_workers_at_once_send_one_mail(town: Town) -> None:
    make_due(town)
    with (
        SmtpSink() as sink,
        WorkerProcess(town.instance, town.url, sink.url) as one,
        WorkerProcess(town.instance, town.url, sink.url) as two,
    ):
        sink.wait_until(lambda: len([s for s in town.senders() if s.last_pass_at]) == 2 and town.states() == ["sent"])
        assert sink.recipients == ["ada@example.org"]
        one.stop()
        two.stop()
