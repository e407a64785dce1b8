"""Checking path files before they are put to use: `tracker catalog check`."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from tracker.catalog.loader import CatalogError, Fault, load_file


def check(files: Sequence[pathlib.Path]) -> list[Fault]:
    """Everything that is wrong with these files, file by file; empty when they can be used."""
    faults: list[Fault] = []
    for file in files:
        try:
            load_file(file)
        except CatalogError as error:
            faults += error.faults
    return faults
