"""Exponent of a pair distribution that grows like r^gamma, from 1 m bins.

The paper says "least squares" and no more; the readings of that, and the likelihood, are here.
"""

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import stdtrit  # the quantile of Student's t

from movelaws.powerlaw.binned import fit_binned

METHODS = ("linear", "log", "log per decade", "likelihood")
"""Least squares of the density; of its logarithm, each metre alike; the same, each ratio of
distances alike; multinomial likelihood of the counts."""
_EXPONENTS = (-3.0, 6.0)


def growth_exponent(
    edges: np.ndarray, counts: np.ndarray, low: float, high: float, method: str = "linear"
) -> float:
    """Exponent gamma of counts per bin that grow like r^gamma between two distances.

    Parameters
    ----------
    edges : (n_bins + 1,) rising, m; bins of equal width.
    counts : (n_bins,) pairs per bin, any factor.
    low, high : m; only bins wholly between them are used.
    method : one of METHODS. "linear" minimises sum_k (n_k - c r_k^gamma)^2.

    Returns
    -------
    float, nan where fewer than three bins hold pairs.

    Raises
    ------
    ValueError
        If the method is unknown or the range is empty.

    References
    ----------
    Paper 3, SI 7.5.1.
    """
    if method not in METHODS:
        raise ValueError(f"method = {method!r}: one of {', '.join(METHODS)}")
    if not 0 < low < high:
        raise ValueError(f"range from {low} to {high} m: 0 < low < high is needed")
    edges, counts = np.asarray(edges, float), np.asarray(counts, float)
    used = (edges[:-1] >= low - 1e-9) & (edges[1:] <= high + 1e-9)
    r, n = ((edges[1:] + edges[:-1]) / 2)[used], counts[used]
    if np.count_nonzero(n) < 3:
        return math.nan
    if method == "linear":
        return _linear(r, n)
    if method == "likelihood":
        # Only whole bins count, as above; a cost r^-a that grows has a negative exponent.
        first = int(np.argmax(used))
        return -fit_binned(edges[first : first + r.size + 1], n).exponent
    weight = 1 / r if method == "log per decade" else np.ones(r.size)
    there = n > 0
    return _log(np.log(r[there]), np.log(n[there]), weight[there])


def law(edges: np.ndarray, counts: np.ndarray, low: float, high: float, exponent: float):
    """(n_bins,) c r^exponent in every bin, c by least squares between ``low`` and ``high``."""
    r = (np.asarray(edges)[1:] + np.asarray(edges)[:-1]) / 2
    used = (np.asarray(edges)[:-1] >= low - 1e-9) & (np.asarray(edges)[1:] <= high + 1e-9)
    x = r**exponent
    return x * float(x[used] @ np.asarray(counts, float)[used] / (x[used] @ x[used]))


def jackknife(estimates: np.ndarray, best: float, confidence: float) -> tuple[float, float, float]:
    """Standard error and interval from the estimates that each leave one block out.

    Parameters
    ----------
    estimates : (n_blocks,) without each block in turn.
    best : estimate from all.
    confidence : of the interval, between 0 and 1; Student's t with n_blocks - 1 degrees.

    Returns
    -------
    standard error, low, high; nan with fewer than four blocks.
    """
    kept = estimates[np.isfinite(estimates)]
    n = kept.size
    if n < 4 or not math.isfinite(best):
        return math.nan, math.nan, math.nan
    error = math.sqrt((n - 1) / n * float(((kept - kept.mean()) ** 2).sum()))
    reach = error * float(stdtrit(n - 1, (1 + confidence) / 2))
    return error, best - reach, best + reach


def _linear(r, n):
    """Least squares of n against c r^gamma; c follows from gamma, so one search is enough."""
    ln_u = np.log(r / r[-1])
    n = n / n.max()

    def unexplained(gamma):
        x = np.exp(gamma * ln_u)
        return 1 - (x @ n) ** 2 / ((x @ x) * (n @ n))

    found = minimize_scalar(
        unexplained, bounds=_EXPONENTS, method="bounded", options={"xatol": 1e-7}
    )
    return float(found.x)


def _log(x, y, weight):
    w = weight / weight.sum()
    x0, y0 = w @ x, w @ y
    return float((w * (x - x0)) @ (y - y0) / ((w * (x - x0)) @ (x - x0)))
