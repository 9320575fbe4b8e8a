"""The modified against the standard radiation model, and both against random classes.

``compare`` gives every statistic of one pair of models, ``against_random`` places one of them
among those of random classes, ``verdict`` applies the paper's rule, and ``false_discovery`` looks
at a whole table of tests at once.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from movelaws.inequality.agreement import (
    binomial_p,
    paired_z,
    spearman,
    weighted_hamming,
    wrong_pairs,
)
from movelaws.inequality.ranks import mann_whitney, whole_numbers_alike

SCATTERED, CONTIGUOUS = "scattered", "contiguous"
"""Values of the column ``null``, where tables of both are joined."""


@dataclass(frozen=True)
class Comparison:
    """Statistics of the modified model beside those of the standard one.

    Attributes
    ----------
    n_pairs : number of ordered pairs, N(N-1).
    u, p_mw, n_mw : Mann-Whitney U of the modified errors, its P value, pairs in each sample.
    effect_mw : U / n_mw^2, below 1/2 if the modified errors are smaller; this, not U, is to be
        compared with draws when pairs are dropped, because n_mw differs between draws.
    hamming, hamming_standard, p_binomial : numbers of wrong pairs; P value of the binomial test.
    exact_share, exact_share_standard : shares of the pairs predicted exactly.
    over, under, over_standard, under_standard : numbers of flows too large, too small.
    weighted_hamming, weighted_hamming_standard : sums of relative errors.
    z, p_z : z-score of the paired difference of absolute errors, negative for smaller modified
        errors; its P value.
    spearman, spearman_standard : rank correlation with the observed flows; NaN if constant.
    """

    n_pairs: int
    u: float
    p_mw: float
    n_mw: int
    effect_mw: float
    hamming: int
    hamming_standard: int
    p_binomial: float
    exact_share: float
    exact_share_standard: float
    over: int
    under: int
    over_standard: int
    under_standard: int
    weighted_hamming: float
    weighted_hamming_standard: float
    z: float
    p_z: float
    spearman: float
    spearman_standard: float


def compare(
    observed: np.ndarray, standard: np.ndarray, modified: np.ndarray, *, drop_exact: bool = False
) -> Comparison:
    """All statistics of the modified against the standard model.

    Parameters
    ----------
    observed, standard, modified : (n_pairs,) flows, whole numbers >= 0, over all ordered pairs in
        the same order; predicted flows rounded.
    drop_exact : leave the pairs that both models predict exactly out of the Mann-Whitney test
        (the paper does so for the United States, not for South Sudan). All other statistics
        are over all pairs.

    Returns
    -------
    Comparison; ``dataclasses.asdict`` makes a row of a table of it. If both models are exact
    everywhere and those pairs are dropped, u, p_mw and effect_mw are NaN and n_mw is 0.

    Raises
    ------
    ValueError
        If lengths differ, there is no pair, or a flow is negative or not whole.
    """
    observed, standard, modified = whole_numbers_alike(
        observed=observed, standard=standard, modified=modified
    )
    errors = {
        "modified": np.abs(modified - observed),
        "standard": np.abs(standard - observed),
    }
    test = mann_whitney(**errors, drop_exact=drop_exact)
    z, p_z = paired_z(**errors)
    wrong, wrong_standard = wrong_pairs(observed, modified), wrong_pairs(observed, standard)
    return Comparison(
        n_pairs=observed.size,
        u=test.u,
        p_mw=test.p_value,
        n_mw=test.size,
        effect_mw=test.effect,
        hamming=wrong.hamming,
        hamming_standard=wrong_standard.hamming,
        p_binomial=binomial_p(wrong.hamming, wrong_standard.hamming, observed.size),
        exact_share=wrong.exact_share,
        exact_share_standard=wrong_standard.exact_share,
        over=wrong.over,
        under=wrong.under,
        over_standard=wrong_standard.over,
        under_standard=wrong_standard.under,
        weighted_hamming=weighted_hamming(observed, modified),
        weighted_hamming_standard=weighted_hamming(observed, standard),
        z=z,
        p_z=p_z,
        spearman=spearman(observed, modified),
        spearman_standard=spearman(observed, standard),
    )


@dataclass(frozen=True)
class AgainstRandom:
    """Where a statistic stands among those of random classes.

    Attributes
    ----------
    quantile : of the draws at the level (1 - level where higher is better).
    p_random : (1 + number of draws at least as good) / (1 + number of draws).
    better : whether the value is strictly better than the quantile.
    n_draws : number of draws.
    """

    quantile: float
    p_random: float
    better: bool
    n_draws: int


def against_random(
    value: float,
    draws: np.ndarray,
    level: float = 0.05,
    better: Literal["lower", "higher"] = "lower",
) -> AgainstRandom:
    """Compare a statistic with its distribution over random classes of the same size.

    The quantile is that of ``np.quantile`` with ``method="linear"``, between the two nearest
    draws. A value equal to it is not better.

    Parameters
    ----------
    value : statistic of the classes that are tested; NaN is never better and has p_random NaN.
    draws : (n_draws,) the same statistic of the random classes, finite.
    level : share of the draws that may be better, in (0, 1).
    better : which values are good, "lower" (U, Hamming) or "higher" (Spearman).

    Raises
    ------
    ValueError
        If there is no draw, a draw is not finite, the level is not in (0, 1), or ``better`` is
        another word.

    References
    ----------
    Paper, Methods, "Statistical test for South Sudan" (1,000 draws) and "... United States" (200).
    """
    draws = np.asarray(draws, dtype=float)
    if draws.ndim != 1 or draws.size == 0:
        raise ValueError(f"draws has shape {draws.shape}: one or more draws in one row are needed")
    if not np.isfinite(draws).all():
        at = int(np.argmin(np.isfinite(draws)))
        raise ValueError(f"draws[{at}] = {draws[at]}: draws must be finite")
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: it must lie between 0 and 1")
    if better not in ("lower", "higher"):
        raise ValueError(f"better = {better!r}: 'lower' or 'higher' is needed")
    # one comparison serves both directions
    sign = 1 if better == "lower" else -1
    quantile = sign * float(np.quantile(sign * draws, level, method="linear"))
    as_good = np.count_nonzero(sign * draws <= sign * value)
    p_random = np.nan if np.isnan(value) else (1 + as_good) / (1 + draws.size)
    return AgainstRandom(quantile, p_random, bool(sign * value < sign * quantile), draws.size)


@dataclass(frozen=True)
class Verdict:
    """Whether the modified model is ahead by each test of the paper, and by both (``overall``)."""

    mann_whitney: bool
    hamming: bool

    @property
    def overall(self) -> bool:
        """Ahead by both tests."""
        return self.mann_whitney and self.hamming


def verdict(
    p_mw: float,
    p_binomial: float,
    random_mw: AgainstRandom,
    random_hamming: AgainstRandom,
    alpha: float = 0.05,
) -> Verdict:
    """The paper's rule: p < alpha, and better than the quantile of random classes, on each test.

    Parameters
    ----------
    p_mw, p_binomial : P values of the two tests (or q-values); NaN is not significant.
    random_mw, random_hamming : U and Hamming distance among random classes.
    alpha : level of significance, in (0, 1).

    Raises
    ------
    ValueError
        If alpha is not in (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha = {alpha}: it must lie between 0 and 1")
    return Verdict(
        bool(p_mw < alpha and random_mw.better),
        bool(p_binomial < alpha and random_hamming.better),
    )


def false_discovery(p_values: np.ndarray) -> np.ndarray:
    """q-values of a whole table of tests, after Benjamini and Hochberg.

    Parameters
    ----------
    p_values : array of any shape, values in [0, 1]; NaN (no test) stays NaN and does not count.

    Returns
    -------
    Array of the same shape: the lowest false discovery rate at which each test is significant.

    Raises
    ------
    ValueError
        If a value is outside [0, 1].

    References
    ----------
    Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289.
    """
    from scipy.stats import false_discovery_control  # slow to load, and few steps test

    p_values = np.asarray(p_values, dtype=float)
    tested = ~np.isnan(p_values)
    given = p_values[tested]
    if ((given < 0) | (given > 1)).any():
        raise ValueError(f"p_values holds {given[(given < 0) | (given > 1)][0]}: not in [0, 1]")
    q_values = np.full(p_values.shape, np.nan)
    if given.size:
        q_values[tested] = false_discovery_control(given, method="bh")
    return q_values
