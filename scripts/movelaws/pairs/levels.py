"""Grids of growing cells, each serving the distances of some 32 to 64 of its cells."""

from collections.abc import Iterator
from typing import NamedTuple

import numba
import numpy as np

from movelaws.pairs.autocorrelation import by_octant, offset_counts, spread_counts
from movelaws.pairs.grid import Cells, Frame, coarser, make_cells, middle_of, plane
from movelaws.pairs.points import Points
from movelaws.pairs.spread import Spread, make_spread

CELLS_PER_DISTANCE = 32
"""Cells between two places at the least distance that a level serves."""

_FACTOR = 2

# Cells across the whole extent, at least: fewer would save little, and hide whole towns.
_CELLS_ACROSS = 384

# Bound of the work: cells of the finest grid per place, and with few places in all.
_CELLS_PER_PLACE = 64
_CELLS_AT_LEAST = 1e7


class Level(NamedTuple):
    """One grid and the bins that it serves.

    Attributes
    ----------
    coarseness : side of a cell in those of the finest grid.
    spread : of pairs of cells over the bins.
    bins : which of all the bins.
    edges : (n + 1,) of these bins, metres.
    count : (n,) expected weighted number of ordered pairs in each of these bins.
    certain : (n,) pairs in cells whose places are all that far apart.
    possible : (n,) pairs in cells some of whose places could be that far apart.
    """

    coarseness: int
    spread: Spread
    bins: slice
    edges: np.ndarray
    count: np.ndarray
    certain: np.ndarray
    possible: np.ndarray


class Grids:
    """Long-range counts on grids, within one set of points or between two.

    Parameters
    ----------
    points, other : the places; ``other`` is None for pairs within one set.
    edges : (n_bins + 1,) metres, the first one > 0.
    progress : show bars on a terminal.

    Attributes
    ----------
    frame : where the finest grid lies.
    levels : the grids that serve a bin, the finest first.
    """

    def __init__(
        self, points: Points, other: Points | None, edges: np.ndarray, progress: bool = True
    ):
        self._edges, self._progress = edges, progress
        centre = middle_of(points)
        places = plane(points, centre)
        others = places if other is None else plane(other, centre)
        axes = list(zip(places, others, strict=True))
        corner = tuple(float(min(a.min(), b.min())) for a, b in axes)
        size = tuple(
            float(max(a.max(), b.max())) - low for (a, b), low in zip(axes, corner, strict=True)
        )
        self._farthest = float(np.hypot(*size))
        self._coarsest = max(size) / _CELLS_ACROSS
        n_places = len(points) + (0 if other is None else len(other))
        self.frame = Frame(centre, corner, size, _finest_side(float(edges[0]), size, n_places))
        cells = make_cells(*places, points.weight, self.frame)
        other_cells = cells if other is None else make_cells(*others, other.weight, self.frame)
        self.levels = list(self._made(cells, other_cells))

    @property
    def count(self) -> np.ndarray:
        """(n_bins,) expected weighted number of ordered pairs."""
        return self._gathered("count")

    @property
    def certain(self) -> np.ndarray:
        """(n_bins,) pairs that are in the bin wherever they lie in their cells."""
        return self._gathered("certain")

    @property
    def possible(self) -> np.ndarray:
        """(n_bins,) pairs whose cells reach into the bin."""
        return self._gathered("possible")

    def _made(self, cells: Cells, other: Cells) -> Iterator[Level]:
        first, n_bins = 0, self._edges.size - 1
        coarseness = 1
        while first < n_bins and self._edges[first] <= self._farthest:
            reach_m = _FACTOR * CELLS_PER_DISTANCE * cells.side
            last = int(np.searchsorted(self._edges, reach_m, side="right")) - 1
            if reach_m >= self._farthest or _FACTOR * cells.side > self._coarsest:
                reach_m, last = self._farthest, n_bins
            if last > first:
                yield self._level(cells, other, coarseness, slice(first, last), reach_m)
                first = last
            same = other is cells
            cells = coarser(cells, _FACTOR)
            other = cells if same else coarser(other, _FACTOR)
            coarseness *= _FACTOR

    def _level(self, cells, other, coarseness, bins, reach_m):
        edges = self._edges[bins.start : bins.stop + 1]
        reach = int(np.ceil(min(reach_m, edges[-1], self._farthest) / cells.side)) + 2
        spread = make_spread(edges, cells.side, reach)
        octant = by_octant(
            offset_counts(cells, other, reach, numba.get_num_threads(), self._progress)
        )
        count, certain, possible = spread_counts(octant, spread, edges.size + 1)
        return Level(coarseness, spread, bins, edges, count[1:-1], certain[1:-1], possible[1:-1])

    def _gathered(self, name):
        result = np.zeros(self._edges.size - 1)
        for level in self.levels:
            result[level.bins] = getattr(level, name)
        return result


def _finest_side(nearest: float, size: tuple[float, float], n_places: int) -> float:
    """Side of the finest cells, metres: wider than asked for where the grid would grow too large.

    Points in a line fill few blocks of the grid, so that the longer side alone counts there.
    """
    most = max(_CELLS_AT_LEAST, _CELLS_PER_PLACE * n_places)
    return max(nearest / CELLS_PER_DISTANCE, (size[0] * size[1] / most) ** 0.5, max(size) / most)
