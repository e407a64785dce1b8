"""Checking path files before they are put to use: `tracker catalog check`."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from tracker.catalog.loader import CatalogError, Fault, between_files, load_file
from tracker.catalog.schema import Path


def check(files: Sequence[pathlib.Path], *, whole: bool = False) -> list[Fault]:
    """Everything that is wrong with these files, file by file; empty when they can be used.

    ``whole`` says that they are all paths of a site, so that what one says of another can be looked at, too.
    """
    faults: list[Fault] = []
    paths: dict[str, Path] = {}
    for file in files:
        try:
            paths[file.stem] = load_file(file)
        except CatalogError as error:
            faults += error.faults
    # Beside a broken file its neighbours would be told what they miss in it.
    return between_files(files, paths) if whole and not faults else faults
