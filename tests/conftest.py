"""Shared fixtures: where the real data are, and the checkout under test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout under test."""
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the published raw files; tests that need them are skipped without it."""
    folder = os.environ.get("MOVELAWS_MIRROR")
    if not folder:
        pytest.skip("real data: set MOVELAWS_MIRROR to a folder with the published raw files")
    path = Path(folder)
    path = path if path.is_absolute() else ROOT / path
    if not path.is_dir():
        raise FileNotFoundError(f"MOVELAWS_MIRROR={folder} is not a folder")
    return path


SNAKEMAKE = [sys.executable, "-m", "snakemake"]


def run_snakemake(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess:
    """Run Snakemake in ``folder``; its two streams come back as one text in ``stdout``."""
    plain = {k: v for k, v in os.environ.items() if k not in ("MOVELAWS_MIRROR", "PYTHONPATH")}
    return subprocess.run(
        [*SNAKEMAKE, *arguments],
        cwd=folder,
        env=plain | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def copy_checkout(folder: Path) -> Path:
    """Copy what git would commit (tracked and new files) into ``folder``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A fresh copy of the checkout that a test may change."""
    return copy_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def embedded(tmp_path_factory) -> Path:
    """A copy of the checkout in which the whole embedded default has been run once."""
    folder = copy_checkout(tmp_path_factory.mktemp("embedded") / "checkout")
    done = run_snakemake(folder, "--cores", "2", "--quiet", "rules")
    assert done.returncode == 0, done.stdout[-6000:]
    return folder
