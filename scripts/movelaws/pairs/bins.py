"""Bin of a squared distance from the bits of its floating-point number.

The exponent and the leading bits of the mantissa name a cell of a table that holds at most one
edge, so one look-up and one addition give the bin, exactly, for logarithmic and for arbitrary edges
alike: with l the remaining bits of the number and t those of the edge in the cell, the entry
(bin below the edge) * 2^s + 2^s - t makes (entry + l) >> s that bin, or the next from l >= t on.
"""

from typing import NamedTuple

import numba
import numpy as np

_MANTISSA_BITS = 52
_FEWEST_BITS = 3
_LARGEST_TABLE = 1 << 24


class Bins(NamedTuple):
    """Edges and their look-up table.

    Slot 0 counts distances below the first edge, slot k those of bin k - 1, and the last slot
    those from the last edge on.

    Attributes
    ----------
    edges : (n_bins + 1,) squared edges, m^2.
    table : (n_cells,) uint64 entries.
    shift : uint64, bits of a number that the name of its cell leaves out.
    first : uint64, name of the first cell.
    rest : uint64, mask of the bits left out.
    low, high : smallest and largest number looked up, m^2; others are clipped to them.
    """

    edges: np.ndarray
    table: np.ndarray
    shift: np.uint64
    first: np.uint64
    rest: np.uint64
    low: float
    high: float

    @property
    def n_slots(self) -> int:
        """Number of slots of a histogram."""
        return self.edges.size + 1


def make_bins(edges: np.ndarray) -> Bins:
    """Look-up table of squared edges.

    Parameters
    ----------
    edges : (n_bins + 1,) >= 0, strictly increasing, m^2.

    Raises
    ------
    ValueError
        If two edges are so close, for their size, that no table of 16 million entries parts them.
    """
    edges = np.ascontiguousarray(edges, dtype=float)
    positive = edges[edges > 0].view(np.int64)
    below_all = edges.size - positive.size
    for bits in range(_FEWEST_BITS, _MANTISSA_BITS):
        shift = _MANTISSA_BITS - bits
        cells = positive >> shift
        if cells[-1] - cells[0] + 3 > _LARGEST_TABLE:
            break
        if positive.size == 1 or (np.diff(cells) > 0).all():
            return _table(edges, positive, below_all, shift)
    closest = np.argmin(np.diff(np.sqrt(edges)) / np.sqrt(edges[1:]))
    raise ValueError(
        f"edges[{closest}] and edges[{closest + 1}] = {np.sqrt(edges[closest + 1]):g} m are too "
        "close to each other for the range of the edges: use wider bins or count in two runs"
    )


def _table(edges, positive, below_all, shift):
    first = int(positive[0] >> shift) - 1
    last = int(positive[-1] >> shift) + 1
    starts = np.arange(first, last + 1, dtype=np.int64) << shift
    base = below_all + np.searchsorted(positive, starts, side="left")
    step = np.int64(1) << shift
    table = base << shift
    # An edge at the very start of its cell has t = 0: its entry is that of the next bin.
    table[(positive >> shift) - first] += step - (positive & (step - 1))
    ends = np.array([starts[0], starts[-1] + step - 1]).view(np.float64)
    # Unsigned numbers: signed indices may count from the end, which costs a branch per pair.
    names = np.array([shift, first, step - 1]).astype(np.uint64)
    return Bins(edges, table.astype(np.uint64), *names, *ends.tolist())


@numba.njit(cache=True, error_model="numpy", inline="always")
def slot_of_bits(bits, table, shift, first, rest):
    """Slot of the squared distance, between ``low`` and ``high``, with these uint64 bits."""
    return (table[(bits >> shift) - first] + (bits & rest)) >> shift


@numba.njit(cache=True, error_model="numpy")
def slot_of(squared, bins):
    """Slot of one squared distance."""
    bits = np.float64(min(max(squared, bins.low), bins.high)).view(np.uint64)
    return np.int64(slot_of_bits(bits, bins.table, bins.shift, bins.first, bins.rest))
