"""What the grids get wrong, from random pairs of places looked at both ways.

Of each pair both the distance and the shares that its cells put into each bin are known. The mean
difference makes the counts of the grids unbiased whatever the places are: on a lattice, doubled, in
a line, or on a projected sphere. No difference exceeds 1 in size, so that a bound of the error left
needs no assumption, and the number of pairs it takes does not grow with that of the places.

References
----------
Maurer and Pontil (2009), Empirical Bernstein bounds and sample-variance penalization, COLT.
"""

import numba
import numpy as np

from movelaws.pairs.bins import make_bins, slot_of
from movelaws.pairs.candidates import Boxes, Candidates, candidates
from movelaws.pairs.edges import squared_edges
from movelaws.pairs.grid import Frame, plane
from movelaws.pairs.kernels import at, squared_distance
from movelaws.pairs.levels import Level
from movelaws.pairs.points import Points
from movelaws.pairs.tree import Tree, boxes_of

_FIRST_DRAWS = 1 << 18
DRAWS_GROWTH = 2
_LOOKS = 9
MOST_DRAWS = _FIRST_DRAWS * DRAWS_GROWTH ** (_LOOKS - 1)

# Chance that the error of one bin exceeds its bound, at whichever of the looks drawing ends.
_EXCEEDED = 1e-6
_LOG = np.log(4 * _LOOKS / _EXCEEDED)

_AT_ONCE = 1 << 18
_PARTS = 64

# Two places are nearly as far apart as any others in their cells: along each axis, the two
# distances differ by less than 2 cells.
_MARGIN = 3.0


class Placed:
    """Places in the order of their tree, with their coordinates in the plane of the grids.

    Parameters
    ----------
    points, tree : the places and their tree.
    centre : of the projection, longitude and latitude in degrees; None in the plane.

    Attributes
    ----------
    embedded : x, y and z of the tree, metres, whose straight lines order the distances.
    x, y : (n,) metres in the plane.
    boxes : of the nodes of the tree in the plane.
    before : (n + 1,) sums of the weights before each place, or None where each weight is 1.
    """

    def __init__(self, points: Points, tree: Tree, centre: tuple[float, float] | None):
        self.tree, self.embedded = tree, (tree.x, tree.y, tree.z)
        self.x, self.y, self.boxes = tree.x, tree.y, Boxes(tree.low, tree.high)
        if centre is not None:
            self.x, self.y = (axis[tree.order] for axis in plane(points, centre))
            self.boxes = Boxes(*boxes_of((self.x, self.y), tree.depth))
        self.before = None
        if tree.weight is not None:
            self.before = np.concatenate([[0.0], np.cumsum(tree.weight, dtype=float)])


class Correction:
    """Sampled difference between true counts and those of a grid, for some of its bins.

    Parameters
    ----------
    level : the grid.
    bins : which of its bins, counted from the first of the level.
    frame : where the finest grid lies.
    placed, other : the places; ``other`` is None for pairs within one set.
    rng : source of randomness.

    Attributes
    ----------
    n_draws : pairs looked at so far.
    """

    def __init__(
        self,
        level: Level,
        bins: slice,
        frame: Frame,
        placed: Placed,
        other: Placed | None,
        rng: np.random.Generator,
    ):
        self._level, self._bins, self._frame = level, bins, frame
        self._placed, self._other, self._rng = placed, other, rng
        squares = squared_edges(level.edges, frame.centre is not None)
        self._table = make_bins(squares)
        self._pairs = self._candidates(*np.sqrt(squares[[bins.start, bins.stop]]))
        self._sum, self._square = np.zeros((2, bins.stop - bins.start))
        self.n_draws = 0

    def draw(self) -> None:
        """Look at more pairs, so that there are twice as many in all."""
        n = (DRAWS_GROWTH - 1) * self.n_draws or _FIRST_DRAWS
        self.n_draws += n
        if self._pairs.total == 0:
            return
        other = self._other or self._placed
        for first in range(0, n, _AT_ONCE):
            sums = np.zeros((_PARTS, 2, self._table.n_slots))
            _compare(
                self._rng.random((min(_AT_ONCE, n - first), 3)), first, n, self._pairs,
                self._placed.embedded, self._placed.x, self._placed.y, self._placed.before,
                other.embedded, other.x, other.y, other.before, self._other is None,
                self._frame.corner, self._frame.side, self._level.coarseness,
                self._level.spread, self._table, sums,
            )  # fmt: skip
            total, square = sums.sum(axis=0)[:, 1:-1][:, self._bins]
            self._sum += total
            self._square += square

    @property
    def n_pairs(self) -> float:
        """Weighted number of ordered pairs of places that are drawn from."""
        return self._pairs.total

    @property
    def mean(self) -> np.ndarray:
        """(n_bins,) what has to be added to the ordered pairs of the grid."""
        return self.n_pairs * self._sum / self.n_draws

    def bound(self, n_draws: float | None = None) -> np.ndarray:
        """(n_bins,) bound of the error left, which it exceeds with a chance of 1e-6.

        Empirical Bernstein bound of the mean of independent variables between -1 and 1. They are
        drawn from strata, one each; their variance about a common mean is no less than within.

        Parameters
        ----------
        n_draws : as far as can be told now, the bound after so many draws; None for those made.
        """
        variance = (self._square - self._sum**2 / self.n_draws) / (self.n_draws - 1)
        n = n_draws or self.n_draws
        spread = np.sqrt(2 * np.maximum(variance, 0.0) * _LOG / n)
        return self.n_pairs * (spread + 14 / 3 * _LOG / (n - 1))

    def _candidates(self, nearest, farthest) -> Candidates:
        """Pairs of places that are, or whose cells may be, at the distances of the bins."""
        here, there = self._placed, self._other or self._placed
        margin = _MARGIN * self._frame.side * self._level.coarseness
        low, high = self._level.edges[[self._bins.start, self._bins.stop]]
        ranges = [(here.boxes, there.boxes, max(low - margin, 0.0), high + margin)]
        if self._frame.centre is not None:
            own = (Boxes(placed.tree.low, placed.tree.high) for placed in (here, there))
            ranges.append((*own, nearest, farthest))
        return candidates(here.tree, None if self._other is None else there.tree, ranges)


