"""Compiled exact counting of the pairs of two tiles (private).

Kernels trust their arguments. An argument z = None (the plane) or weight = None (each is 1) is
known at compile time, and the branches that it rules out vanish. Squares are summed without
contraction, so that a pair falls in the bin that NumPy's dx * dx + dy * dy puts it in.
"""

import numba
import numpy as np

from movelaws.pairs.bins import slot_of_bits

# Up to so many edges across the distances of two tiles, counting what lies below each edge is
# faster than a histogram.
MOST_COMPARED = 8


@numba.njit(cache=True, error_model="numpy")
def squared_distance(xi, yi, zi, xj, yj, zj, j):
    """Square of the straight line from a place to the j-th of others, m^2."""
    dx, dy = xi - xj[j], yi - yj[j]
    squared = dx * dx + dy * dy
    if zj is None:
        return squared
    dz = zi - zj[j]
    return squared + dz * dz


@numba.njit(cache=True, error_model="numpy")
def at(values, i, default):
    """values[i], or the default where values is None."""
    if values is None:
        return default
    return values[i]


@numba.njit(cache=True, error_model="numpy")
def part(values, start, end):
    """values[start:end], or None."""
    if values is None:
        return None
    return values[start:end]


# Loops over j run from 0 to the end of an array: only those are vectorised, as the compiler knows
# that no index is negative. Within one tile, rows are cut off instead (i < j).


@numba.njit(cache=True, error_model="numpy")
def _row_below_one(xi, yi, zi, xb, yb, zb, wb, edge, zero):
    count = zero
    for j in range(xb.size):
        near = squared_distance(xi, yi, zi, xb, yb, zb, j) < edge
        if wb is None:
            count += near
        else:
            count += wb[j] if near else zero
    return count


@numba.njit(cache=True, error_model="numpy")
def _row_below_four(xi, yi, zi, xb, yb, zb, wb, e0, e1, e2, e3, zero):
    c0 = c1 = c2 = c3 = zero
    for j in range(xb.size):
        squared = squared_distance(xi, yi, zi, xb, yb, zb, j)
        if wb is None:
            c0 += squared < e0
            c1 += squared < e1
            c2 += squared < e2
            c3 += squared < e3
        else:
            c0 += wb[j] if squared < e0 else zero
            c1 += wb[j] if squared < e1 else zero
            c2 += wb[j] if squared < e2 else zero
            c3 += wb[j] if squared < e3 else zero
    return c0, c1, c2, c3


@numba.njit(cache=True, error_model="numpy")
def _below(xa, ya, za, wa, xb, yb, zb, wb, same, edge, n_edges, below):
    """Weighted pairs nearer than each of the first ``n_edges`` of four edges."""
    below[:] = 0
    zero, n = below.dtype.type(0), xb.size
    e0, e1, e2, e3 = edge[0], edge[1], edge[2], edge[3]
    for i in range(xa.size):
        xi, yi, zi, wi = xa[i], ya[i], at(za, i, 0.0), at(wa, i, 1)
        # Cutting arrays takes time, hence only within one tile.
        x, y, z, w = xb, yb, zb, wb
        if same:
            x, y, z, w = xb[i + 1 :], yb[i + 1 :], part(zb, i + 1, n), part(wb, i + 1, n)
        if n_edges == 1:
            below[0] += wi * _row_below_one(xi, yi, zi, x, y, z, w, e0, zero)
        else:
            c0, c1, c2, c3 = _row_below_four(xi, yi, zi, x, y, z, w, e0, e1, e2, e3, zero)
            below[0] += wi * c0
            below[1] += wi * c1
            below[2] += wi * c2
            below[3] += wi * c3


@numba.njit(cache=True, error_model="numpy")
def compare_tiles(xa, ya, za, wa, xb, yb, zb, wb, same, edges, k0, k1, all_pairs, hist):
    """Add the pairs of two tiles to slots k0 to k1 by counting below each edge between them."""
    edge, below = np.empty(4), np.empty(4, hist.dtype)
    before = hist.dtype.type(0)
    k = k0
    while k < k1:
        n = min(4, k1 - k)
        for m in range(4):
            edge[m] = edges[k + min(m, n - 1)]
        _below(xa, ya, za, wa, xb, yb, zb, wb, same, edge, n, below)
        for m in range(n):
            hist[k + m] += below[m] - before
            before = below[m]
        k += n
    hist[k1] += all_pairs - before


@numba.njit(cache=True, error_model="numpy")
def _row_squared(xi, yi, zi, xb, yb, zb, low, high, squared):
    for j in range(xb.size):
        value = squared_distance(xi, yi, zi, xb, yb, zb, j)
        # Not min and max, whose care for NaN would cost the vectorisation.
        if value < low:
            value = low
        if value > high:
            value = high
        squared[j] = value


@numba.njit(cache=True, error_model="numpy")
def _add_slots(bits, n, wi, wb, table, shift, first, rest, hist):
    for j in range(n):
        slot = slot_of_bits(bits[j], table, shift, first, rest)
        if wb is None:
            hist[slot] += 1
        else:
            hist[slot] += wi * wb[j]


@numba.njit(cache=True, error_model="numpy")
def histogram_tiles(xa, ya, za, wa, xb, yb, zb, wb, same, bins, hist, squared):
    """Add the pairs of two tiles one by one; ``squared`` is scratch memory."""
    table, shift, first, rest = bins.table, bins.shift, bins.first, bins.rest
    low, high = bins.low, bins.high
    bits, n = squared.view(np.uint64), xb.size
    x, y, z, w = xb, yb, zb, wb
    for i in range(xa.size):
        xi, yi, zi, wi = xa[i], ya[i], at(za, i, 0.0), at(wa, i, 1)
        if same:
            x, y, z, w = xb[i + 1 :], yb[i + 1 :], part(zb, i + 1, n), part(wb, i + 1, n)
        # Two loops: the first one is vectorised, the second one cannot be.
        _row_squared(xi, yi, zi, x, y, z, low, high, squared)
        _add_slots(bits, x.size, wi, w, table, shift, first, rest, hist)
