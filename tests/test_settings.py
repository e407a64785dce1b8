"""Settings: sensible without any, and refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from config_checks import SECRET_BYTES

LONG_KEY = "k" * 32


def load(folder: Path, **given: str) -> config.Settings:
    return config.load({"TRACKER_INSTANCE_DIR": str(folder), **given})


def test_without_any_setting_everything_lies_in_the_instance_folder(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/tracker.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.mail is None
    assert settings.mail_from == "Waymark <waymark@localhost>"
    assert settings.site_name == "Waymark"
    assert settings.mail_dir == tmp_path / "mail"
    assert settings.embedded


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load(tmp_path).secret_key
    assert len(first) >= SECRET_BYTES
    assert load(tmp_path).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_links_follow_the_port(tmp_path: Path) -> None:
    assert load(tmp_path, PORT="8765").base_url == "http://127.0.0.1:8765"


def test_a_mail_server_is_read_from_its_address(tmp_path: Path) -> None:
    found = load(tmp_path, TRACKER_MAIL_URL="smtp://ada:p%40ss@mail.example.org:587?tls=starttls").mail
    assert found == config.MailServer("mail.example.org", 587, "ada", "p@ss", "starttls")
    assert load(tmp_path, TRACKER_MAIL_URL="smtps://mail.example.org").mail == config.MailServer(
        "mail.example.org", 465, tls="tls"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_ENV", "staging"),
        ("TRACKER_DATABASE_URL", "mysql://localhost/tracker"),
        ("TRACKER_DATABASE_URL", "sqlite:///:memory:"),
        ("TRACKER_SECRET_KEY", "short"),
        ("TRACKER_BASE_URL", "learn.example.org"),
        ("TRACKER_BASE_URL", "ftp://learn.example.org"),
        ("TRACKER_BASE_URL", "https://learn.example.org:99999"),
        ("TRACKER_BASE_URL", "https://learn.example.org:0"),
        ("TRACKER_BASE_URL", "https://[learn.example.org"),
        ("TRACKER_BASE_URL", "https://ada:secret@learn.example.org"),
        ("TRACKER_BASE_URL", "https://example.org/learn"),
        ("TRACKER_BASE_URL", "https://ex\u00a0ample.org"),
        ("TRACKER_SITE_NAME", "Waymark\nBcc: c@d.org"),
        ("TRACKER_MAIL_URL", "mail.example.org:25"),
        ("TRACKER_MAIL_URL", "smtp://mail.example.org:99999"),
        ("TRACKER_MAIL_URL", "smtp://[mail.example.org"),
        ("TRACKER_MAIL_URL", "smtp://mail.example.org?tls=perhaps"),
        ("TRACKER_MAIL_URL", "smtp://mail.example.org?tsl=starttls"),
        ("TRACKER_MAIL_URL", "smtps://mail.example.org?tls=none"),
        ("TRACKER_MAIL_URL", "smtp://mail.example.org/inbox"),
        ("TRACKER_MAIL_FROM", "a@b.org, c@d.org"),
        ("TRACKER_MAIL_FROM", "nobody"),
        ("TRACKER_MAIL_UNSUBSCRIBE", "nobody"),
        ("TRACKER_MAIL_FROM", "Ada <a@b.org>\nBcc: c@d.org"),
        ("TRACKER_MAIL_SPREAD", "-1"),
        ("TRACKER_MAIL_SPREAD", "soon"),
        ("TRACKER_METRICS_TOKEN", "short"),
        ("TRACKER_METRICS_TOKEN", "with a space in it"),
        ("TRACKER_MAIL_AMBIGUOUS", "guess"),
        ("TRACKER_MAIL_RATE", "0"),
        ("TRACKER_MAIL_RATE", "fast"),
        ("TRACKER_MAIL_RATE", "1e3"),
        ("TRACKER_SECRET_KEY_FALLBACKS", f"{LONG_KEY},short"),
        ("TRACKER_PROXIES", "-1"),
        ("TRACKER_PROXIES", "yes"),
        ("TRACKER_LOGIN_LIMIT", "0"),
        ("TRACKER_PASSWORD_MEMORY", "18"),
        ("PORT", "0"),
        ("PORT", "80x"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(config.SettingError, match=rf"^{name}: ") as fault:
        load(tmp_path, **{name: value})
    assert len(str(fault.value).splitlines()) == 1 or "\n" in value


@pytest.mark.parametrize("missing", ["TRACKER_SECRET_KEY", "TRACKER_BASE_URL"])
def test_production_insists_on_key_and_address(tmp_path: Path, missing: str) -> None:
    given = {
        "TRACKER_ENV": "production",
        "TRACKER_SECRET_KEY": LONG_KEY,
        "TRACKER_BASE_URL": "https://w.example.org",
    }
    assert load(tmp_path, **given).https
    del given[missing]
    with pytest.raises(config.SettingError, match=f"^{missing}: required"):
        load(tmp_path, **given)


PRODUCTION = {"TRACKER_ENV": "production", "TRACKER_SECRET_KEY": LONG_KEY, "TRACKER_BASE_URL": "https://w.example.org"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRACKER_SECRET_KEY", "short", "shorter than 32 bytes"),
        ("TRACKER_BASE_URL", "http://w.example.org", "must begin with https"),
        ("TRACKER_BASE_URL", "http://127.evil.example", "must begin with https"),
        ("TRACKER_SECRET_KEY_FALLBACKS", "short", "shorter than 32 bytes"),
        ("FLASK_DEBUG", "1", "must not be set"),
        ("TRACKER_SECRET_KEY", "changeme" * 8, "everybody can read"),
        ("TRACKER_LOGIN_LIMIT", "101", "at most 100"),
        ("TRACKER_MAIL_URL", "smtp://ada:secret@mail.example.org", "the password would travel open"),
    ],
)
def test_production_refuses_what_is_weak(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(config.SettingError, match=f"^{name}: .*{said}"):
        load(tmp_path, **PRODUCTION | {name: value})


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_production_on_this_machine_may_do_without_https(tmp_path: Path, address: str) -> None:
    assert not load(tmp_path, **PRODUCTION | {"TRACKER_BASE_URL": address}).https


@pytest.mark.parametrize(
    "address",
    [
        "smtp://ada:secret@mail.example.org?tls=starttls", "smtps://ada:secret@mail.example.org",
        "smtp://ada:secret@127.0.0.1", "smtp://mail.example.org", "smtp://ada:secret@relay?tls=none",
    ],
)  # fmt: skip
def test_production_takes_a_mail_server_that_is_safe_or_meant(tmp_path: Path, address: str) -> None:
    assert load(tmp_path, **PRODUCTION | {"TRACKER_MAIL_URL": address}).mail


def test_production_refuses_a_database_that_everybody_may_read(tmp_path: Path) -> None:
    file = tmp_path / "tracker.db"
    file.touch(mode=0o600)
    assert load(tmp_path, **PRODUCTION).embedded
    file.chmod(0o644)
    with pytest.raises(config.SettingError, match=r"^TRACKER_DATABASE_URL: everybody .*'chmod 600"):
        load(tmp_path, **PRODUCTION)
    assert load(tmp_path).embedded, "in development it is no more than untidy"


def test_former_keys_are_kept_newest_first(tmp_path: Path) -> None:
    given = {"TRACKER_SECRET_KEY": "c" * 32, "TRACKER_SECRET_KEY_FALLBACKS": f"{'b' * 32}, {'a' * 32}"}
    settings = load(tmp_path, **given)
    assert settings.secret_key_fallbacks == ("b" * 32, "a" * 32)
    assert settings.keys == ("a" * 32, "b" * 32, "c" * 32)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://W.example.org/", "https://w.example.org"),
        ("https://w.example.org:443", "https://w.example.org"),
        ("HTTPS://w.example.org", "https://w.example.org"),
        (" https://w.example.org/ ", "https://w.example.org"),
        ("https://münchen.example:8443", "https://xn--mnchen-3ya.example:8443"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(tmp_path: Path, address: str, origin: str) -> None:
    settings = load(tmp_path, TRACKER_BASE_URL=address)
    assert settings.origin == origin
    assert settings.https, "else the cookies would go over http, too"


def test_an_unknown_name_is_told(tmp_path: Path) -> None:
    assert load(tmp_path, TRACKER_MAIL_ULR="x").unknown == ("TRACKER_MAIL_ULR",)


def test_a_key_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("abc")
    with pytest.raises(config.SettingError, match=r"^TRACKER_SECRET_KEY: .*cut short"):
        load(tmp_path)
