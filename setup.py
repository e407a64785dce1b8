"""Only for wheels; everything else stands in pyproject.toml.

Templates, static files, paths and migrations lie beside the package, where people find and change them. A wheel carries
them inside it, where config.SHIPPED looks for them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BESIDE = ("templates", "static", "seed_data", "migrations")


class Whole(build_py):
    """The package's modules, and what lies beside it."""

    def run(self) -> None:
        """As ever, then the folders; an editable install has them in their place."""
        super().run()
        if not self.editable_mode:
            inside = Path(self.build_lib, "tracker", "shipped")
            for folder in BESIDE:
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(folder, inside / folder, ignore=ignored, dirs_exist_ok=True)


setup(cmdclass={"build_py": Whole})
