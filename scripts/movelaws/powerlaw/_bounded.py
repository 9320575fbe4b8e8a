"""The truncated exponential on [0, 1], density u e^(u x) / (e^u - 1), which a power law is in logs.

With x = ln(r / low) / L, L = ln(high / low) and u = (1 - exponent) L, a power law of exponent 1 is
u = 0, where nothing is singular: the formulas below are even or odd around it. None overflows.
"""

import math

import numpy as np
from scipy.optimize import brentq

# Below this |u| the series are exact to rounding; above it the closed forms lose under 1e-11.
_SERIES = 0.05
# A mean share below this belongs to u < -500, where e^u is nothing beside 1.
_FAR = 1 / 500


def mean_share(u: np.ndarray | float) -> np.ndarray:
    """Mean of x, 1 / (1 - e^-u) - 1 / u: it rises from 0 over 1/2 (u = 0) to 1."""
    u = np.asarray(u, dtype=float)
    small = np.abs(u) < _SERIES
    safe = np.where(small, 1.0, np.abs(u))
    # Seen from the end where the mass lies, small means keep all their digits.
    from_end = 1 / safe + np.exp(-safe) / np.expm1(-safe)
    v = np.where(small, u, 0.0)
    series = 0.5 + v / 12 - v**3 / 720 + v**5 / 30240
    return np.where(small, series, np.where(u < 0, from_end, 1 - from_end))


def variance_share(u: np.ndarray | float) -> np.ndarray:
    """Variance of x, 1 / u^2 - 1 / (4 sinh^2(u / 2)), the derivative of the mean by u."""
    u = np.asarray(u, dtype=float)
    small = np.abs(u) < _SERIES
    safe = np.where(small, 1.0, np.abs(u))
    decay = np.exp(-safe)
    closed = 1 / safe**2 - decay / np.expm1(-safe) ** 2
    v = np.where(small, u, 0.0)
    return np.where(small, 1 / 12 - v**2 / 240 + v**4 / 6048, closed)


def log_mean_exp(u: np.ndarray | float) -> np.ndarray:
    """ln of the integral of e^(u x) over [0, 1], ln((e^u - 1) / u)."""
    u = np.asarray(u, dtype=float)
    size = np.abs(u)
    small = size < _SERIES
    safe = np.where(small, 1.0, size)
    closed = np.maximum(u, 0) + np.log(-np.expm1(-safe)) - np.log(safe)
    v = np.where(small, u, 0.0)
    return np.where(small, v / 2 + v**2 / 24 - v**4 / 2880, closed)


def share_below(x: np.ndarray, u: float) -> np.ndarray:
    """Distribution function at x in [0, 1]."""
    if u == 0:
        return np.asarray(x, dtype=float)
    if u > 0:
        return 1 - share_below(1 - np.asarray(x, dtype=float), -u)
    return np.expm1(u * np.asarray(x, dtype=float)) / np.expm1(u)


def quantile(share: np.ndarray, u: float) -> np.ndarray:
    """Inverse of ``share_below``."""
    share = np.asarray(share, dtype=float)
    if u == 0:
        return share
    if u > 0:
        return 1 - quantile(1 - share, -u)
    with np.errstate(divide="ignore"):
        return np.clip(np.log1p(share * np.expm1(u)) / u, 0, 1)


def slope_of_mean(mean: float) -> float:
    """The u whose mean share is ``mean``, 0 < mean < 1: the one root of the score."""
    if not 0 < mean < 1:
        raise ValueError(f"mean share of the log-range = {mean}: it lies strictly between 0 and 1")
    if mean > 0.5:
        # The mirror image keeps all digits where 1 / (1 - mean) is large.
        return -slope_of_mean(1 - mean)
    if mean == 0.5:
        return 0.0
    if mean < _FAR:
        return -1 / mean
    # mean_share(u) < -1 / u for u < 0, so that the root lies above -1 / mean.
    return brentq(lambda u: _mean_left(u) - mean, -2 / mean, 0.0, xtol=1e-14, rtol=1e-14)


def _mean_left(u: float) -> float:
    """``mean_share`` of one u <= 0, without the cost of an array."""
    if u > -_SERIES:
        return 0.5 + u / 12 - u**3 / 720 + u**5 / 30240
    return -1 / u + math.exp(u) / math.expm1(u)
