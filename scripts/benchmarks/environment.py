"""Set up the peers' environment from its lock; say why where that is not possible."""

import json
import subprocess
import sys
from pathlib import Path

from movelaws.log import logged


def set_up(lock: str, folder: Path) -> dict[str, str | None]:
    """Make a virtual environment in ``folder`` with what ``lock`` names.

    Returns
    -------
    dict with python, the path of its interpreter, and error, the reason why it cannot be used or
    None. A failure is a result: the benchmarks go on without the peers and say so.
    """
    python = folder / "bin" / "python"
    install = ["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), *install, "-r", lock],
    ):
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        print(done.stdout)
        if done.returncode:
            last = (done.stdout.strip().splitlines() or ["no message"])[-1]
            return {"python": None, "error": f"cannot be installed: {last}"}
    return {"python": str(python), "error": None}


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        stamp = Path(snakemake.output.stamp)
        made = set_up(snakemake.input.lock, stamp.parent)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps(made) + "\n", encoding="utf-8")
