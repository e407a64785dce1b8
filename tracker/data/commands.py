"""`tracker export` and `tracker import`: the whole of one learner's data as a file."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

import config
from tracker import clock
from tracker.accounts import services as accounts
from tracker.accounts.addresses import normalised
from tracker.accounts.queries import user_by_email
from tracker.catalog.loader import load_catalog
from tracker.command import open_session, prepared
from tracker.data import erasing, services
from tracker.data.export import as_json, export
from tracker.data.reading import read
from tracker.models import User


@click.command("export")
@click.argument("email")
@click.option(
    "-o", "target", type=click.Path(path_type=Path), metavar="FILE", help="Where to; default: standard output."
)
def export_data(email: str, target: Path | None) -> None:
    """Everything that is kept about one learner, as JSON."""
    settings = prepared()
    with open_session(settings) as session:
        user = user_by_email(session, normalised(email))
        if user is None:
            sys.exit(f"{email}: there is no such account.")
        services.note_export(session, user_id=user.id, visit=None, now=clock.now_utc())
        text = as_json(export(session, user_id=user.id, now=clock.now_utc(), site=settings.base_url))
    if target is None:
        click.echo(text, nl=False)
        return
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as fault:
        sys.exit(f"{target} could not be written: {fault.strerror}.")
    click.echo(f"{target}: {len(text.encode()):,} bytes")


@click.command("import")
@click.argument("email")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_data(email: str, source: Path) -> None:
    """Bring an export in, all of it or nothing; what is here already stays. Makes the account if there is none."""
    settings = prepared()
    upload = read(source.read_bytes())
    with open_session(settings) as session:
        user = user_by_email(session, normalised(email))
        is_new = user is None
        user = user or _make(session, email, settings)
        try:
            done = services.bring_in(
                session,
                user_id=user.id,
                upload=upload,
                catalog=load_catalog(settings.paths_dir),
                now=clock.now_utc(),
            )
        except Exception:
            if is_new:
                erasing.erase(session, user_id=user.id, now=clock.now_utc())
            raise
    click.echo(f"{done.total} records came in, {sum(done.known.values())} were there already.")
    if is_new:
        click.echo(f"The account is new: a password is set at {settings.base_url}/forgot-password.")


def _make(session: Session, email: str, settings: config.Settings) -> User:
    return accounts.create_user(
        session,
        email=email,
        password=secrets.token_urlsafe(32),
        timezone="UTC",
        settings=settings,
        now=clock.now_utc(),
    )
