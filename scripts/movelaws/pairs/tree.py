"""Balanced k-d tree whose leaves are tiles of neighbouring points, contiguous in memory.

Every leaf lies at the same depth: node j at depth d holds the points from j n / 2^d to (j + 1) n /
2^d, so no pointers are kept.
"""

from typing import NamedTuple

import numba
import numpy as np

from movelaws.pairs.points import Points, embedded
from movelaws.threads import share_out

LEAF_SIZE = 128


class Tree(NamedTuple):
    """Points in the order of the tree and what is known of each node.

    Attributes
    ----------
    x, y : (n,) metres; z : (n,) metres, or None in the plane.
    weight : (n,) int64 or float64, or None where each is 1.
    order : (n,) index of each point in the original arrays.
    depth : of the leaves; node j of depth d has number 2^d - 1 + j.
    low, high : (n_nodes, 2 or 3) bounding boxes.
    mass : (n_nodes,) sums of weights, int64 or float64.
    inner_pairs : (n_nodes,) weighted number of pairs within the node, int64 or float64.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray | None
    weight: np.ndarray | None
    order: np.ndarray
    depth: int
    low: np.ndarray
    high: np.ndarray
    mass: np.ndarray
    inner_pairs: np.ndarray


def make_tree(points: Points, leaf_size: int = LEAF_SIZE) -> Tree:
    """Order points into leaves of at most ``leaf_size`` points.

    Raises
    ------
    ValueError
        If ``leaf_size`` is not positive.
    """
    if leaf_size < 1:
        raise ValueError(f"leaf_size = {leaf_size}: at least 1 is needed")
    axes = embedded(points)
    xyz = np.empty((len(axes), len(points)))
    for axis, values in enumerate(axes):
        xyz[axis] = values
    n = len(points)
    depth = 0
    while -(-n >> depth) > leaf_size:
        depth += 1
    order = np.arange(n, dtype=np.int32 if n < 2**31 else np.int64)
    n_nodes = (2 << depth) - 1
    low, high = np.empty((2, n_nodes, len(axes)))
    for level in range(depth + 1):
        share_out(_split_level, 1 << level, xyz, order, level, level < depth, low, high)
    weight = None if points.weight is None else points.weight[order]
    mass, inner_pairs = _masses(weight, n, depth)
    z = xyz[2] if len(axes) == 3 else None
    return Tree(xyz[0], xyz[1], z, weight, order, depth, low, high, mass, inner_pairs)


def boxes_of(axes: tuple[np.ndarray, ...], depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Bounding boxes of the nodes of a tree in coordinates other than its own.

    Parameters
    ----------
    axes : (n,) each, in the order of the tree.
    depth : of the leaves.

    Returns
    -------
    low, high : (n_nodes, n_axes).
    """
    xyz = np.stack(axes)
    low, high = np.empty((2, (2 << depth) - 1, len(axes)))
    for level in range(depth + 1):
        none = np.empty(0, dtype=np.int32)
        share_out(_split_level, 1 << level, xyz, none, level, False, low, high)
    return low, high


def _masses(weight, n, depth):
    """Sums of weights and of products of two different points' weights per node."""
    bounds = (np.arange((1 << depth) + 1) * n) >> depth
    if weight is None:
        leaves = np.diff(bounds), np.diff(bounds)
    else:
        # reduceat gives the sum of each leaf in a fixed order; no leaf is empty.
        leaves = np.add.reduceat(weight, bounds[:-1]), np.add.reduceat(weight**2, bounds[:-1])
    result = []
    for level in leaves:
        levels = [level]
        while levels[0].size > 1:
            levels.insert(0, levels[0][0::2] + levels[0][1::2])
        result.append(np.concatenate(levels))
    mass, mass2 = result
    twice = mass * mass - mass2
    return mass, twice // 2 if twice.dtype.kind == "i" else twice / 2


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _split_level(first, last, xyz, order, level, split, low, high):
    n, n_axes = xyz.shape[1], xyz.shape[0]
    for j in range(first, last):
        node = (1 << level) - 1 + j
        start, end = (j * n) >> level, ((j + 1) * n) >> level
        widest = 0
        for axis in range(n_axes):
            least = most = xyz[axis, start]
            for i in range(start + 1, end):
                value = xyz[axis, i]
                least, most = min(least, value), max(most, value)
            low[node, axis], high[node, axis] = least, most
            if most - least > high[node, widest] - low[node, widest]:
                widest = axis
        if split:
            _select(xyz, order, widest, start, end, ((2 * j + 1) * n) >> (level + 1))


@numba.njit(cache=True, error_model="numpy")
def _select(xyz, order, axis, start, end, middle):
    """Reorder start:end so that no value before ``middle`` exceeds one from it on."""
    left, right = start, end - 1
    while left < right:
        a, b, c = xyz[axis, left], xyz[axis, (left + right) >> 1], xyz[axis, right]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = left, right
        while i <= j:
            while xyz[axis, i] < pivot:
                i += 1
            while xyz[axis, j] > pivot:
                j -= 1
            if i <= j:
                for k in range(xyz.shape[0]):
                    xyz[k, i], xyz[k, j] = xyz[k, j], xyz[k, i]
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if middle <= j:
            right = j
        elif middle >= i:
            left = i
        else:
            return
