"""Exact counts of all pairs in chosen bins, by descending two trees at once.

Two nodes whose distances all fall into one bin are counted at once, two that no wanted bin reaches
are left out, and only tiles across an edge have their pairs looked at. Work is dealt into a fixed
number of parts, each with a histogram of its own, added up in order: no count depends on the number
of threads, nor do sums of fractional weights.
"""

import numba
import numpy as np
from tqdm import tqdm

from movelaws.pairs.bins import Bins, slot_of
from movelaws.pairs.kernels import MOST_COMPARED, compare_tiles, histogram_tiles, part
from movelaws.pairs.tree import Tree
from movelaws.threads import share_out

_PARTS = 256
_PARTS_AT_ONCE = 16
_TASK_DEPTH = 7
_STACK = 512


def exact_counts(
    tree: Tree,
    other: Tree | None,
    bins: Bins,
    wanted: np.ndarray | None = None,
    progress: bool = True,
) -> np.ndarray:
    """Weighted number of pairs in each wanted bin.

    Parameters
    ----------
    tree : points of one set.
    other : points of another set, or None for the unordered pairs within ``tree``.
    bins : of the squared distances.
    wanted : (n_bins,) bool; all bins if None.
    progress : show a bar on a terminal.

    Returns
    -------
    (n_bins,) counts, int64 where the weights are whole; without meaning where not wanted.
    """
    slots = np.zeros(bins.n_slots, dtype=np.int64)
    slots[1:-1] = 1 if wanted is None else wanted
    # needed[k1 + 1] > needed[k0]: some slot from k0 to k1 is wanted.
    needed = np.concatenate([[0], np.cumsum(slots)])
    same = other is None
    other = tree if same else other
    weights = [t.weight for t in (tree, other)]
    if any(w is not None for w in weights):
        tree, other = _weighted(tree), _weighted(other)
    whole = tree.mass.dtype.kind == "i" and other.mass.dtype.kind == "i"
    histograms = np.zeros((_PARTS, bins.n_slots), dtype=np.int64 if whole else np.float64)
    # Differences of sums of fractions would leave rounding errors in empty bins.
    most_compared = MOST_COMPARED if whole else 0
    if needed[-1]:
        bar = tqdm(
            range(0, _PARTS, _PARTS_AT_ONCE), "exact pairs",
            disable=None if progress else True, leave=False,
        )  # fmt: skip
        for first in bar:
            share_out(
                _count_parts, _PARTS_AT_ONCE,
                first, tree, other, same, bins, needed, most_compared, histograms,
            )  # fmt: skip
    return histograms.sum(axis=0)[1:-1]


def _weighted(tree: Tree) -> Tree:
    """The same tree with weights written out, of the type of its sums."""
    if tree.weight is not None:
        return tree
    return tree._replace(weight=np.ones(tree.x.size, dtype=np.int64))


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _count_parts(low, high, first, tree, other, same, bins, needed, most_compared, histograms):
    for share in range(first + low, first + high):
        hist = histograms[share]
        squared = np.empty(_largest_leaf(other))
        stack = np.empty((_STACK, 4), np.int64)
        depth_a, depth_b = min(_TASK_DEPTH, tree.depth), min(_TASK_DEPTH, other.depth)
        n_b = 1 << depth_b
        # Neighbouring tasks, which are alike, go to different parts.
        for task in range(share, (1 << depth_a) * n_b, _PARTS):
            a, b = task // n_b, (task + task // n_b) % n_b
            if not same or a <= b:
                stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = depth_a, a, depth_b, b
                _count_below(tree, other, same, bins, needed, most_compared, hist, stack, squared)


@numba.njit(cache=True, error_model="numpy")
def _put(stack, k, depth_a, a, depth_b, b):
    """Two nodes into a row of a stack; ``stack[k] = (...)`` takes 2 s to compile."""
    stack[k, 0], stack[k, 1], stack[k, 2], stack[k, 3] = depth_a, a, depth_b, b


@numba.njit(cache=True, error_model="numpy", inline="always")
def _largest_leaf(tree):
    return (tree.x.size >> tree.depth) + 1


@numba.njit(cache=True, error_model="numpy", inline="always")
def range_of_squares(low_a, high_a, low_b, high_b):
    """Least and largest squared distance of two boxes.

    Rounding is monotone, so that no pair's own rounded square lies outside.
    """
    least = most = 0.0
    for axis in range(low_a.size):
        gap = max(0.0, max(low_b[axis] - high_a[axis], low_a[axis] - high_b[axis]))
        reach = max(high_b[axis] - low_a[axis], high_a[axis] - low_b[axis])
        least += gap * gap
        most += reach * reach
    return least, most


@numba.njit(cache=True, error_model="numpy")
def _count_below(tree, other, same, bins, needed, most_compared, hist, stack, squared):
    top = 1
    while top > 0:
        top -= 1
        da, a, db, b = stack[top]
        node_a, node_b = (1 << da) - 1 + a, (1 << db) - 1 + b
        least, most = range_of_squares(
            tree.low[node_a], tree.high[node_a], other.low[node_b], other.high[node_b]
        )
        k0, k1 = slot_of(least, bins), slot_of(most, bins)
        if needed[k1 + 1] == needed[k0]:
            continue
        itself = same and da == db and a == b
        if k0 == k1:
            hist[k0] += _all_pairs(tree, other, node_a, node_b, itself)
        elif da == tree.depth and db == other.depth:
            _count_leaves(tree, other, a, b, itself, k0, k1, bins, most_compared, hist, squared)
        elif itself:
            _put(stack, top, da + 1, 2 * a, db + 1, 2 * b)
            _put(stack, top + 1, da + 1, 2 * a, db + 1, 2 * b + 1)
            _put(stack, top + 2, da + 1, 2 * a + 1, db + 1, 2 * b + 1)
            top += 3
        elif db == other.depth or (da < tree.depth and da <= db):
            _put(stack, top, da + 1, 2 * a, db, b)
            _put(stack, top + 1, da + 1, 2 * a + 1, db, b)
            top += 2
        else:
            _put(stack, top, da, a, db + 1, 2 * b)
            _put(stack, top + 1, da, a, db + 1, 2 * b + 1)
            top += 2


@numba.njit(cache=True, error_model="numpy", inline="always")
def _all_pairs(tree, other, node_a, node_b, itself):
    if itself:
        return tree.inner_pairs[node_a]
    return tree.mass[node_a] * other.mass[node_b]


@numba.njit(cache=True, error_model="numpy")
def _count_leaves(tree, other, a, b, itself, k0, k1, bins, most_compared, hist, squared):
    n_a, n_b = tree.x.size, other.x.size
    a0, a1 = (a * n_a) >> tree.depth, ((a + 1) * n_a) >> tree.depth
    b0, b1 = (b * n_b) >> other.depth, ((b + 1) * n_b) >> other.depth
    xa, ya, za = tree.x[a0:a1], tree.y[a0:a1], part(tree.z, a0, a1)
    xb, yb, zb = other.x[b0:b1], other.y[b0:b1], part(other.z, b0, b1)
    wa, wb = part(tree.weight, a0, a1), part(other.weight, b0, b1)
    if k1 - k0 <= most_compared:
        everything = _all_pairs(
            tree, other, (1 << tree.depth) - 1 + a, (1 << other.depth) - 1 + b, itself
        )
        compare_tiles(
            xa, ya, za, wa, xb, yb, zb, wb, itself, bins.edges, k0, k1, everything, hist
        )  # fmt: skip
    else:
        histogram_tiles(xa, ya, za, wa, xb, yb, zb, wb, itself, bins, hist, squared)
