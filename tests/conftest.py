"""Shared fixtures: where the real data are, and the checkout under test."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

from tests.running import ROOT, copy_checkout, run_snakemake

# Time is never asserted, and tests that run side by side slow each other down.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items) -> None:
    """The embedded run first: it takes longest, and the other tests run beside it."""
    items.sort(key=lambda item: "embedded" not in item.fixturenames)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests in parallel are dealt out by file, all tests of the embedded run to one process."""
    from tests.parallel import ByFile

    return ByFile(config, log)


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


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A fresh copy of the checkout that a test may change."""
    return copy_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def embedded(tmp_path_factory) -> Path:
    """A copy of the checkout in which the whole embedded default has been run once."""
    folder = copy_checkout(tmp_path_factory.mktemp("embedded") / "checkout")
    done = run_snakemake(folder, "--cores", "2")
    assert done.returncode == 0, done.stdout[-6000:]
    return folder


@pytest.fixture
def embedded_copy(embedded, tmp_path) -> Path:
    """A finished run that a test may change; time stamps are kept."""
    return Path(shutil.copytree(embedded, tmp_path / "run", symlinks=True))
