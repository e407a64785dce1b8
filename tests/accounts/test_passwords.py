"""A password is long and is none that everybody tries; it works offline, because the list is in the project."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import config
from config import Settings
from tests.environment import NOW
from tests.people import PASSWORD, ada
from tracker.accounts import entry, passwords
from tracker.accounts.visit import Visit
from tracker.errors import Busy, InvalidInput
from tracker.models import User

EASY = [
    "passwordpassword",
    "PassWord123456",
    "iloveyou2026!!",
    "123qweasdzxc",
    "qwertyuiop123",
    "leavemealone",
    "000000000000",
    "abababababab",
    "waymark12345678",
    "ada.lovelace1815",
    "ada.lovelace@example.org",
]
GOOD = [
    "violet-harbor-quilt-27",
    "correct pony stapler",
    "fifteen   spaces",
    "七転び八起き七転び八起き",
    "Gr8tB00ksOnShelf!",
]


def test_three_thousand_of_allowed_length_are_known_to_be_common() -> None:
    known = [word for word in passwords.common() if len(word) >= passwords.MIN_LENGTH]
    assert len(known) >= 3000


def test_every_one_of_them_is_refused(settings: Settings) -> None:
    accepted = []
    for word in passwords.common():
        if len(word) >= passwords.MIN_LENGTH:
            try:
                passwords.check_new(word, email="grace@example.org", settings=settings)
                accepted.append(word)
            except InvalidInput:
                pass
    assert accepted == []


@pytest.mark.parametrize("easy", EASY)
def test_easy_ones_are_refused_in_a_sentence(settings: Settings, easy: str) -> None:
    with pytest.raises(InvalidInput, match="first passwords that somebody would try") as told:
        passwords.check_new(easy, email="ada.lovelace@example.org", settings=settings)
    assert told.value.field == "password"
    assert easy not in told.value.message


@pytest.mark.parametrize("good", GOOD)
def test_good_ones_are_taken(settings: Settings, good: str) -> None:
    passwords.check_new(good, email="ada.lovelace@example.org", settings=settings)


def test_nothing_is_cut_off(session: Session, settings: Settings) -> None:
    long = "a very long sentence that nobody else would think of " * 4
    kept = passwords.hash_password(long, settings)
    assert passwords.verify(kept, long, settings)
    assert not passwords.verify(kept, long[:72], settings)
    assert not passwords.verify(kept, long[:-1], settings)


def test_the_hash_is_argon2id_as_owasp_wants_it(tmp_path: Path) -> None:
    dear = config.load({"TRACKER_INSTANCE_DIR": str(tmp_path)})
    assert passwords.hash_password(PASSWORD, dear).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_raised_cost_shows_at_the_next_log_in(session: Session, settings: Settings) -> None:
    user = ada(session)
    raised = replace(settings, password_memory_kib=128)
    entered = entry.with_password(session, email=user.email, password=PASSWORD, settings=raised, visit=Visit(), now=NOW)
    assert entered
    assert "m=128," in session.get_one(User, user.id, populate_existing=True).password_hash


def test_only_a_few_are_reckoned_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many log-ins at once cannot fill the memory: who waits too long is told to come back."""
    monkeypatch.setattr(passwords, "_hashing", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    passwords._hashing.acquire()
    with pytest.raises(Busy):
        passwords.hash_password(PASSWORD, settings)
    passwords._hashing.release()
    assert passwords.hash_password(PASSWORD, settings)
