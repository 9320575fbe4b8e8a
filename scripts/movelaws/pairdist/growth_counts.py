"""Neighbours of blocks of places by distance, all places being neighbours (SI 7.5.1).

The sum over all blocks counts every pair twice; leaving a block out tells how far an exponent
depends on where the places were looked at.
"""

import numpy as np
import pandas as pd

from movelaws.pairdist.pairs import weighted_points
from movelaws.pairs.bins import make_bins
from movelaws.pairs.origins import exact_from
from movelaws.pairs.tree import make_tree

# Origins whose histograms are held at once, and their bins: 64 MB.
_AT_ONCE = 8192
_BINS_AT_ONCE = _AT_ONCE * 1000


def neighbours(
    positions: pd.DataFrame, block: np.ndarray, n_blocks: int, edges: np.ndarray
) -> np.ndarray:
    """Weighted number of (place of the block, any other place) by distance.

    Parameters
    ----------
    positions : x, y (m), weight.
    block : (n,) number of the block of each position, -1 where it is not looked at.
    n_blocks : number of blocks.
    edges : (n_bins + 1,) rising, m.

    Returns
    -------
    (n_blocks, n_bins) sums of w_i w_j over i in the block and j != i anywhere.

    Raises
    ------
    ValueError
        If ``block`` does not fit the positions.
    """
    block = np.asarray(block)
    if block.shape != (len(positions),):
        raise ValueError(f"block has shape {block.shape}, expected ({len(positions)},)")
    tree = make_tree(weighted_points(positions))
    bins = make_bins(np.asarray(edges, float) ** 2)
    own = np.ones(len(positions)) if tree.weight is None else tree.weight.astype(float)
    of_tree = block[tree.order]
    # The order of the tree keeps neighbours together: origins of a chunk share what they read.
    origins = np.flatnonzero(of_tree >= 0)
    total = np.zeros((n_blocks, len(edges) - 1))
    at_once = min(_AT_ONCE, max(_BINS_AT_ONCE // (len(edges) - 1), 1))
    for start in range(0, origins.size, at_once):
        chunk = origins[start : start + at_once]
        found = exact_from(chunk, tree, None, bins) * own[chunk, None]
        order = np.argsort(of_tree[chunk], kind="stable")
        numbers, first = np.unique(of_tree[chunk][order], return_index=True)
        total[numbers] += np.add.reduceat(found[order], first, axis=0)
    return total


def compact_blocks(x: np.ndarray, y: np.ndarray, n_blocks: int) -> np.ndarray:
    """Number of the block of each point: compact blocks of equal numbers of points.

    Halves along the longer side again and again, as a k-d tree.

    Parameters
    ----------
    x, y : (n,) m.
    n_blocks : a power of two. Fewer are made where a block would hold fewer than two points.

    Returns
    -------
    (n,) int64 from 0.

    Raises
    ------
    ValueError
        If ``n_blocks`` is no power of two.
    """
    if n_blocks < 1 or n_blocks & (n_blocks - 1):
        raise ValueError(f"n_blocks = {n_blocks}: a power of two is needed")
    x, y = np.asarray(x, float), np.asarray(y, float)
    parts = [np.arange(x.size)]
    while len(parts) < n_blocks and min(p.size for p in parts) >= 4:
        parts = [half for part in parts for half in _halves(part, x, y)]
    block = np.empty(x.size, dtype=np.int64)
    for number, part in enumerate(parts):
        block[part] = number
    return block


def _halves(part, x, y):
    along = x[part] if np.ptp(x[part]) >= np.ptp(y[part]) else y[part]
    order = part[np.argsort(along, kind="stable")]
    return order[: order.size // 2], order[order.size // 2 :]
