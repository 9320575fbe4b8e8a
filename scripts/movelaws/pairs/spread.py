"""Distances between two random places in two square cells of a grid.

Places spread evenly over their cells differ by the offset of the cells plus, along each axis, a
triangular variable on [-1, 1] cells. What part of the pairs is nearer than an edge follows by
quadrature: one axis in closed form, the other by Gauss-Legendre rules, half a cell each.
"""

from typing import NamedTuple

import numba
import numpy as np

_NODES = 6
_PIECES = 4


class Spread(NamedTuple):
    """Where the pairs of two cells go, for offsets 0 <= dy <= dx <= reach.

    Attributes
    ----------
    first : (reach + 1, reach + 1) int32, first slot reached, by dx and dy.
    start : (reach + 1, reach + 1) int64, place of its part in ``part``, followed by those of the
        next slots.
    slots : (reach + 1, reach + 1) int32, number of slots reached.
    part : (n_parts,) share of the pairs in each slot.
    """

    first: np.ndarray
    start: np.ndarray
    slots: np.ndarray
    part: np.ndarray


def make_spread(edges: np.ndarray, cell: float, reach: int) -> Spread:
    """Shares of the pairs of two cells per slot, for all offsets up to ``reach`` cells.

    Parameters
    ----------
    edges : (n_bins + 1,) metres; slot 0 lies below the first, the last one beyond the last.
    cell : side of a cell, metres.
    reach : largest offset along an axis, cells.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    pieces = np.linspace(-1, 1, _PIECES + 1)
    u = ((pieces[:-1] + pieces[1:])[:, None] + np.diff(pieces)[:, None] * nodes).ravel() / 2
    w = np.tile(weights, _PIECES) * (1 - np.abs(u))
    scaled = edges / cell
    first = np.zeros((reach + 1, reach + 1), dtype=np.int32)
    slots = np.zeros_like(first)
    start = np.zeros(first.shape, dtype=np.int64)
    _reach_of_cells(scaled, first, slots, start)
    part = np.empty(int(start[-1, -1] + slots[-1, -1]))
    _shares(scaled, u, w / w.sum(), first, slots, start, part)
    return Spread(first, start, slots, part)


@numba.njit(cache=True, error_model="numpy")
def _reach_of_cells(edges, first, slots, start):
    used = 0
    for dx in range(first.shape[0]):
        for dy in range(first.shape[1]):
            start[dx, dy] = used
            if dy <= dx:
                near = np.sqrt(max(dx - 1.0, 0.0) ** 2 + max(dy - 1.0, 0.0) ** 2)
                far = np.sqrt((dx + 1.0) ** 2 + (dy + 1.0) ** 2)
                first[dx, dy] = np.searchsorted(edges, near, side="right")
                slots[dx, dy] = np.searchsorted(edges, far, side="right") - first[dx, dy] + 1
                used += slots[dx, dy]


@numba.njit(cache=True, error_model="numpy", parallel=True)
def _shares(edges, u, w, first, slots, start, part):
    for dx in numba.prange(first.shape[0]):
        for dy in range(dx + 1):
            before = 0.0
            for k in range(slots[dx, dy]):
                below = 1.0
                if k + 1 < slots[dx, dy]:
                    below = _share_below(dx, dy, edges[first[dx, dy] + k], u, w)
                part[start[dx, dy] + k] = below - before
                before = below


@numba.njit(cache=True, error_model="numpy")
def _share_below(dx, dy, edge, u, w):
    total = 0.0
    for q in range(u.size):
        rest = edge * edge - (dx + u[q]) ** 2
        if rest > 0.0:
            y = np.sqrt(rest)
            total += w[q] * (_triangle(y - dy) - _triangle(-y - dy))
    return total


@numba.njit(cache=True, error_model="numpy")
def _triangle(t):
    """Distribution function of the difference of two uniform variables."""
    if t <= -1.0:
        return 0.0
    if t >= 1.0:
        return 1.0
    if t < 0.0:
        return 0.5 * (1.0 + t) ** 2
    return 1.0 - 0.5 * (1.0 - t) ** 2
