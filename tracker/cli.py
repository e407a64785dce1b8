"""The `tracker` command. Every command creates and migrates the database before it does its work."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import config
from tracker import clock
from tracker.backup_commands import backup, restore
from tracker.catalog.loader import CatalogError, check, load_catalog, load_file
from tracker.catalog.schema import Catalog
from tracker.command import in_short, open_session, prepared
from tracker.data.commands import export_data, import_data
from tracker.errors import InvalidInput, NotFound
from tracker.migrate import SchemaError
from tracker.progress.orphans import orphans, paths_without_file


def main() -> None:
    """Entry point: a fault of settings, schema or input is one line on standard error, never a traceback."""
    os.umask(0o077)  # database, key, mail and backups are for nobody else on this machine
    try:
        cli()
    except (config.SettingError, SchemaError, CatalogError, InvalidInput) as fault:
        sys.exit(f"{fault}")
    except OperationalError as fault:
        sys.exit(f"TRACKER_DATABASE_URL: the database cannot be used: {in_short(fault)}")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Waymark: a dated plan, an honest forecast and one mail a week for people who teach themselves a trade."""
    logging.Formatter.converter = time.gmtime  # two servers' logs fit together
    logging.basicConfig(
        level=logging.WARNING,
        format="%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.getLogger("tracker").setLevel(logging.INFO)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; default: $PORT or 8000.")
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes; default: 1 on SQLite, one per core else.")
@click.option("--no-reminders", is_flag=True, help="Web only; run `tracker worker` beside it.")
def serve(host: str, port: int | None, workers: int | None, no_reminders: bool) -> None:
    """Run the site and, on the embedded database, the reminder process."""
    settings = prepared(**({"PORT": str(port)} if port else {}))
    # Imported here: the other commands start in half the time without the web.
    from tracker import create_app
    from tracker.serve import AddressTaken
    from tracker.serve import serve as run

    count = workers or (1 if settings.embedded else os.cpu_count() or 1)
    try:
        code = run(
            create_app(settings),
            settings,
            host=host,
            port=settings.port,
            workers=count,
            reminders=settings.embedded and not no_reminders,
        )
    except AddressTaken as fault:
        sys.exit(str(fault))
    sys.exit(code)


@cli.command()
def worker() -> None:
    """Run the reminder process alone. Any number may run on one database."""
    settings = prepared()
    from tracker.worker import run_worker

    run_worker(settings)


@cli.group()
def reminders() -> None:
    """Weekly reminders: one pass by hand, and how they are doing."""


@reminders.command("run")
@click.option("--json", "as_json", is_flag=True, help="The last line is a JSON object.")
def reminders_run(as_json: bool) -> None:
    """Put what is due into the outbox, send all that may go now, and exit."""
    from tracker.worker import run_once

    _show(run_once(prepared()), as_json)


@reminders.command("status")
@click.option("--json", "as_json", is_flag=True, help="The last line is a JSON object.")
def reminders_status(as_json: bool) -> None:
    """What waits, since when, what became of the rest, who sends, and what is wrong."""
    from tracker.worker import status

    _show(status(prepared()), as_json)


