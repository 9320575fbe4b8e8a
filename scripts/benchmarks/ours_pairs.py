"""Time pair counts in this project's environment: movelaws, SciPy's k-d tree, plain loops.

``movelaws`` counts as it does by itself, on grids where there are many places, ``movelaws-exact``
every pair. ``brute`` looks at all pairs one by one, compiled. Points in, counts out: trees and
grids are made on the clock.
"""

import numba
import numpy as np
import pandas as pd
import scipy
from counting import EDGES, counts, places
from measure import Task, main
from scipy.spatial import cKDTree
from zones import version

from movelaws.benchmark_places import clustered_places
from movelaws.pairs import checked_points, pair_counts

_BLOCK = 1024
_SQUARES = EDGES**2
# The leading bits of a squared distance find its bin, or the one below: 64 steps in each octave.
_SHIFT = 46


def _first_bins() -> tuple[np.ndarray, int]:
    """Bin of the least square with each leading bits, and the bits that the first entry is for."""
    low, high = (int(v) for v in _SQUARES[[0, -1]].view(np.int64) >> _SHIFT)
    least = (np.arange(low, high + 1) << _SHIFT).view(float)
    return np.maximum(np.searchsorted(_SQUARES, least, side="right") - 1, 0), low


_TABLE, _LOW = _first_bins()


def movelaws_counts(inputs: dict, **options: float) -> pd.DataFrame:
    """Counts of all bins with the bounds of their errors."""
    points = checked_points(inputs["x"], inputs["y"])
    return pair_counts(points, EDGES, progress=False, **options)


def told(table: pd.DataFrame, world: dict) -> str:
    """How many bins are exact, and the largest bound of the others."""
    exact = table["relative_error"] == 0
    if exact.all():
        return "all bins exact"
    return f"{exact.sum()} bins exact, others within {100 * table['relative_error'].max():.2g} %"


def tree_counts(inputs: dict) -> np.ndarray:
    """Pairs in bins from numbers of pairs up to each edge; r <= edge there, < edge here."""
    tree = cKDTree(np.column_stack([inputs["x"], inputs["y"]]))
    return np.diff(tree.count_neighbors(tree, EDGES)) / 2


def brute_counts(inputs: dict) -> np.ndarray:
    """Every pair looked at, by blocks that go around the threads."""
    n_blocks = -(-inputs["x"].size // _BLOCK)
    return _brute(inputs["x"], inputs["y"], n_blocks, _SQUARES, _TABLE, _LOW).sum(axis=0)


@numba.njit(parallel=True, error_model="numpy", cache=True)
def _brute(x, y, n_blocks, squares, table, low):
    n_bins = squares.size - 1
    found = np.zeros((n_blocks, n_bins), np.int64)
    for block in numba.prange(n_blocks):
        hist = np.zeros(n_bins, np.int64)
        square = np.empty(x.size)
        bits = square.view(np.int64)
        # Blocks from both ends in turn: early ones have more partners than late ones.
        at = block // 2 if block % 2 == 0 else n_blocks - 1 - block // 2
        for i in range(at * _BLOCK, min(x.size, (at + 1) * _BLOCK)):
            for j in range(i + 1, x.size):
                dx, dy = x[i] - x[j], y[i] - y[j]
                square[j] = dx * dx + dy * dy
            for j in range(i + 1, x.size):
                if square[j] >= squares[0] and square[j] < squares[n_bins]:
                    k = table[(bits[j] >> _SHIFT) - low]
                    hist[k + (square[j] >= squares[k + 1])] += 1
        found[block] = hist
    return found


def find(tool: str, task: str, threads: int) -> Task:
    """The task, compiled for the types that it will meet."""
    numba.set_num_threads(threads)
    few = clustered_places(3000, seed=0)
    if tool == "movelaws":
        movelaws_counts(few, exact_below=100.0, exact_work=0.0)
        return Task(version(), places, movelaws_counts, lambda t, w: counts(t["count"], w), told)
    if tool == "movelaws-exact":
        movelaws_counts(few, exact_below=np.inf)
        return Task(
            version(), places, lambda inputs: movelaws_counts(inputs, exact_below=np.inf),
            lambda t, w: counts(t["count"], w), told,
        )  # fmt: skip
    if tool == "brute":
        brute_counts(few)
        return Task(f"Numba {numba.__version__}", places, brute_counts, counts)
    return Task(f"SciPy {scipy.__version__}", places, tree_counts, counts)


if __name__ == "__main__":
    main(find)
