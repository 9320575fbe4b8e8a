"""Snakemake on a copy of the checkout, as a user would run it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from numba.core.caching import UserProvidedCacheLocator

import movelaws

ROOT = Path(__file__).resolve().parents[1]
SNAKEMAKE = [sys.executable, "-m", "snakemake"]


def plain_environment() -> dict[str, str]:
    """The environment without what these tests, or who runs them, set for the package."""
    ours = ("MOVELAWS_MIRROR", "PYTHONPATH", "NUMBA_CACHE_DIR")
    return {key: value for key, value in os.environ.items() if key not in ours}


def run_snakemake(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess:
    """Run Snakemake in ``folder``; its two streams come back as one text in ``stdout``."""
    return subprocess.run(
        [*SNAKEMAKE, *arguments],
        cwd=folder,
        env=plain_environment() | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def planned_jobs(folder: Path, *arguments: str) -> dict[str, int]:
    """Rules that Snakemake would run now, and in how many jobs."""
    done = run_snakemake(folder, "--dry-run", "--cores", "1", *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    table = re.search(r"Job stats:\n.*?\n-+\s+-+\n(.*?)\ntotal", done.stdout, re.S)
    lines = [line.split() for line in table[1].splitlines()] if table else []
    return {rule: int(jobs) for rule, jobs in lines}


class DryRuns:
    """Dry runs in one folder whose package nobody edits: loading it takes longer than most runs."""

    def __init__(self, folder: Path):
        self._process = subprocess.Popen(
            [sys.executable, ROOT / "tests" / "dry_runs.py"],
            cwd=folder,
            env=plain_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess:
        """As ``run_snakemake(folder, "--dry-run", "--cores", "1", *arguments)``."""
        asked = ["--dry-run", "--cores", "1", *arguments]
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        status, said = json.loads(self._process.stdout.readline())
        return subprocess.CompletedProcess(asked, status, stdout=said)

    def close(self) -> None:
        self._process.communicate()


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
    _share_kernels(folder)
    return folder


def _share_kernels(folder: Path) -> None:
    """Let a copy of the checkout use the kernels that are compiled here, and the other way round.

    Numba files them by the path of their module; links stand in for the folders of the copy. A
    copy whose kernels are edited looks in another folder (``movelaws._kernel_cache``).
    """
    kernels = Path(movelaws._kernel_cache())
    linked = folder / kernels.relative_to(ROOT)
    linked.mkdir(parents=True)
    for module in {path.parent for path in (ROOT / "scripts" / "movelaws").rglob("*.py")}:
        here = kernels / _kernel_folder(module)
        here.mkdir(parents=True, exist_ok=True)
        (linked / _kernel_folder(folder / module.relative_to(ROOT))).symlink_to(here)


def _kernel_folder(package: Path) -> str:
    return UserProvidedCacheLocator.get_suitable_cache_subpath(str(package / "module.py"))
