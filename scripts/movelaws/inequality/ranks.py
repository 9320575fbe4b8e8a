"""Ranks of whole numbers by counting, and the Mann-Whitney test of two models' errors.

Flows and errors are whole numbers with few distinct values, most of them 0: counting how often
each value occurs takes the place of sorting millions of pairs. All sums of ranks are of halves
and whole numbers below 2^53 as long as there are fewer than 6e7 pairs, so they are exact and do
not depend on the order of the pairs or on the number of threads.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.special import ndtr

# Values below this are counted in an array; the few above it (large flows) are sorted.
_DENSE = 1 << 16
# Largest error a RankTable takes: its array of floats has one entry per value (256 MiB).
LARGEST_ERROR = (1 << 25) - 2
_LARGEST_WHOLE = 1 << 53


@dataclass(frozen=True)
class MannWhitney:
    """Result of a one-sided Mann-Whitney test.

    Attributes
    ----------
    u : U of the modified errors: over all (modified, standard) couples, how often the modified
        error is the larger one, ties counting half; NaN if no pair is left. Small U: the modified
        model is better.
    p_value : P of a U as small or smaller if both errors have one distribution; NaN if no pair is
        left, 1 if all errors are tied.
    size : number of pairs in each sample.
    """

    u: float
    p_value: float
    size: int

    @property
    def effect(self) -> float:
        """U / size^2: chance that a modified error exceeds a standard one, ties half.

        1/2 for equal distributions; comparable between samples of different size, which U is not.
        """
        return self.u / self.size**2 if self.size else np.nan


def mann_whitney(
    *, modified: np.ndarray, standard: np.ndarray, drop_exact: bool = False
) -> MannWhitney:
    """Test whether the errors of the modified model are smaller than those of the standard one.

    Normal approximation with correction for ties and for continuity, equal to
    ``scipy.stats.mannwhitneyu(modified, standard, alternative="less", method="asymptotic")``.
    The test takes the two samples for independent, but the errors are those of the same pairs:
    where both models err alike it is conservative. Dropping the pairs exact in both makes zeros
    of one model meet errors of the other; at 0.05 the test then rejects in up to 11 % of the cases
    if the errors are independent and few (simulated), and seldom if most are the same.

    Parameters
    ----------
    modified, standard : (n_pairs,) absolute errors, whole numbers >= 0, same order of pairs.
    drop_exact : leave the pairs that both models predict exactly out of both samples.

    Returns
    -------
    MannWhitney; with NaN for u and p_value if ``drop_exact`` leaves no pair.

    Raises
    ------
    ValueError
        If the lengths differ, there is no pair, or a value is negative or not whole.

    References
    ----------
    "Statistical test for South Sudan" and "Statistical tests for the United States" in the
    Methods of the paper; Mann & Whitney (1947), Ann. Math. Stat. 18, 50.
    """
    modified, standard = whole_numbers_alike(modified=modified, standard=standard)
    values, counts = counted(modified)
    standard_values, standard_counts = counted(standard)
    if drop_exact:
        both = int(np.count_nonzero((modified == 0) & (standard == 0)))
        # 0 comes first in both tables if both models predict any pair exactly
        counts[0] -= both
        standard_counts[0] -= both
    size = int(counts.sum())
    if size == 0:
        return MannWhitney(np.nan, np.nan, 0)
    upto = np.concatenate(([0], np.cumsum(standard_counts)))
    below = upto[np.searchsorted(standard_values, values, side="left")]
    not_above = upto[np.searchsorted(standard_values, values, side="right")]
    twice_u = int(np.sum(counts * (below + not_above)))
    tied = _sum_counts(values, counts, standard_values, standard_counts)
    return MannWhitney(twice_u / 2, _p_smaller(twice_u / 2, size, tied), size)


@dataclass(frozen=True, eq=False)
class RankTable:
    """The standard errors counted once, so that the U of each random draw is one look-up per pair.

    For errors e of a draw over the same pairs, U = sum of ``below[min(e, below.size - 1)]``: the
    terms are whole and half numbers, so a kernel may add them in any order with the same result.

    Attributes
    ----------
    below : (m + 2,) float64, m the largest standard error; entry e is the number of standard
        errors < e plus half the number of those equal to e. The last entry, for every e > m, is
        the number of pairs.
    size : number of pairs.
    exact : number of standard errors that are 0.
    """

    below: np.ndarray
    size: int
    exact: int

    def u(self, errors: np.ndarray) -> float:
        """U of a modified model's errors over all pairs, equal to ``mann_whitney(...).u``.

        Parameters
        ----------
        errors : (size,) absolute errors, whole numbers >= 0.
        """
        errors = whole_numbers(errors, "errors")
        if errors.size != self.size:
            raise ValueError(f"errors has {errors.size} pairs, the table {self.size}")
        return float(_sum_below(errors, self.below))

    def without_exact(
        self, u: np.ndarray | float, wrong: np.ndarray | int, exact_both: np.ndarray | int
    ) -> tuple[np.ndarray, np.ndarray]:
        """U and sample size after the pairs that both models predict exactly are left out.

        Taking z zeros out of both samples removes z couples for each wrong pair of the modified
        model, and of its tied zeros (n - wrong) exact / 2 - (n - wrong - z)(exact - z) / 2.

        Parameters
        ----------
        u : U over all pairs, one value or (n_draws,).
        wrong : Hamming distance of the modified model (errors that are not 0), like ``u``.
        exact_both : z, number of pairs with both errors 0, like ``u``.

        Returns
        -------
        u, size : equal to ``mann_whitney(..., drop_exact=True)``; U is NaN where size is 0. The
            size differs from draw to draw: compare U / size^2, not U.

        Raises
        ------
        ValueError
            If ``wrong`` or ``exact_both`` is impossible for this table.
        """
        u, wrong, both = np.asarray(u, float), np.asarray(wrong), np.asarray(exact_both)
        right = self.size - wrong
        # the standard model is exact on `exact` pairs; what both have right fits in either, and
        # what neither misses cannot leave more than all pairs
        least = np.maximum(0, right + self.exact - self.size)
        if ((wrong < 0) | (right < 0) | (both < least)).any() or (
            both > np.minimum(right, self.exact)
        ).any():
            raise ValueError(
                f"wrong and exact_both do not fit a table of {self.size} pairs, {self.exact} exact"
            )
        size = self.size - both
        # float from here: halves of products, all below 2^53
        ties = right * float(self.exact) - (right - both) * (self.exact - both).astype(float)
        left = u - both * wrong.astype(float) - ties / 2
        return np.where(size > 0, left, np.nan), size


def rank_table(standard: np.ndarray) -> RankTable:
    """Count the errors of the standard model for the U of many modified models.

    Parameters
    ----------
    standard : (n_pairs,) absolute errors, whole numbers >= 0, none above ``LARGEST_ERROR``.

    Raises
    ------
    ValueError
        If there is no pair, or a value is negative, not whole or above ``LARGEST_ERROR``.
    """
    standard = whole_numbers(standard, "standard")
    largest = int(standard.max())
    if largest > LARGEST_ERROR:
        raise ValueError(
            f"the largest standard error is {largest}: at most {LARGEST_ERROR} can be tabled"
        )
    counts = np.bincount(standard, minlength=largest + 2)
    upto = np.cumsum(counts)
    return RankTable(upto - counts / 2, standard.size, int(counts[0]))


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, tied values sharing the mean of theirs; ``scipy.stats.rankdata`` by counting.

    Parameters
    ----------
    values : (n,) whole numbers >= 0.

    Returns
    -------
    (n,) float64.
    """
    values = whole_numbers(values, "values")
    present, counts = counted(values)
    rank = np.cumsum(counts) - (counts - 1) / 2
    n_small = int(np.searchsorted(present, _DENSE))
    by_value = np.zeros(int(present[n_small - 1]) + 1 if n_small else 1)
    by_value[present[:n_small]] = rank[:n_small]
    ranks = by_value[np.minimum(values, by_value.size - 1)]
    if n_small < present.size:
        large = values >= _DENSE
        ranks[large] = rank[np.searchsorted(present, values[large])]
    return ranks


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct values in ascending order and how often each occurs, as ``np.unique`` gives them.

    Parameters
    ----------
    values : (n,) int64 >= 0, checked by the caller.

    Returns
    -------
    values, counts : (m,) int64, m the number of distinct values.
    """
    if values.size and values.max() < _DENSE:
        return _occurring(values)
    small = values < _DENSE
    low, low_counts = _occurring(values[small])
    high, high_counts = np.unique(values[~small], return_counts=True)
    return np.concatenate((low, high)), np.concatenate((low_counts, high_counts))


def whole_numbers(values: np.ndarray, name: str) -> np.ndarray:
    """``values`` as (n,) int64, if they are whole numbers >= 0 below 2^53; floats are taken too.

    Raises
    ------
    ValueError
        Naming ``name`` and the first value that is negative, not whole or too large, or the shape
        if it is not one-dimensional or holds nothing.
    """
    values = np.asarray(values)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(
            f"{name} has shape {values.shape}: one dimension and at least one pair are needed"
        )
    if values.dtype.kind not in "iuf":
        raise ValueError(f"{name} is of type {values.dtype}: whole numbers >= 0 are needed")
    usable = values.min() >= 0 and values.max() < _LARGEST_WHOLE
    if not usable or (values.dtype.kind == "f" and not (values == np.floor(values)).all()):
        # what is not in range is also how NaN is found: it compares False
        bad = ~((values >= 0) & (values < _LARGEST_WHOLE) & (values == np.floor(values)))
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {values[at]}: whole numbers from 0 to 2^53 are needed")
    return values.astype(np.int64, copy=False)


def whole_numbers_alike(**arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """All arrays as ``whole_numbers`` of one length; errors name the arrays by their keywords."""
    checked = {name: whole_numbers(values, name) for name, values in arrays.items()}
    (first, reference), *others = checked.items()
    for name, values in others:
        if values.size != reference.size:
            raise ValueError(f"{first} has {reference.size} pairs, {name} {values.size}")
    return tuple(checked.values())


def _occurring(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    counts = np.bincount(values)
    present = np.flatnonzero(counts)
    return present, counts[present]


def _sum_counts(
    values: np.ndarray, counts: np.ndarray, other_values: np.ndarray, other_counts: np.ndarray
) -> np.ndarray:
    """How often each distinct value occurs in both samples together."""
    _, position = np.unique(np.concatenate((values, other_values)), return_inverse=True)
    together = np.bincount(position, weights=np.concatenate((counts, other_counts)))
    return together.astype(np.int64)


def _p_smaller(u: float, size: int, tied: np.ndarray) -> float:
    n = 2 * size
    # in Python's integers: the cubes exceed 2^63, and nearly all tied leaves a small difference
    tie_term = sum(t**3 - t for t in tied[tied > 1].tolist())
    variance = size**2 * (n**3 - n - tie_term) / (12 * n * (n - 1))
    if variance == 0:
        return 1.0
    return float(ndtr((u - size**2 / 2 + 0.5) / np.sqrt(variance)))


@njit(cache=True, error_model="numpy")
def _sum_below(errors, below):
    last = below.size - 1
    total = 0.0
    for k in range(errors.size):
        total += below[min(errors[k], last)]
    return total
