"""Multinomial likelihood of a power law from counts in bins, alone or with a pair distribution."""

import dataclasses
import math

import numpy as np

from movelaws.powerlaw import _bins, _scoring
from movelaws.powerlaw._checks import (
    checked_amounts,
    checked_edges,
    checked_range,
    checked_sample,
)
from movelaws.powerlaw._intervals import likelihood_interval


@dataclasses.dataclass(frozen=True)
class BinnedPowerLaw:
    """Intrinsic cost proportional to r^-exponent on the bins between low and high.

    Attributes
    ----------
    exponent, standard_error : estimate and its error from the Fisher information of the bins.
    low, high : first and last edge of the bins used.
    loglik : sum of counts times ln P(bin), without the multinomial coefficient; for distances
        given one by one, sum of ln of the density per unit of distance.
    n : total count in the bins used.
    edges : (n_bins + 1,); counts, pairs : (n_bins,) of the bins used.
    sum_log : sum of ln(r / low) of the distances given one by one, nan if binned.
    """

    exponent: float
    low: float
    high: float
    standard_error: float
    loglik: float
    n: float
    edges: np.ndarray
    counts: np.ndarray
    pairs: np.ndarray
    sum_log: float = math.nan

    @property
    def aic(self) -> float:
        """Akaike's criterion with one parameter."""
        return 2 - 2 * self.loglik

    def log_shares(self, exponent: float | None = None) -> np.ndarray:
        """(n_bins,) ln P(bin) under the law, or under another exponent."""
        exponent = self.exponent if exponent is None else exponent
        pieces = _bins.single(self.edges, self.pairs, self.low)
        return _bins.log_shares(pieces, np.array([1.0 - exponent]))[1]

    def expected(self) -> np.ndarray:
        """(n_bins,) expected counts."""
        return self.n * np.exp(self.log_shares())

    def loglik_at(self, exponent: float) -> float:
        """Log-likelihood under another exponent."""
        if math.isnan(self.sum_log):
            seen = self.counts > 0
            return float(self.counts[seen] @ self.log_shares(exponent)[seen])
        pieces = _bins.single(self.edges, self.pairs, self.low)
        total = _bins.log_shares(pieces, np.array([1.0 - exponent]))[2]
        density = np.log(self.pairs / np.diff(self.edges), where=self.pairs > 0,
                         out=np.zeros(self.pairs.size))  # fmt: skip
        norm = total + math.log(self.low)
        return float(self.counts @ density - exponent * self.sum_log - self.n * norm)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Ends of the likelihood interval of the exponent."""
        return likelihood_interval(self.loglik_at, self.exponent, self.standard_error, level)


def fit_binned(
    edges: np.ndarray, counts: np.ndarray, low: float | None = None, high: float | None = None
) -> BinnedPowerLaw:
    """Exponent of a power law from counts per bin, by the multinomial likelihood.

    P(bin) is the integral of r^-a over the bin divided by that over all bins used: no bin centre
    and no logarithm of a count enters, and empty bins count.

    Parameters
    ----------
    edges : (n_bins + 1,) increasing, > 0.
    counts : (n_bins,) numbers of distances per bin (not densities), >= 0.
    low, high : only bins wholly within [low, high] are used; all if None.

    Returns
    -------
    BinnedPowerLaw

    Raises
    ------
    ValueError
        If edges or counts are not allowed, fewer than two bins remain, or all counts fall into one
        end of the range.

    References
    ----------
    Pair distribution paper, Methods 4.7; Virkar & Clauset (2014), Ann. Appl. Stat. 8, 89.
    """
    edges = checked_edges(edges)
    return fit_cost(edges, counts, np.diff(edges), low, high)


def fit_cost(
    edges: np.ndarray,
    counts: np.ndarray,
    pairs: np.ndarray,
    low: float | None = None,
    high: float | None = None,
) -> BinnedPowerLaw:
    """Exponent of the intrinsic distance cost from moves per bin and pairs per bin.

    f(r) = p(r) pi(r) with pi(r) ~ r^-a: P(bin) is the pairs of the bin times the mean of r^-a
    over its metres. Long bins and bins without a move are treated as they are, where a slope
    through the ratio f / p needs a logarithm of each.

    Parameters
    ----------
    edges : (n_bins + 1,) increasing, > 0.
    counts : (n_bins,) moves per bin (numbers, not densities).
    pairs : (n_bins,) pairs of places per bin (mass, any factor; not densities).
    low, high : only bins wholly within [low, high] are used; all if None.

    Returns
    -------
    BinnedPowerLaw

    Raises
    ------
    ValueError
        As ``fit_binned``, and if moves lie in a bin without pairs, whose index is named.

    References
    ----------
    Pair distribution paper, Eqs 2-5.
    """
    edges, counts, pairs = used_bins(edges, counts, pairs, low, high)
    possible, seen = np.flatnonzero(pairs > 0), np.flatnonzero(counts > 0)
    if seen[0] == seen[-1] and seen[0] in (possible[0], possible[-1]):
        raise ValueError(
            f"all moves lie in bin {seen[0]} ({edges[seen[0]]} to {edges[seen[0] + 1]}), at one "
            "end of the bins with pairs: the exponent is infinite"
        )
    pieces = _bins.single(edges, pairs, edges[0])
    slopes, loglik, information = _scoring.fit_counts(pieces, counts, np.zeros(1))
    error = 1 / math.sqrt(information[0, 0])
    ends = float(edges[0]), float(edges[-1])
    exponent = float(1 - slopes[0])
    n = float(counts.sum())
    return BinnedPowerLaw(exponent, *ends, error, loglik, n, edges, counts, pairs)


def fit_cost_of_moves(
    r: np.ndarray, edges: np.ndarray, pairs: np.ndarray, weights: np.ndarray | None = None
) -> BinnedPowerLaw:
    """Exponent of the intrinsic distance cost from the moves' own distances.

    The density of a move is p(r) r^-a over its integral, p being constant within each bin.

    Parameters
    ----------
    r : (n,) distances of moves; those outside the edges are left out.
    edges, pairs : as in ``fit_cost``.
    weights : (n,) number of times that each distance was seen; once if None.

    Returns
    -------
    BinnedPowerLaw, its log-likelihood being that of the distances.

    Raises
    ------
    ValueError
        As ``fit_cost``; the counts are those of the distances.
    """
    r = checked_sample(r)
    weights = np.ones(r.size) if weights is None else checked_amounts(weights, r.shape, "weights")
    edges = checked_edges(edges)
    inside = (r >= edges[0]) & (r <= edges[-1])
    counts = np.histogram(r[inside], edges, weights=weights[inside])[0]
    edges, counts, pairs = used_bins(edges, counts, pairs, None, None)
    total = float(weights[inside] @ np.log(r[inside] / edges[0]))
    pieces = _bins.single(edges, pairs, edges[0])
    n = float(weights[inside].sum())
    slopes, _, information = _scoring.fit_sums(pieces, n, np.array([total]), np.zeros(1))
    error = 1 / math.sqrt(information[0, 0])
    ends = float(edges[0]), float(edges[-1])
    law = BinnedPowerLaw(
        float(1 - slopes[0]), *ends, error, math.nan, n, edges, counts, pairs, total
    )
    return dataclasses.replace(law, loglik=law.loglik_at(law.exponent))


def used_bins(
    edges: np.ndarray,
    counts: np.ndarray,
    pairs: np.ndarray,
    low: float | None,
    high: float | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Checked edges, counts and pairs of the bins wholly within [low, high]."""
    edges = checked_edges(edges)
    low, high = checked_range(edges[0] if low is None else low, edges[-1] if high is None else high)
    shape = (edges.size - 1,)
    counts = checked_amounts(counts, shape, "counts")
    pairs = checked_amounts(pairs, shape, "pairs")
    # Edges computed in another way differ in the last digits from the ends of the range.
    used = (edges[:-1] >= low * (1 - 1e-9)) & (edges[1:] <= high * (1 + 1e-9))
    if np.count_nonzero(used) < 2:
        raise ValueError(f"[{low}, {high}] holds fewer than two whole bins")
    first, last = np.flatnonzero(used)[[0, -1]]
    edges, counts, pairs = edges[first : last + 2], counts[used], pairs[used]
    lost = (counts > 0) & (pairs == 0)
    if lost.any():
        at = int(np.argmax(lost))
        raise ValueError(
            f"{counts[at]} moves in bin {at + first} ({edges[at]} to {edges[at + 1]}) but no pairs"
        )
    if not counts.any():
        raise ValueError(f"no moves in [{low}, {high}]")
    return edges, counts, pairs
