"""How well rounded flows meet the observed ones: counts of wrong pairs, and tests on them.

Flows are whole numbers of persons over all ordered pairs of zones, pairs without a flow included.
Functions raise a ValueError that names the argument if lengths differ, there is no pair, or a
flow is negative or not whole.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from movelaws.inequality.ranks import average_ranks, whole_numbers_alike


@dataclass(frozen=True)
class WrongPairs:
    """How many of ``n_pairs`` predicted flows are too large (``over``) or too small (``under``)."""

    n_pairs: int
    over: int
    under: int

    @property
    def hamming(self) -> int:
        """Hamming distance: number of pairs whose error is not 0."""
        return self.over + self.under

    @property
    def exact_share(self) -> float:
        """Share of the pairs predicted exactly."""
        return 1 - self.hamming / self.n_pairs


def absolute_errors(observed: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """|T' - T| of each pair, (n_pairs,) int64.

    Parameters
    ----------
    observed, predicted : (n_pairs,) flows, whole numbers >= 0, same order of pairs.
    """
    observed, predicted = whole_numbers_alike(observed=observed, predicted=predicted)
    return np.abs(predicted - observed)


def wrong_pairs(observed: np.ndarray, predicted: np.ndarray) -> WrongPairs:
    """Count the pairs that are over- and underestimated.

    Parameters
    ----------
    observed, predicted : (n_pairs,) flows, whole numbers >= 0, same order of pairs.
    """
    observed, predicted = whole_numbers_alike(observed=observed, predicted=predicted)
    over = int(np.count_nonzero(predicted > observed))
    return WrongPairs(observed.size, over, int(np.count_nonzero(predicted < observed)))


def binomial_p(hamming_modified: int, hamming_standard: int, n_pairs: int) -> float:
    """P value of the paper's test on the Hamming distance.

    P(X <= hamming_modified) with X ~ Binomial(N(N-1), hamming_standard / N(N-1)). The rate of the
    standard model is taken as known although it is estimated from the same number of pairs: if the
    errors of the two models were independent, the test at 0.05 would reject in 12 % of the cases
    without any difference. Errors that go together make it conservative instead.

    Parameters
    ----------
    hamming_modified, hamming_standard : numbers of wrong pairs, 0 to ``n_pairs``.
    n_pairs : N(N-1), at least 1.

    Raises
    ------
    ValueError
        If a number is out of range.

    References
    ----------
    "Statistical test for South Sudan" in the Methods of the paper.
    """
    from scipy.stats import binom  # slow to load, and few steps test

    if n_pairs < 1:
        raise ValueError(f"n_pairs = {n_pairs}: at least 1 is needed")
    for name, count in (
        ("hamming_modified", hamming_modified),
        ("hamming_standard", hamming_standard),
    ):
        if not 0 <= count <= n_pairs:
            raise ValueError(f"{name} = {count}: it must lie in 0 ... {n_pairs} (n_pairs)")
    return float(binom.cdf(hamming_modified, n_pairs, hamming_standard / n_pairs))


def weighted_hamming(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Hamming distance in which a pair counts by its relative error.

    sum |T - T'| / max(T, T'), where a pair with neither flow counts 0 and a pair with only one of
    them 1. The supplement that defines the paper's weighted Hamming distance is lost; this graded
    version is our reading of the name.

    Parameters
    ----------
    observed, predicted : (n_pairs,) flows, whole numbers >= 0, same order of pairs.

    Returns
    -------
    float from 0 to the Hamming distance; 0 if and only if the two are equal.
    """
    observed, predicted = whole_numbers_alike(observed=observed, predicted=predicted)
    # the larger flow is at least 1 unless both are 0, where the difference is 0
    larger = np.maximum(np.maximum(observed, predicted), 1)
    return float(np.sum(np.abs(observed - predicted) / larger))


def paired_z(*, modified: np.ndarray, standard: np.ndarray) -> tuple[float, float]:
    """z-score of the mean difference of the absolute errors, and its one-sided P value.

    z = mean(d) / (sd(d) / sqrt(M)) with d = modified - standard error of a pair and the sample
    standard deviation (M - 1); p = Phi(z), small if the modified errors are smaller. Unlike the
    Mann-Whitney test it compares pair by pair. The paper's definition is lost with its supplement.

    Parameters
    ----------
    modified, standard : (n_pairs,) absolute errors, whole numbers >= 0, same order of pairs.

    Returns
    -------
    z, p : 0 and 1 if no error differs; z infinite if all differ by the same number; both NaN for
        a single pair that differs.
    """
    modified, standard = whole_numbers_alike(modified=modified, standard=standard)
    difference = modified - standard
    if not difference.any():
        return 0.0, 1.0
    if difference.size == 1:
        return np.nan, np.nan
    mean, deviation = difference.mean(), difference.std(ddof=1)
    if deviation == 0:
        z = float(np.copysign(np.inf, mean))
    else:
        z = float(mean / (deviation / np.sqrt(difference.size)))
    return z, float(ndtr(z))


def spearman(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Spearman correlation of observed and predicted flows over all pairs, ties by mean rank.

    Equal to ``scipy.stats.spearmanr``.

    Parameters
    ----------
    observed, predicted : (n_pairs,) flows, whole numbers >= 0, same order of pairs.

    Returns
    -------
    float in [-1, 1]; NaN if either is constant.
    """
    observed, predicted = whole_numbers_alike(observed=observed, predicted=predicted)
    mean = (observed.size + 1) / 2
    a, b = average_ranks(observed) - mean, average_ranks(predicted) - mean
    # not np.dot, whose last digits depend on the number of threads
    scale = np.sqrt(np.sum(a * a)) * np.sqrt(np.sum(b * b))
    if scale == 0:
        return np.nan
    return float(np.clip(np.sum(a * b) / scale, -1, 1))
