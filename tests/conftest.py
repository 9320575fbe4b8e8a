"""Shared fixtures: where the real data are, and the checkout under test."""

import os
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
