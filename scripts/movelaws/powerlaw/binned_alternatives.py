"""Log-normal, exponential and Weibull intrinsic costs from moves per bin and pairs per bin.

The competitors of ``fit_cost`` under the same multinomial likelihood: P(bin) ~ pairs times the mean
of the cost over the bin, the cost having the shape of the law's density.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from movelaws.powerlaw.alternatives import (
    ALTERNATIVES,
    Alternative,
    likelihood_ratio,
    scale_of,
)
from movelaws.powerlaw.binned import BinnedPowerLaw, used_bins

# A log-normal wider than this many ln(high / low) is a power law; so is a Weibull of this shape.
_WIDEST, _FLATTEST = 30.0, 1e-3


@dataclasses.dataclass(frozen=True)
class BinnedAlternative:
    """A cost with the shape of ``law`` on the bins of a ``BinnedPowerLaw``.

    Attributes
    ----------
    law : the law whose density is the cost, up to a factor.
    loglik : sum of counts times ln P(bin); n : their total.
    edges, counts, pairs : the bins used.
    """

    law: Alternative
    loglik: float
    n: float
    edges: np.ndarray
    counts: np.ndarray
    pairs: np.ndarray

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * len(self.law.parameters) - 2 * self.loglik

    def log_shares(self) -> np.ndarray:
        """(n_bins,) ln P(bin) under the law."""
        return _log_shares(self.law, self.edges, self.pairs)


def fit_cost_alternative(
    name: str,
    edges: np.ndarray,
    counts: np.ndarray,
    pairs: np.ndarray,
    low: float | None = None,
    high: float | None = None,
) -> BinnedAlternative:
    """Maximum likelihood of another form of the intrinsic cost.

    Parameters
    ----------
    name : one of ALTERNATIVES.
    edges, counts, pairs, low, high : as in ``fit_cost``.

    Returns
    -------
    BinnedAlternative

    Raises
    ------
    ValueError
        If the name is unknown, and as ``fit_cost``.
    """
    if name not in ALTERNATIVES:
        raise ValueError(f"name = {name!r}: the alternatives are {', '.join(ALTERNATIVES)}")
    edges, counts, pairs = used_bins(edges, counts, pairs, low, high)
    ends = float(edges[0]), float(edges[-1])
    seen = counts > 0
    law, starts = _family(name, *ends)

    def loss(theta):
        value = -counts[seen] @ _log_shares(law(theta), edges, pairs)[seen]
        return value if np.isfinite(value) else np.inf

    options = {"xatol": 1e-8, "fatol": 1e-8, "maxiter": 5000, "maxfev": 5000}
    fits = [minimize(loss, s, method="Nelder-Mead", options=options) for s in starts]
    best = min(fits, key=lambda fit: fit.fun)
    n = float(counts.sum())
    fitted = dataclasses.replace(law(best.x), loglik=-float(best.fun), n=n)
    return BinnedAlternative(fitted, -float(best.fun), n, edges, counts, pairs)


def compare_cost(power: BinnedPowerLaw, other: BinnedAlternative) -> tuple[float, float, float]:
    """Vuong's ratio, normalised ratio and p; positive in favour of the power law.

    Raises
    ------
    ValueError
        If the two were fitted to different bins.
    """
    if not np.array_equal(power.edges, other.edges):
        raise ValueError(
            f"the power law has {power.edges.size - 1} bins, the other law "
            f"{other.edges.size - 1} or others: fit both to the same bins"
        )
    return likelihood_ratio(power.log_shares(), other.log_shares(), power.counts)


def _log_shares(law, edges, pairs):
    with np.errstate(divide="ignore"):
        log_mass = law.log_masses(edges) + np.log(pairs / np.diff(edges))
    return log_mass - np.logaddexp.reduce(log_mass)


def _family(name: str, low: float, high: float) -> tuple[Callable, list[np.ndarray]]:
    """The law as a function of free parameters, and where to start."""
    width = math.log(high / low)
    if name != "lognormal":
        # The shape, and by how much the exponential part falls over the range.
        steepest = 300 / width

        def weibull(theta):
            shape = 1.0
            if name == "weibull":
                shape = min(max(_exp(theta[1]), _FLATTEST), steepest)
            fall = _exp(theta[0])
            parameters = {"scale": scale_of(shape, fall, low, high)}
            if name == "weibull":
                parameters = {"shape": shape} | parameters
            return Alternative(name, parameters, low, high, fall=fall)

        falls = (-1.0, 1.0, 4.0)
        if name == "exponential":
            return weibull, [np.array([f]) for f in falls]
        return weibull, [np.array([f, s]) for f in falls for s in (-3.0, -1.0, 0.0)]

    def lognormal(theta):
        # The slope in the middle of the range and the width, straight towards a power law.
        sigma = min(max(_exp(theta[1]), 1e-3), _WIDEST * width)
        mu = math.log(low) + width / 2 + theta[0] * sigma**2
        return Alternative(name, {"mu": float(mu), "sigma": float(sigma)}, low, high)

    starts = [(a, math.log(b * width)) for a in (-1.0, 0.0, 1.0) for b in (0.3, 2.0)]
    return lognormal, [np.array(s) for s in starts]


def _exp(value: float) -> float:
    return math.exp(min(max(value, -600.0), 600.0))
