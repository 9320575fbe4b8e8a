"""Number of pairs of places by the offset of their cells: FFT of blocks of the grid.

Only blocks that hold points are transformed, each with its surroundings as far as the largest
offset, and their spectra are added up before one transform back. Memory is that of a block,
whatever the extent. Everything is float64: with 10^7 points, float32 would lose whole bins.
"""

import numpy as np
import scipy.fft
from tqdm import tqdm

from movelaws.pairs.grid import Cells, fill
from movelaws.pairs.spread import Spread

_SMALLEST_BLOCK = 256


def offset_counts(
    cells: Cells, other: Cells, reach: int, threads: int, progress: bool = True
) -> np.ndarray:
    """Weighted number of ordered pairs of places whose cells lie at each offset.

    Parameters
    ----------
    cells, other : two sets on one grid; the offset leads from the first to the second.
    reach : largest offset along an axis, cells.
    threads : of the transforms; no number depends on it.
    progress : show a bar on a terminal.

    Returns
    -------
    (2 reach + 1, 2 reach + 1) float64, offsets along y and x from -reach to reach.
    """
    # A grid smaller than twice the reach needs no more than itself and its surroundings.
    wanted = max(_SMALLEST_BLOCK, 2 * reach)
    core_y = min(wanted, cells.n_rows)
    core_x = min(wanted, cells.n_columns)
    shape = tuple(scipy.fft.next_fast_len(core + 2 * reach, real=True) for core in (core_y, core_x))
    spectrum = np.zeros((shape[0], shape[1] // 2 + 1), dtype=complex)
    rows = range(0, cells.n_rows, core_y)
    bar = tqdm(
        [(r, c) for r in rows for c in range(0, cells.n_columns, core_x)],
        f"cells of {cells.side:.4g} m", disable=None if progress else True, leave=False,
    )  # fmt: skip
    block, around = np.empty(shape), np.empty(shape)
    for row, column in bar:
        block[:] = 0
        if not fill(cells, column, row, block[:core_y, :core_x]):
            continue
        around[:] = 0
        surroundings = around[: core_y + 2 * reach, : core_x + 2 * reach]
        if not fill(other, column - reach, row - reach, surroundings):
            continue
        spectrum += np.conj(scipy.fft.rfft2(block, workers=threads)) * scipy.fft.rfft2(
            around, workers=threads
        )
    counts = scipy.fft.irfft2(spectrum, s=shape, workers=threads)
    counts = counts[: 2 * reach + 1, : 2 * reach + 1]
    if _whole(cells.mass) and _whole(other.mass):
        # The rounding error of the transforms is far below half a pair for up to 10^7 points.
        counts = np.rint(counts)
    return np.maximum(counts, 0.0)


def _whole(mass):
    return bool((mass == np.rint(mass)).all())


def by_octant(counts: np.ndarray) -> np.ndarray:
    """Sum the offsets that lie equally far: (reach + 1, reach + 1), by dx >= dy >= 0."""
    reach = counts.shape[0] // 2
    half = counts[reach:].copy()
    half[1:] += counts[:reach][::-1]
    quarter = half[:, reach:].copy()
    quarter[:, 1:] += half[:, :reach][:, ::-1]
    return np.tril(quarter) + np.triu(quarter, 1).T


def spread_counts(octant: np.ndarray, spread: Spread, n_slots: int) -> tuple[np.ndarray, ...]:
    """Pairs per slot, and the pairs that could be in it.

    Parameters
    ----------
    octant : (reach + 1, reach + 1) pairs by offset, from :func:`by_octant`.
    spread : of the same reach.
    n_slots : number of slots.

    Returns
    -------
    count, certain, possible : (n_slots,) expected pairs in each slot, pairs of cells that lie in it
        whatever the places in them, and pairs of cells that reach it.
    """
    dx, dy = np.tril_indices(octant.shape[0])
    pairs, first, slots = octant[dx, dy], spread.first[dx, dy], spread.slots[dx, dy]
    cell = np.repeat(np.arange(dx.size), slots)
    within = np.arange(cell.size) - np.repeat(np.cumsum(slots) - slots, slots)
    slot = first[cell] + within
    share = spread.part[spread.start[dx, dy][cell] + within]
    count = np.bincount(slot, pairs[cell] * share, n_slots)
    possible = np.bincount(slot, pairs[cell], n_slots)
    alone = slots == 1
    certain = np.bincount(first[alone], pairs[alone], n_slots)
    return count, certain, possible
