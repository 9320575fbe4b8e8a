"""A power law over a finite list of values, P(x_k) ~ m_k x_k^-a, by maximum likelihood.

Hanel et al. (2017) fit any exponent by writing the law over the values that can occur. Given the
centres of bins as values and the height of a histogram as weights, their estimator is that of the
pair distribution paper: it gives back its exponents and KS distances from the published bins (see
``slopes``).
"""

import dataclasses
import math

import numpy as np
from scipy.optimize import brentq

from movelaws.powerlaw._checks import checked_amounts, checked_sample


@dataclasses.dataclass(frozen=True)
class SampleSpaceLaw:
    """P(x_k) proportional to measure_k * x_k^-exponent.

    Attributes
    ----------
    exponent, standard_error : estimate; its error takes the weights for counts.
    ks : largest difference of the two distribution functions at the values.
    loglik : sum of weight times ln P.
    n : total weight.
    values, shares : the values, increasing, and their probabilities.
    """

    exponent: float
    standard_error: float
    ks: float
    loglik: float
    n: float
    values: np.ndarray
    shares: np.ndarray


def fit_sample_space(
    x: np.ndarray, weights: np.ndarray, measure: np.ndarray | None = None
) -> SampleSpaceLaw:
    """Exponent of a power law over the values ``x``.

    Parameters
    ----------
    x : (n_values,) all values that can occur, finite, > 0 and different.
    weights : (n_values,) how often each did, >= 0, or anything taken for that.
    measure : (n_values,) weight of each value under exponent 0, > 0; 1 if None.

    Returns
    -------
    SampleSpaceLaw

    Raises
    ------
    ValueError
        If a value, weight or measure is not allowed, values repeat, or all weight lies on the
        smallest or the largest value.

    References
    ----------
    Hanel, Corominas-Murtra, Liu, Thurner (2017), PLoS ONE 12, e0170920.
    """
    x = checked_sample(x, "x")
    weights = checked_amounts(weights, x.shape, "weights")
    measure = np.ones(x.size) if measure is None else checked_amounts(measure, x.shape, "measure")
    if (measure == 0).any():
        raise ValueError(f"measure[{int(np.argmin(measure))}] = 0: every value needs some")
    order = np.argsort(x)
    x, weights, measure = x[order], weights[order], measure[order]
    if (np.diff(x) == 0).any():
        raise ValueError(f"{x[1:][np.diff(x) == 0][0]} occurs twice in x: add up its weights")
    t, log_measure, n = np.log(x / x[0]), np.log(measure), float(weights.sum())
    mean = float(weights @ t) / n
    if not 0 < mean < t[-1]:
        raise ValueError("all weight lies on one end of the values: the exponent is infinite")

    def shares(exponent):
        log_share = log_measure - exponent * t
        return np.exp(log_share - np.logaddexp.reduce(log_share))

    def score(exponent):
        return float(shares(exponent) @ t) - mean

    reach = 1.0
    while score(-reach) < 0 or score(reach) > 0:
        reach *= 2
    exponent = brentq(score, -reach, reach, xtol=1e-13, rtol=1e-13)
    share = shares(exponent)
    variance = float(share @ (t - mean) ** 2)
    seen = weights > 0
    return SampleSpaceLaw(
        exponent,
        1 / math.sqrt(n * variance),
        float(np.abs(np.cumsum(weights) / n - np.cumsum(share)).max()),
        float(weights[seen] @ np.log(share[seen])),
        n,
        x,
        share,
    )


def sample_space_p(law: SampleSpaceLaw, n: int, *, replicates: int = 1000, seed: int) -> float:
    """Share of samples of ``n`` draws from the law whose own fit is as far as the observed one.

    A height of a histogram is no count, so that ``n`` must be said: the p published for the ratios
    of the pair distribution paper belong to about twenty draws, not to the moves behind them.

    Parameters
    ----------
    law : a fit without measure.
    n : draws per sample, at least 2.
    replicates, seed : number of samples and their seed.

    Returns
    -------
    p = (k + 1) / (replicates + 1).

    Raises
    ------
    ValueError
        If n < 2 or replicates < 1.
    """
    if n < 2 or replicates < 1:
        raise ValueError(f"n = {n}, replicates = {replicates}: at least 2 and 1 are needed")
    reached = 0
    for stream in np.random.SeedSequence(seed).spawn(replicates):
        drawn = np.random.default_rng(stream).multinomial(n, law.shares / law.shares.sum())
        seen = np.flatnonzero(drawn)
        if seen[0] == seen[-1] and seen[0] in (0, drawn.size - 1):
            continue  # the law of infinite exponent meets such a sample exactly
        reached += fit_sample_space(law.values, drawn).ks >= law.ks * (1 - 1e-12)
    return (reached + 1) / (replicates + 1)
