"""Pairs of nodes of two trees that may hold pairs of places at some distances, refined evenly.

A random pair of places from such a list is at these distances nearly always, where one of all pairs
would be so once in thousands.
"""

from typing import NamedTuple

import numba
import numpy as np

from movelaws.pairs.exact import range_of_squares
from movelaws.pairs.tree import Tree

_ENOUGH = 1 << 17


class Boxes(NamedTuple):
    """Bounding boxes of the nodes of a tree.

    Attributes
    ----------
    low, high : (n_nodes, n_axes) metres.
    """

    low: np.ndarray
    high: np.ndarray


class Candidates(NamedTuple):
    """Pairs of nodes and how many pairs of places they hold.

    Attributes
    ----------
    places : (n, 4) start and end of the places of the first node and of the second.
    upto : (n + 1,) cumulative weighted number of ordered pairs, 0 first.
    """

    places: np.ndarray
    upto: np.ndarray

    @property
    def total(self) -> float:
        """Weighted number of ordered pairs of places, each with itself among them."""
        return float(self.upto[-1])


def candidates(
    tree: Tree, other: Tree | None, ranges: list[tuple[Boxes, Boxes, float, float]]
) -> Candidates:
    """All pairs of places in at least one range of distances, and as few others as is cheap.

    Parameters
    ----------
    tree : places of one set.
    other : those of another, or None for the pairs within one set.
    ranges : boxes of both trees, and the least and the largest distance between places in them,
        metres; a pair of nodes is kept if its boxes allow a distance within any of the ranges.
    """
    same = other is None
    other = tree if same else other
    one, two = np.zeros((2, 1), dtype=np.int64)
    while one.size < _ENOUGH:
        ends = (1 << tree.depth) - 1, (1 << other.depth) - 1
        inside = np.ones(one.size, dtype=bool)
        for here, there, least, most in ranges:
            inside &= _inside(one, two, *here, *there, least**2, most**2)
        split = ~inside & ((one < ends[0]) | (two < ends[1]))
        if not split.any():
            break
        children = _children(one[split], two[split], *ends, same)
        kept = np.zeros(children.shape[0], dtype=bool)
        for here, there, least, most in ranges:
            kept |= _touches(*children.T, *here, *there, least**2, most**2)
        one = np.concatenate([one[~split], children[kept, 0]])
        two = np.concatenate([two[~split], children[kept, 1]])
    pairs = tree.mass[one].astype(float) * other.mass[two]
    if same:
        pairs[one != two] *= 2
    places = np.stack([*_places(one, tree), *_places(two, other)], axis=1)
    # In the order of memory, in which they will be visited.
    order = np.lexsort((places[:, 2], places[:, 0]))
    return Candidates(places[order], np.concatenate([[0.0], np.cumsum(pairs[order])]))


def _places(nodes, tree):
    depth = np.frexp(nodes + 1.0)[1] - 1
    at = nodes - ((1 << depth) - 1)
    return (at * tree.x.size) >> depth, ((at + 1) * tree.x.size) >> depth


@numba.njit(cache=True, error_model="numpy")
def _children(one, two, end_one, end_two, same):
    result = np.empty((4 * one.size, 2), np.int64)
    n = 0
    for p in range(one.size):
        a, b = one[p], two[p]
        # Nodes are numbered level by level: the children of v are 2 v + 1 and 2 v + 2.
        a0, a1 = (2 * a + 1, 2 * a + 2) if a < end_one else (a, a)
        b0, b1 = (2 * b + 1, 2 * b + 2) if b < end_two else (b, b)
        for i in range(a0, a1 + 1):
            for j in range(b0, b1 + 1):
                if not (same and a == b and j < i):
                    result[n, 0], result[n, 1] = i, j
                    n += 1
    return result[:n]


@numba.njit(cache=True, error_model="numpy")
def _touches(one, two, low, high, other_low, other_high, least, most):
    result = np.empty(one.size, np.bool_)
    for p in range(one.size):
        a, b = one[p], two[p]
        near, far = range_of_squares(low[a], high[a], other_low[b], other_high[b])
        result[p] = near <= most and far >= least
    return result


@numba.njit(cache=True, error_model="numpy")
def _inside(one, two, low, high, other_low, other_high, least, most):
    result = np.empty(one.size, np.bool_)
    for p in range(one.size):
        a, b = one[p], two[p]
        near, far = range_of_squares(low[a], high[a], other_low[b], other_high[b])
        result[p] = near >= least and far <= most
    return result
