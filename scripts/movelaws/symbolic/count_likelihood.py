"""Log likelihood of counts, Poisson and negative binomial, without loss of digits.

Written with gamma functions the likelihood of a large flow is a small difference of huge numbers.
Here Stirling's formula stands for each of them, so that all that is huge cancels on paper and not
in the computer: what is left are distances between flow and mean, each of the size of its effect
(saddle-point form; Loader 2000, "Fast and accurate computation of binomial probabilities").
"""

import numpy as np
from scipy.special import gammaln

_HALF_LN_TAU = 0.5 * np.log(2 * np.pi)
_LARGE = 16.0  # from here on the series of the Stirling error is exact to the last digit
_SMALL = 0.1  # up to here log1p(x) - x is summed as a series


def log_likelihood(flow: np.ndarray, mean: np.ndarray, dispersion: float) -> float:
    """Of independent flows: Poisson if ``dispersion`` is 0, else negative binomial (Eq. 8).

    The negative binomial of variance mu + alpha mu^2 becomes the Poisson distribution, to the last
    digits, as alpha goes to 0.

    Parameters
    ----------
    flow : (n_rows,) flows >= 0; half trips too, as the gamma function stands for factorials.
    mean : (n_rows,) their expectations; 0 where only a flow of 0 is possible.
    dispersion : alpha >= 0.

    Raises
    ------
    ValueError
        If the dispersion is negative or not finite.
    """
    if not (np.isfinite(dispersion) and dispersion >= 0):
        raise ValueError(f"dispersion = {dispersion}: a finite number of at least 0 is needed")
    flow, mean = np.asarray(flow, dtype=float), np.asarray(mean, dtype=float)
    rare = dispersion * mean
    found = np.empty(flow.shape)
    none = flow == 0
    # P(0) is exp(-mu) for Poisson and (1 + alpha mu)^(-1/alpha) else
    found[none] = -mean[none] * _log1p_ratio(rare[none])
    found[~none] = _of_positive(flow[~none], mean[~none], dispersion)
    return float(found.sum())


def _of_positive(flow: np.ndarray, mean: np.ndarray, dispersion: float) -> np.ndarray:
    """(n,) of flows > 0: minus the distance from the mean, minus the log of the peak's width."""
    spread = 1 + dispersion * mean
    with np.errstate(divide="ignore"):
        distance = -flow * log1p_less((mean - flow) / (flow * spread))
    width = _HALF_LN_TAU + 0.5 * np.log(flow) + 0.5 * np.log1p(dispersion * flow)
    found = -distance - width - stirling_error(flow)
    if dispersion > 0:
        rho = 1 / dispersion
        found += rho * log1p_less(dispersion * (flow - mean) / spread)
        found += stirling_error(flow + rho) - stirling_error(np.array([rho]))
    return found


def log1p_less(x: np.ndarray) -> np.ndarray:
    """ln(1 + x) - x, which is -x^2 / 2 + ..., to full relative precision; x >= -1."""
    x = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore"):
        found = np.log1p(x) - x
    small = np.abs(x) < _SMALL
    # ln(1 + x) = 2 artanh(r) with r = x / (2 + x), and 2 r - x = -r x
    r = x[small] / (2 + x[small])
    square = r * r
    series = np.zeros_like(r)
    for odd in range(19, 1, -2):
        series = series * square + 1 / odd
    found[small] = r * (2 * square * series - x[small])
    return found


def stirling_error(z: np.ndarray) -> np.ndarray:
    """ln Gamma(z) less (z - 1/2) ln z - z + ln(2 pi) / 2, for z > 0; 1 / (12 z) - ..."""
    z = np.asarray(z, dtype=float)
    small = np.minimum(z, _LARGE)
    direct = gammaln(small + 1) - (small + 0.5) * np.log(small) + small - _HALF_LN_TAU
    inverse = 1 / np.maximum(z, _LARGE)
    square = inverse * inverse
    series = np.zeros_like(z)
    # Bernoulli numbers B_2k / (2k (2k - 1))
    for term in (-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12):
        series = series * square + term
    return np.where(z < _LARGE, direct, series * inverse)


def _log1p_ratio(x: np.ndarray) -> np.ndarray:
    """ln(1 + x) / x, 1 at x = 0."""
    return np.where(x > 0, np.log1p(x) / np.where(x > 0, x, 1.0), 1.0)
