"""Pairs of disks that overlap, found through cells (compiled, private).

Disks fall into levels by size, a factor 2 apart, and each level has a grid of its own whose cell
is the largest diameter in it. A disk looks at the 3 x 3 cells around it in its own level and in
every coarser one, so that a few giants among many dwarfs cost nothing.
"""

import math

import numpy as np
from numba import njit

_ROW = 1 << 26  # cells per row of a level: columns and rows are kept below it
_LEVEL = 1 << 56  # keys per level; at most 64 levels, more than doubles between metre and planet


@njit(cache=True, error_model="numpy")
def _key(level, column, row):
    return level * _LEVEL + (row + 1) * _ROW + (column + 1)


@njit(cache=True, error_model="numpy")
def _first_at_least(keys, key):
    low, high = 0, keys.size
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, error_model="numpy")
def _order(keys):
    """Stable order of the keys: a merge sort, as NumPy's takes Numba seconds to compile."""
    order, spare = np.arange(keys.size), np.empty(keys.size, dtype=np.int64)
    width = 1
    while width < keys.size:
        for low in range(0, keys.size, 2 * width):
            a, b = low, low + width
            end_a, end_b = min(b, keys.size), min(b + width, keys.size)
            for at in range(low, end_b):
                if a < end_a and (b >= end_b or keys[order[a]] <= keys[order[b]]):
                    spare[at] = order[a]
                    a += 1
                else:
                    spare[at] = order[b]
                    b += 1
        order, spare = spare, order
        width *= 2
    return order


@njit(cache=True, error_model="numpy")
def _levels(radius):
    """Level of each disk, 0 the smallest, and the cell size of each level."""
    smallest = radius.min()
    n_levels = min(60, int(math.log2(radius.max() / smallest)) + 1)
    level = np.empty(radius.size, dtype=np.int64)
    cell = np.zeros(n_levels)
    for i in range(radius.size):
        level[i] = min(n_levels - 1, max(0, int(math.log2(radius[i] / smallest))))
        cell[level[i]] = max(cell[level[i]], 2 * radius[i])
    return level, cell


@njit(cache=True, error_model="numpy")
def overlapping(x, y, radius):
    """Pairs (i, j) with |r_i - r_j| < radius_i + radius_j, each once, sorted by i then by cells.

    (n_pairs, 2) indices, in an order that depends on nothing but the arguments.
    """
    n = x.size
    level, cell = _levels(radius)
    low_x, low_y = x.min(), y.min()
    extent = max(x.max() - low_x, y.max() - low_y)
    # Cells too small for the keys' width are merged: that costs time, not correctness. The margin
    # covers a radius that rounding put into the level below its own.
    for k in range(cell.size):
        if cell[k] > 0:
            cell[k] = max(cell[k] * (1 + 1e-9), extent / (_ROW - 8))
    keys = np.empty(n, dtype=np.int64)
    for i in range(n):
        size = cell[level[i]]
        keys[i] = _key(level[i], int((x[i] - low_x) / size), int((y[i] - low_y) / size))
    order = _order(keys)
    # Loops here and below: NumPy's indexing by arrays and slices takes Numba seconds to compile.
    placed = keys.copy()
    for i in range(n):
        keys[i] = placed[order[i]]
    pairs = np.empty((4 * n + 64, 2), dtype=np.int64)
    found = 0
    for i in range(n):
        for k in range(level[i], cell.size):
            size = cell[k]
            if size == 0.0:
                continue
            column, row = int((x[i] - low_x) / size), int((y[i] - low_y) / size)
            for near in range(row - 1, row + 2):
                end = _key(k, column + 1, near)
                at = _first_at_least(keys, _key(k, column - 1, near))
                while at < n and keys[at] <= end:
                    j = order[at]
                    at += 1
                    if k == level[i] and j <= i:
                        continue
                    reach = radius[i] + radius[j]
                    dx, dy = x[i] - x[j], y[i] - y[j]
                    if dx * dx + dy * dy < reach * reach:
                        if found == pairs.shape[0]:
                            grown = np.empty((2 * found, 2), dtype=np.int64)
                            for p in range(found):
                                grown[p, 0], grown[p, 1] = pairs[p, 0], pairs[p, 1]
                            pairs = grown
                        pairs[found, 0], pairs[found, 1] = i, j
                        found += 1
    return pairs[:found]
