"""Intervals where twice the log-likelihood falls short of its maximum by a chi-squared quantile."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincinv  # half the chi-squared quantile of one degree of freedom

from movelaws.powerlaw._checks import checked_level


def likelihood_interval(
    loglik: Callable[[float], float], best: float, step: float, level: float
) -> tuple[float, float]:
    """Both ends of {value : 2 (max - loglik(value)) <= chi2 quantile of 1 degree of freedom}.

    ``step`` is a first guess of the half-width, the standard error for instance; an end that
    lies more than 2^60 steps away is infinite.
    """
    allowed = gammaincinv(0.5, checked_level(level))
    top = loglik(best)
    return tuple(_end(lambda v: top - loglik(v) - allowed, best, sign * step) for sign in (-1, 1))


def _end(excess: Callable[[float], float], best: float, step: float) -> float:
    inner, outer = best, best + step
    for _ in range(60):
        if excess(outer) > 0:
            return brentq(excess, inner, outer, xtol=1e-12, rtol=1e-12)
        inner, outer = outer, best + 2 * (outer - best)
    return float(np.copysign(np.inf, step))
