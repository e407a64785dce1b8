"""A wheel holds everything: installed outside of the repository, it serves pages and knows common passwords."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from urllib.request import urlopen

import pytest

import config
from tests.site import Site

pytestmark = pytest.mark.process

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "instance", "tests", "build", "screenshots")
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel in it; its libraries are those of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(config.ROOT, folder / "source", ignore=LEFT_OUT)
    build = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder))
    subprocess.run([*PIP, *build, str(folder / "source")], check=True)
    shutil.rmtree(folder / "source")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    wheel = next(folder.glob("*.whl"))
    subprocess.run([*PIP, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], check=True)
    packages = next((folder / "venv" / "lib").glob("python*/site-packages"))
    # What an editable install put there is a .pth file itself, and not read through this one.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_it_is_served_and_an_account_is_made(installed: Path, tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.python, site.folder = str(installed), tmp_path
    with site:
        page = urlopen(site.url).read().decode()  # noqa: S310  # our own site
        assert "Waymark" in page
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        assert urlopen(f"{site.url}{style}").status == 200  # noqa: S310
        assert urlopen(f"{site.url}/paths/ml-engineer").status == 200  # noqa: S310
    refused = site.tracker("users", "create", "grace@example.org", given="password1234\n")
    assert "one of the first passwords" in refused.stderr
    made = site.tracker("users", "create", "grace@example.org", given="violet-harbor-quilt-27\n")
    assert made.returncode == 0, made.stderr


def test_it_keeps_nothing_among_the_packages(installed: Path, tmp_path: Path) -> None:
    where = "import config, tracker; print(config.SHIPPED); print(config.load({}).instance_dir)"
    done = subprocess.run([installed, "-c", where], cwd=tmp_path, capture_output=True, text=True, check=True)
    shipped, instance = done.stdout.split()
    assert Path(shipped).is_relative_to(installed.parent.parent)
    assert Path(instance) == tmp_path / "instance"
