"""Time one task of one tool on ever more zones, each in a fresh process, while it can afford it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from movelaws.benchmarks import why_not
from movelaws.log import logged

COLUMNS = ["n_zones", "n_pairs", "version", "seconds", "seconds_median", "repeats"]
COLUMNS += ["peak_memory_mb", "note"]
_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def climb(
    command: Sequence[str],
    worlds: Mapping[int, str],
    threads: int,
    limits: Mapping[str, float],
) -> tuple[pd.DataFrame, dict[int, np.ndarray]]:
    """Run ``command`` on every world, smallest first, until it fails or would take too much.

    Parameters
    ----------
    command : interpreter, script, tool and task.
    worlds : file by number of zones.
    threads : for the tool.
    limits : limit_s and memory_gb of one run, repeats, and patience_s beyond which none is added;
        perhaps least_growth, most_growth and places (see ``why_not``).

    Returns
    -------
    DataFrame with ``COLUMNS``, a row for every world, and the results by number of zones.
    """
    rows, values = [], {}
    for n in sorted(worlds):
        so_far = pd.DataFrame(rows, columns=COLUMNS)
        row = dict.fromkeys(COLUMNS, np.nan) | {"n_zones": n, "n_pairs": n * (n - 1), "version": ""}
        bounds = {k: limits[k] for k in ("least_growth", "most_growth", "places") if k in limits}
        row["note"] = why_not(so_far, n, limits["limit_s"], limits["memory_gb"], **bounds) or ""
        if not row["note"]:
            measured, values[n] = once(command, worlds[n], threads, limits)
            row |= measured
            if values[n] is None:
                del values[n]
        print(json.dumps(row, default=str), flush=True)
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS), values


def once(
    command: Sequence[str], world: str, threads: int, limits: Mapping[str, float]
) -> tuple[dict, np.ndarray | None]:
    """One run in a fresh process: what it measured and its result, or a note and None."""
    with TemporaryDirectory() as folder:
        result = Path(folder) / "values.npy"
        options = ["--threads", threads, "--repeats", limits["repeats"]]
        options += ["--patience", limits["patience_s"], "--memory", limits["memory_gb"]]
        most = 2 * limits["limit_s"] + limits["start_s"]
        # A session of its own, so that a tool's worker processes can be stopped with it.
        process = subprocess.Popen(
            [*command, world, str(result), *map(str, options)],
            env=os.environ | dict.fromkeys(_POOLS, str(threads)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            output, errors = process.communicate(timeout=most)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return {"note": f"failed: stopped after {most:,.0f} s"}, None
        print(errors[-2000:])
        if process.returncode:
            last = (errors.strip().splitlines() or [f"exit status {process.returncode}"])[-1]
            return {"note": f"failed: {last}"}, None
        return json.loads(output.splitlines()[-1]), np.load(result)


def absent(sizes: Sequence[int], why: str) -> pd.DataFrame:
    """Rows of a tool that cannot be run at all."""
    blank = dict.fromkeys(COLUMNS, np.nan) | {"version": "", "note": f"not run: {why}"}
    rows = [blank | {"n_zones": n, "n_pairs": n * (n - 1)} for n in sorted(sizes)]
    return pd.DataFrame(rows, columns=COLUMNS)


def command_for(tool: str, task: str, script: str, stamp: str | None) -> tuple[list[str], str]:
    """How to start a tool, and why it cannot be started ('' if it can).

    Without the stamp of the peers' environment it runs in the one of this project.
    """
    if not stamp:
        return [sys.executable, script, tool, task], ""
    environment = json.loads(Path(stamp).read_text(encoding="utf-8"))
    # -E and -s keep the paths of this project and of the user out of the peers' environment.
    return [environment["python"], "-E", "-s", script, tool, task], environment["error"] or ""


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params = snakemake.params
        worlds = dict(zip(params.sizes, snakemake.input.worlds, strict=True))
        tool = snakemake.wildcards.tool
        # Only where several tasks share a rule is the task a wildcard.
        task = params.get("task") or snakemake.wildcards.task
        threads = int(snakemake.wildcards.threads)
        command, error = command_for(
            tool, task, snakemake.input.script, snakemake.input.get("stamp")
        )
        if error:
            table, values = absent(params.sizes, error), {}
        else:
            table, values = climb(command, worlds, threads, params.limits)
        table.assign(task=task, tool=tool, threads=threads).to_json(
            snakemake.output.runs, orient="records", lines=True
        )
        np.savez_compressed(snakemake.output.values, **{str(n): v for n, v in values.items()})
