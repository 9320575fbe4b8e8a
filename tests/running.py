"""Snakemake on a copy of the checkout, as a user would run it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
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


def planned_jobs(folder: Path, *arguments: str) -> dict[str, int]:
    """Rules that Snakemake would run now, and in how many jobs."""
    done = run_snakemake(folder, "--dry-run", "--cores", "1", *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    table = re.search(r"Job stats:\n.*?\n-+\s+-+\n(.*?)\ntotal", done.stdout, re.S)
    lines = [line.split() for line in table[1].splitlines()] if table else []
    return {rule: int(jobs) for rule, jobs in lines}


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
