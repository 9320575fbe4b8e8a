"""Pair counts seen from single origins, exactly and as the grid has them.

Their difference, over a random sample of origins, is what the grid gets wrong: added to its counts
it makes them unbiased, and its spread states their error.
"""

import numba
import numpy as np

from movelaws.pairs.bins import Bins, slot_of
from movelaws.pairs.exact import range_of_squares
from movelaws.pairs.grid import Cells
from movelaws.pairs.kernels import at, squared_distance
from movelaws.pairs.spread import Spread
from movelaws.pairs.tree import Tree

_STACK = 128


def drawn_origins(tree: Tree, n_strata: int, rng: np.random.Generator) -> np.ndarray:
    """Two origins from each of ``n_strata`` strata of equal weight, neighbours along the tree.

    Parameters
    ----------
    tree : the points; an origin is drawn with a chance proportional to its weight.
    n_strata : number of strata.
    rng : source of randomness.

    Returns
    -------
    (n_strata, 2) positions in the tree.
    """
    if tree.weight is None:
        upto, total = None, float(tree.x.size)
    else:
        upto = np.cumsum(tree.weight, dtype=float)
        total = upto[-1]
    upon = (np.arange(n_strata)[:, None] + rng.random((n_strata, 2))) * (total / n_strata)
    place = upon.astype(np.int64) if upto is None else np.searchsorted(upto, upon, side="right")
    return np.minimum(place, tree.x.size - 1)


def exact_from(origins: np.ndarray, tree: Tree, other: Tree | None, bins: Bins) -> np.ndarray:
    """(n_origins, n_bins) weight of the places in each bin around each origin, without itself."""
    counts = np.zeros((origins.size, bins.n_slots))
    same = other is None
    _count_around(origins, tree, tree if same else other, bins, counts)
    if same:
        own = 1.0 if tree.weight is None else tree.weight[origins]
        counts[:, slot_of(0.0, bins)] -= own
    return counts[:, 1:-1]


def gridded_from(
    column: np.ndarray, row: np.ndarray, cells: Cells, spread: Spread, edges: np.ndarray
) -> np.ndarray:
    """(n_origins, n_bins) the same as the grid has it, from the origins' cells (column, row)."""
    counts = np.zeros((column.size, edges.size + 1))
    # Two places differ from the middles of their cells by less than the diagonal of one, together.
    nearest, farthest = edges[0] / cells.side - 2.0, edges[-1] / cells.side + 2.0
    _spread_around(column, row, cells, spread, nearest, farthest, counts)
    return counts[:, 1:-1]


@numba.njit(cache=True, error_model="numpy", parallel=True)
def _count_around(origins, tree, other, bins, counts):
    for o in numba.prange(origins.size):
        i = origins[o]
        point = np.empty(tree.low.shape[1])
        point[0], point[1] = tree.x[i], tree.y[i]
        if point.size == 3:
            point[2] = at(tree.z, i, 0.0)
        stack = np.empty((_STACK, 2), np.int64)
        stack[0] = (0, 0)
        top = 1
        while top > 0:
            top -= 1
            depth, j = stack[top]
            node = (1 << depth) - 1 + j
            least, most = range_of_squares(point, point, other.low[node], other.high[node])
            k0, k1 = slot_of(least, bins), slot_of(most, bins)
            if k0 == k1:
                counts[o, k0] += other.mass[node]
            elif depth < other.depth:
                stack[top] = (depth + 1, 2 * j)
                stack[top + 1] = (depth + 1, 2 * j + 1)
                top += 2
            else:
                _count_leaf(point, other, j, bins, counts[o])


@numba.njit(cache=True, error_model="numpy")
def _count_leaf(point, other, j, bins, count):
    n = other.x.size
    z = point[-1] if point.size == 3 else 0.0
    for p in range((j * n) >> other.depth, ((j + 1) * n) >> other.depth):
        squared = squared_distance(point[0], point[1], z, other.x, other.y, other.z, p)
        count[slot_of(squared, bins)] += at(other.weight, p, 1.0)


@numba.njit(cache=True, error_model="numpy", parallel=True)
def _spread_around(column, row, cells, spread, nearest, farthest, counts):
    for o in numba.prange(column.size):
        reach = spread.first.shape[0] - 1
        low = max(row[o] - reach, 0)
        high = min(row[o] + reach, cells.row_start.size - 2)
        for r in range(low, high + 1):
            dy = abs(r - row[o])
            # Cells beyond the bins on either side, most of a row at times, are passed over.
            outer = np.int64(min(np.sqrt(max(farthest**2 - dy * dy, 0.0)) + 1, reach))
            inner = np.int64(np.sqrt(nearest**2 - dy * dy)) if dy < nearest else 0
            if inner < 2:
                _spread_row(column[o], r, dy, -outer, outer, cells, spread, counts[o])
            else:
                _spread_row(column[o], r, dy, -outer, 1 - inner, cells, spread, counts[o])
                _spread_row(column[o], r, dy, inner - 1, outer, cells, spread, counts[o])


@numba.njit(cache=True, error_model="numpy")
def _spread_row(column, row, dy, left, right, cells, spread, count):
    start, end = cells.row_start[row], cells.row_start[row + 1]
    c = start + np.searchsorted(cells.column[start:end], column + left)
    while c < end and cells.column[c] <= column + right:
        dx = abs(cells.column[c] - column)
        big, small = max(dx, dy), min(dx, dy)
        k, p = spread.first[big, small], spread.start[big, small]
        for s in range(spread.slots[big, small]):
            count[k + s] += cells.mass[c] * spread.part[p + s]
        c += 1
