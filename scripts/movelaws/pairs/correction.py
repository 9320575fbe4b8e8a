"""What the grids get wrong, from a sample of origins counted both ways.

Of each sampled origin the exact counts and those of the grids are known, and their mean difference
makes the counts of the grids unbiased whatever the places are: on a lattice, doubled, in a line, or
on a projected sphere. Origins are drawn in pairs from strata of neighbours, whose differences give
the standard error; it shrinks with the accuracy of the grids, not with that of a plain sample.
"""

import numpy as np
from scipy.special import stdtrit  # the quantile of Student's t
from tqdm import tqdm

from movelaws.pairs.bins import Bins
from movelaws.pairs.levels import Grids
from movelaws.pairs.origins import drawn_origins, exact_from, gridded_from
from movelaws.pairs.points import Points, total_weight
from movelaws.pairs.tree import Tree

FEWEST_STRATA = 512
MOST_STRATA = 1 << 14

# Chance that the error of one bin exceeds its bound, for a normal error. A bin that few strata
# feel has few degrees of freedom, and its bound is the wider for it.
_EXCEEDED = 1e-6


class Correction:
    """Sampled difference between exact counts and those of the grids.

    Parameters
    ----------
    grids : of the points.
    points : the origins.
    tree, other_tree : the same points and those around them; None for pairs within one set.
    bins : of squared distances, the same bins as those of the grids.
    rng : source of randomness.
    progress : show bars on a terminal.

    Attributes
    ----------
    n_strata : strata drawn so far, of two origins each.
    """

    def __init__(
        self,
        grids: Grids,
        points: Points,
        tree: Tree,
        other_tree: Tree | None,
        bins: Bins,
        rng: np.random.Generator,
        progress: bool = True,
    ):
        self._grids, self._tree, self._other_tree, self._bins = grids, tree, other_tree, bins
        self._weight = total_weight(points)
        self._rng, self._progress = rng, progress
        self._sum, self._square, self._fourth = np.zeros((3, bins.edges.size - 1))
        self.n_strata = 0

    def draw(self, n_strata: int) -> None:
        """Draw and count two more origins from each of ``n_strata`` strata."""
        origins = drawn_origins(self._tree, n_strata, self._rng)
        wrong = exact_from(origins.ravel(), self._tree, self._other_tree, self._bins)
        rows = self._tree.order[origins.ravel()]
        for level in tqdm(
            self._grids.levels, "origins", disable=None if self._progress else True, leave=False
        ):
            column, row = self._grids.cell_of(rows, level)
            wrong[:, level.bins] -= gridded_from(
                column, row, level.other, level.spread, level.edges
            )
        one, two = wrong[0::2], wrong[1::2]
        self._sum += ((one + two) / 2).sum(axis=0)
        self._square += (((one - two) / 2) ** 2).sum(axis=0)
        self._fourth += (((one - two) / 2) ** 4).sum(axis=0)
        self.n_strata += n_strata

    @property
    def mean(self) -> np.ndarray:
        """(n_bins,) what has to be added to the ordered pairs of the grids."""
        return self._weight * self._sum / self.n_strata

    @property
    def bound(self) -> np.ndarray:
        """(n_bins,) bound of the error left: quantile of Student's t times the standard error.

        Infinite where fewer than two strata show any difference.
        """
        standard_error = self._weight * np.sqrt(self._square) / self.n_strata
        freedom = np.divide(
            self._square**2, self._fourth, out=np.zeros_like(self._square), where=self._fourth > 0
        )
        quantile = -stdtrit(np.maximum(freedom, 1.0), _EXCEEDED / 2)
        return np.where(freedom < 2, np.inf, quantile * standard_error)
