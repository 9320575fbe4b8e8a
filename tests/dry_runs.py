"""Dry runs of Snakemake on request, for ``tests.running.DryRuns``.

A line of arguments comes in, a line with exit status and text goes out, both as JSON. Snakemake and
what the workflow imports are loaded once; each run is a fork.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path.cwd() / "scripts"))

import snakemake.cli

from movelaws import registry, runs, synthetic  # noqa: F401
from movelaws.allocation.models import MODELS  # noqa: F401


def dry_run(arguments: list[str]) -> tuple[int, str]:
    """Exit status and text of one run."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), sys.stdout.fileno())
            os.dup2(said.fileno(), sys.stderr.fileno())
            status = 1
            try:
                snakemake.cli.main(arguments)
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        return status, said.read().decode()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(dry_run(json.loads(line))), flush=True)
