"""A bootstrap over squares of a lattice: what is near together is drawn together."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from movelaws.seeds import stream

_LEVELS = 1001
"""Quantiles between which the median of a resample is interpolated: to 0.1 % of the values."""


@dataclass(frozen=True)
class Blocks:
    """Squares of a lattice, and which of them each resample draws, made by :func:`blocks`.

    Attributes
    ----------
    label : (N,) block of each site.
    draws : (replicates, n_blocks) how often a resample holds a block.
    level : of the intervals, such as 0.95.
    """

    label: np.ndarray
    draws: np.ndarray
    level: float

    def interval(self, values: np.ndarray) -> tuple[float, float]:
        """Percentiles of the replicates that have a value; nan if fewer than half have."""
        values = np.asarray(values, dtype=float)
        values = values[np.isfinite(values)]
        if values.size < max(1, self.draws.shape[0] / 2):
            return math.nan, math.nan
        low, high = np.quantile(values, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)


def blocks(
    shape: tuple[int, int], block: int, *, replicates: int, level: float, seed: int
) -> Blocks:
    """Squares of ``block`` x ``block`` sites (smaller at the far edges), and resamples of them.

    Raises
    ------
    ValueError
        If the squares are not at least two, replicates < 1 or level is not within (0, 1).
    """
    if block < 1 or replicates < 1 or not 0 < level < 1:
        raise ValueError(
            f"block = {block}, replicates = {replicates}, level = {level}: block and replicates "
            "are at least 1, the level lies between 0 and 1"
        )
    rows, columns = (-(-side // block) for side in shape)
    count = rows * columns
    if count < 2:
        raise ValueError(
            f"block = {block} covers the whole lattice {shape}, but two blocks are needed to "
            "resample: set lagrangian.summary.block below the longer side, or give a larger side"
        )
    y, x = np.indices(shape)
    label = (y // block * columns + x // block).ravel()
    rng = stream(seed, "lagrangian", "blocks")
    draws = rng.multinomial(count, np.full(count, 1 / count), size=replicates)
    return Blocks(label, draws, level)


def resamples(label: np.ndarray, draws: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of the sites of each resample; those that hold no site are left out.

    Parameters
    ----------
    label : (n,) block of each site; sites of a negative block are in no resample.
    draws : as in :class:`Blocks`.
    """
    order = np.argsort(label, kind="stable")
    first = np.searchsorted(label[order], np.arange(draws.shape[1] + 1))
    members = [order[first[b] : first[b + 1]] for b in range(draws.shape[1])]
    for times in draws:
        chosen = np.concatenate([members[b] for b in np.repeat(np.arange(times.size), times)])
        if chosen.size:
            yield chosen


def resampled_medians(values: np.ndarray, label: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Median of each resample, from counts of each block between quantiles of all values.

    A lattice of 200 x 200 has ten million parameters: they are sorted once, not once per resample.
    """
    levels = np.unique(np.quantile(values, np.linspace(0, 1, _LEVELS)))
    if levels.size < 2:
        return np.full(draws.shape[0], levels[0])
    inside = np.clip(np.searchsorted(levels, values, side="right") - 1, 0, levels.size - 2)
    size = (draws.shape[1], levels.size - 1)
    counts = np.bincount(label * size[1] + inside, minlength=size[0] * size[1]).reshape(size)
    below = np.cumsum(draws @ counts, axis=1)
    medians = np.empty(draws.shape[0])
    for k, sums in enumerate(below):
        medians[k] = np.interp(sums[-1] / 2, np.append(0, sums), levels)
    return medians
