"""`tracker backup` and `tracker restore`, as somebody at a terminal meets them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import config
from tracker import clock
from tracker.command import prepared


@click.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Copy the live embedded database to FILE, which must not exist."""
    settings = prepared()
    from tracker.backup import BackupError
    from tracker.backup import backup as copy

    try:
        size = copy(settings.database_url, target)
    except BackupError as fault:
        sys.exit(str(fault))
    click.echo(f"{target}: {size / 1e6:.1f} MB")


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
def restore(source: Path) -> None:
    """Put FILE, made by backup, in the embedded database's place. Stop the server first."""
    settings = config.load()
    from tracker.backup import BackupError
    from tracker.backup import restore as put_back

    try:
        kept = put_back(settings.database_url, source, now=clock.now_utc())
    except BackupError as fault:
        sys.exit(str(fault))
    prepared()  # a backup may be of an older version
    click.echo(f"{source} is back." + (f" What was there before is kept in {kept}" if kept else ""))
