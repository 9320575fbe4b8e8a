"""Time and memory of one task in a process of its own; the same clock for movelaws and its peers.

Runs in every environment of the benchmarks, so it needs nothing but NumPy. A script that defines
tasks calls :func:`main`; the last line of its output is JSON.
"""

import argparse
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

GAME = (3.85, 1.07, 2.9)
"""alpha, beta, gamma of the destination choice game in the task ``equilibrium``."""

DELTAS = 10.0 ** np.arange(-9, -3)
"""Delta in the task ``randomclasses``: the paper's scales for the United States."""

DELTA = 1e-7
"""Delta in the task ``manyclass``."""

PENALISED_PERCENTILE = 90.0

_KIB_PER_MB = 1000 * 1000 / 1024


class Task(NamedTuple):
    """One task of one tool.

    Attributes
    ----------
    version : of the tool.
    read : (world) -> inputs, before the clock starts.
    run : (inputs) -> result, on the clock.
    values : (result, world) -> 1-d array that all tools should agree on, after the clock.
    note : (result, world) -> what a reader must know of the result, '' if nothing.
    parts : how many equal parts a run has that is timed as a whole, or (inputs) -> how many;
        seconds are those of one.
    """

    version: str
    read: Callable[[Mapping[str, np.ndarray]], Any]
    run: Callable[[Any], Any]
    values: Callable[[Any, Mapping[str, np.ndarray]], np.ndarray]
    note: Callable[[Any, Mapping[str, np.ndarray]], str] = lambda result, world: ""
    parts: int | Callable[[Any], int] = 1


def measure(task: Task, world: Mapping[str, np.ndarray], repeats: int, patience: float) -> dict:
    """Run a task up to ``repeats`` times, or until ``patience`` seconds have gone by.

    Memory is the peak of the first run above what the process held before it read the inputs, so
    inputs and result count, and the interpreter with its modules does not. Worker processes count
    with what the largest of them took beyond an idle one, times their number.

    Returns
    -------
    dict with seconds (a part of each run), peak_memory_mb, version, note, values.
    """
    gc.collect()
    before = _resident_kib()
    _forget_peak()
    inputs = task.read(world)
    idle_worker = _largest_child_kib()
    seconds: list[float] = []
    while len(seconds) < repeats and (not seconds or sum(seconds) < patience):
        result = None
        gc.collect()
        begin = time.perf_counter()
        result = task.run(inputs)
        seconds.append(time.perf_counter() - begin)
        if len(seconds) == 1:
            own, worker = _peak_kib() - before, _largest_child_kib() - idle_worker
    parts = task.parts(inputs) if callable(task.parts) else task.parts
    workers = inputs.get("workers", 0) if isinstance(inputs, dict) else 0
    return {
        "version": task.version,
        "seconds": [whole / parts for whole in seconds],
        "peak_memory_mb": (max(0, own) + workers * max(0, worker)) / _KIB_PER_MB,
        "note": task.note(result, world),
        "values": task.values(result, world),
    }


def main(find: Callable[[str, str, int], Task]) -> None:
    """Measure the task named on the command line; ``find`` takes tool, task and threads."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    for name in ("tool", "task", "world", "values"):
        parser.add_argument(name)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--patience", type=float, default=10.0, help="seconds")
    parser.add_argument("--memory", type=float, required=True, help="most memory, GB")
    asked = parser.parse_args()
    most = int(asked.memory * 1e9)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    task = find(asked.tool, asked.task, asked.threads)
    with np.load(asked.world) as world:
        measured = measure(task, world, asked.repeats, asked.patience)
    values = np.asarray(measured.pop("values"), dtype=float)
    with Path(asked.values).open("wb") as file:
        np.save(file, values)
    seconds = measured.pop("seconds")
    measured |= {"seconds": min(seconds), "seconds_median": statistics.median(seconds)}
    print(json.dumps(measured | {"repeats": len(seconds)}))


def great_circle_km(longitude: np.ndarray, latitude: np.ndarray, rows: slice) -> np.ndarray:
    """Haversine distances from the points ``rows`` to all points, on a sphere of 6371.0088 km."""
    x, y = np.radians(longitude), np.radians(latitude)
    across = np.cos(y[rows, None]) * np.cos(y) * np.sin((x[rows, None] - x) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(np.sin((y[rows, None] - y) / 2) ** 2 + across))


def random_shapes(n: int, count: int) -> np.ndarray:
    """Random classes of n zones, (count, n) in [0, 1]: the first rows are the same for any count.

    A variable that grows linearly from 0 at its 90th percentile to 1 at its largest value, each
    zone beyond that in a class of its own, dealt out among the zones.
    """
    variable = np.random.default_rng([n, 0]).gamma(2.0, size=n)
    threshold = np.percentile(variable, PENALISED_PERCENTILE)
    shape = np.clip((variable - threshold) / (variable.max() - threshold), 0.0, 1.0)
    return np.stack([np.random.default_rng([n, k + 1]).permutation(shape) for k in range(count)])


def _status_kib(field: str) -> int | None:
    """Field of /proc/self/status; None on systems without it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next(
        (int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:")), None
    )


def _rusage_kib(who: int) -> int:
    peak = resource.getrusage(who).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def _resident_kib() -> int:
    now = _status_kib("VmRSS")
    return _rusage_kib(resource.RUSAGE_SELF) if now is None else now


def _peak_kib() -> int:
    # Not ru_maxrss: on Linux that remembers the process which started this one.
    peak = _status_kib("VmHWM")
    return _rusage_kib(resource.RUSAGE_SELF) if peak is None else peak


def _forget_peak() -> None:
    """Let the kernel count the peak anew from here, where it can."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _largest_child_kib() -> int:
    return _rusage_kib(resource.RUSAGE_CHILDREN)