@numba.njit(cache=True, error_model="numpy", parallel=True)
def _compare(
    random, first, n, pairs, here, x, y, before, there, other_x, other_y, other_before, same,
    corner, side, coarseness, spread, bins, sums,
):  # fmt: skip
    step = pairs.upto[-1] / n
    reach = spread.first.shape[0] - 1
    for share in numba.prange(sums.shape[0]):
        start = random.shape[0] * share // sums.shape[0]
        end = random.shape[0] * (share + 1) // sums.shape[0]
        # Strata of equal weight, one draw each, in order: so a look along the list finds each.
        p = max(np.searchsorted(pairs.upto, (first + start) * step, side="right") - 1, 0)
        for s in range(start, end):
            upon = (first + s + random[s, 0]) * step
            while p < pairs.places.shape[0] - 1 and pairs.upto[p + 1] <= upon:
                p += 1
            i = _place(random[s, 1], pairs.places[p, 0], pairs.places[p, 1], before)
            j = _place(random[s, 2], pairs.places[p, 2], pairs.places[p, 3], other_before)
            k = -1
            if not (same and i == j):
                z = at(here[2], i, 0.0)
                k = slot_of(squared_distance(here[0][i], here[1][i], z, *there, j), bins)
            dx = abs(_cell(other_x[j], corner[0], side) // coarseness
                     - _cell(x[i], corner[0], side) // coarseness)  # fmt: skip
            dy = abs(_cell(other_y[j], corner[1], side) // coarseness
                     - _cell(y[i], corner[1], side) // coarseness)  # fmt: skip
            _add_difference(k, max(dx, dy), min(dx, dy), reach, spread, sums[share])


@numba.njit(cache=True, error_model="numpy", inline="always")
def _cell(x, corner, side):
    return np.int64((x - corner) / side)


@numba.njit(cache=True, error_model="numpy", inline="always")
def _place(random, start, end, before):
    """Random one of the places from ``start`` to ``end``, by weight."""
    if before is None:
        return min(start + np.int64(random * (end - start)), end - 1)
    upon = before[start] + random * (before[end] - before[start])
    found = np.searchsorted(before[start + 1 : end], upon, side="right")
    return start + found


@numba.njit(cache=True, error_model="numpy")
def _add_difference(k, big, small, reach, spread, sums):
    """Add a pair in slot k (-1: none) whose cells lie ``big`` and ``small`` cells apart."""
    met = k < 0
    if big <= reach:
        slot, part = spread.first[big, small], spread.start[big, small]
        for s in range(spread.slots[big, small]):
            difference = -spread.part[part + s]
            if slot + s == k:
                difference += 1.0
                met = True
            sums[0, slot + s] += difference
            sums[1, slot + s] += difference * difference
    if not met:
        sums[0, k] += 1.0
        sums[1, k] += 1.0
