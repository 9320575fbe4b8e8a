"""Places by distance from single origins, exactly."""

import numba
import numpy as np

from movelaws.pairs.bins import Bins, slot_of
from movelaws.pairs.exact import range_of_squares
from movelaws.pairs.kernels import at, squared_distance
from movelaws.pairs.tree import Tree
from movelaws.threads import share_out

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
    seen = tree if same else other
    share_out(_count_around, origins.size, origins, tree, seen, bins, counts)
    if same:
        own = 1.0 if tree.weight is None else tree.weight[origins]
        counts[:, slot_of(0.0, bins)] -= own
    return counts[:, 1:-1]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _count_around(low, high, origins, tree, other, bins, counts):
    for o in range(low, high):
        i = origins[o]
        point = np.empty(tree.low.shape[1])
        point[0], point[1] = tree.x[i], tree.y[i]
        if point.size == 3:
            point[2] = at(tree.z, i, 0.0)
        stack = np.empty((_STACK, 2), np.int64)
        stack[0, 0], stack[0, 1] = 0, 0
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
                stack[top, 0], stack[top, 1] = depth + 1, 2 * j
                stack[top + 1, 0], stack[top + 1, 1] = depth + 1, 2 * j + 1
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