def _show(figures: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        said = value if isinstance(value, list) else ["-" if value is None else value]
        for line in said or ["-"]:
            click.echo(f"{name.replace('_', ' '):14} {line}")


@cli.group()
def catalog() -> None:
    """Path files."""


@catalog.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def catalog_check(files: tuple[Path, ...]) -> None:
    """Validate path files (default: all that are served); exit 1 and say file, line and what is wrong.

    Also refuses a file that lacks what learners hold: milestones recorded or planned, starting points, goals.
    """
    settings = prepared()
    chosen = files or tuple(sorted(settings.paths_dir.glob("*.yaml")))
    faults = [str(fault) for fault in check(chosen, whole=not files)]
    if not faults:
        with open_session(settings) as session:
            faults = [line for file in chosen for line in _orphans(session, file)]
            faults += [] if files else _without_file(session, settings.paths_dir, chosen)
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo(f"{len(chosen)} path {'file is' if len(chosen) == 1 else 'files are'} sound.")


def _orphans(session: Session, file: Path) -> list[str]:
    return [f"{file}:1: {said}" for said in orphans(session, load_file(file))]


def _without_file(session: Session, folder: Path, files: tuple[Path, ...]) -> list[str]:
    gone = paths_without_file(session, {file.stem for file in files})
    return [f"{folder}:1: {slug}.yaml is missing, but {_learners(count)} on that path." for slug, count in gone.items()]


def _learners(count: int) -> str:
    return "1 learner is" if count == 1 else f"{count} learners are"


@cli.group()
def users() -> None:
    """Accounts."""


@users.command("create")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May administer the site.")
def users_create(email: str, admin: bool) -> None:
    """Make an account with a confirmed address; the password is asked for or read from standard input."""
    settings = prepared()
    from tracker.accounts import services

    password = _password()
    with open_session(settings) as session:
        user = services.create_user(
            session,
            email=email,
            password=password,
            timezone="UTC",
            settings=settings,
            now=clock.now_utc(),
            confirmed=True,
        )
        if admin:
            services.promote(session, email=user.email, now=clock.now_utc())
        click.echo(f"{user.email} can log in at {settings.base_url}/login.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def _existing(email: str) -> Iterator[Session]:
    """A session for something that is done to an account; says so where there is none."""
    with open_session(prepared()) as session:
        try:
            yield session
        except NotFound:
            sys.exit(f"{email}: there is no such account.")


@users.command("promote")
@click.argument("email")
def users_promote(email: str) -> None:
    """Let somebody administer the site."""
    from tracker.accounts import services

    with _existing(email) as session:
        services.promote(session, email=email, now=clock.now_utc())
    click.echo(f"{email} may administer the site.")


@users.command("reset-factors")
@click.argument("email")
def users_reset_factors(email: str) -> None:
    """Take all second factors off an account whose owner lost them. Be sure that it is its owner who asks."""
    from tracker.accounts import services

    with _existing(email) as session:
        services.reset_factors(session, email=email, now=clock.now_utc())
    click.echo(f"{email} has no second factor any more and was logged out everywhere; a mail tells them.")


@users.command("log-out")
@click.argument("email")
def users_log_out(email: str) -> None:
    """End every log-in of an account, as when a device was lost; the password and second factors stay."""
    from tracker.accounts import services

    with _existing(email) as session:
        services.log_out_everywhere(session, email=email, now=clock.now_utc())
    click.echo(f"{email} was logged out everywhere.")


@users.command("delete")
@click.argument("email")
def users_delete(email: str) -> None:
    """Delete an account and everything that belongs to it."""
    from tracker.data import erasing

    with _existing(email) as session:
        erasing.erase_address(session, email=email, now=clock.now_utc())
    click.echo(f"{email} and everything that belonged to it is deleted.")


@cli.command()
@click.option(
    "--learners",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Beside it N more learners, for trials of load; those that are there already are kept.",
)
def demo(learners: int | None) -> None:
    """Make one account with eight months of history, and print how to log in."""
    settings = prepared()
    if settings.env == "production":
        sys.exit("TRACKER_ENV: the demo account is not made in production.")
    from tracker.demo import make_demo

    catalogue, now = load_catalog(settings.paths_dir), clock.now_utc()
    with open_session(settings) as session:
        made = make_demo(session, catalog=catalogue, settings=settings, now=now)
        click.echo(f"Log in at {settings.base_url}/login\n  address   {made.address}\n  password  {made.password}")
        if learners:
            _demo_learners(session, learners, catalogue, settings, now)


def _demo_learners(
    session: Session, count: int, catalogue: Catalog, settings: config.Settings, now: dt.datetime
) -> None:
    from tracker.demo_learners import make_learners

    def said(done: int) -> None:
        if done % 5_000 == 0:
            click.echo(f"{done:,} learners are made …", err=True)

    made = make_learners(session, count=count, catalog=catalogue, settings=settings, now=now, said=said)
    click.echo(
        f"{made.made:,} more learners are made, {made.kept:,} were there already\n"
        f"  addresses {made.first} … {made.last}\n  password  {made.password}"
    )


cli.add_command(backup)
cli.add_command(restore)
cli.add_command(export_data)
cli.add_command(import_data)
