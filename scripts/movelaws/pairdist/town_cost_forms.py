"""An exponential core with a power-law tail as intrinsic cost of a town (after SI 8.4).

pi(r) is exp(-core (r / R - 1)) up to the radius R and (r / R)^-tail beyond: the "exponential
Pareto" that the paper sets against its two power laws. Same likelihood as those: moves per bin,
given the pairs of each bin.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# Gauss-Legendre nodes per bin: pi is smooth but for the kink at R.
_NODES = 6
_STEEPEST, _SMALLEST = 30.0, 1e-3


@dataclass(frozen=True)
class ExponentialCore:
    """Fit of an exponential core and a power-law tail.

    Attributes
    ----------
    core, tail : steepness within the radius and exponent beyond it.
    radius : R, m.
    loglik : sum of counts times ln P(bin).
    log_shares : (n_bins,) ln P(bin); -inf where a bin holds no pair.
    """

    core: float
    tail: float
    radius: float
    loglik: float
    log_shares: np.ndarray

    @property
    def aic(self) -> float:
        """Akaike's criterion with three parameters."""
        return 6 - 2 * self.loglik


def fit_exponential_core(
    edges: np.ndarray, counts: np.ndarray, pairs: np.ndarray, radius: float
) -> ExponentialCore:
    """Maximum likelihood from moves per bin and pairs per bin.

    Parameters
    ----------
    edges : (n_bins + 1,) m, increasing, > 0.
    counts, pairs : (n_bins,) moves and pairs; no move without a pair.
    radius : m, where to start from.

    Raises
    ------
    ValueError
        If moves lie in a bin without pairs.
    """
    lost = (counts > 0) & ~(pairs > 0)
    if lost.any():
        at = int(np.argmax(lost))
        raise ValueError(f"{counts[at]:g} moves from {edges[at]:g} to {edges[at + 1]:g} m, no pair")
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    r = (edges[:-1] + edges[1:])[:, None] / 2 + np.diff(edges)[:, None] / 2 * nodes
    log_weights = np.log(weights / 2)
    with np.errstate(divide="ignore"):
        log_pairs = np.log(pairs)
    seen = counts > 0
    low, high = math.log(edges[0]), math.log(edges[-1])

    def shares(theta):
        log_radius = min(max(theta[0], low), high)
        x = r * math.exp(-log_radius)
        core = min(max(theta[1], -_STEEPEST), _STEEPEST)
        log_cost = np.where(x < 1, -core * (x - 1), -theta[2] * np.log(x))
        mass = np.logaddexp.reduce(log_cost + log_weights, axis=1) + log_pairs
        return mass - np.logaddexp.reduce(mass)

    def loss(theta):
        beyond = max(theta[0] - high, low - theta[0], 0.0) + max(abs(theta[1]) - _STEEPEST, 0.0)
        return -float(counts[seen] @ shares(theta)[seen]) * (1 + _SMALLEST * beyond)

    options = {"xatol": 1e-5, "fatol": 1e-6, "maxiter": 600}
    starts = [(math.log(radius * factor), 1.0, 1.5) for factor in (0.5, 1.5)]
    best = min((minimize(loss, start, method="Nelder-Mead", options=options) for start in starts),
               key=lambda fit: fit.fun)  # fmt: skip
    log_shares = shares(best.x)
    loglik = float(counts[seen] @ log_shares[seen])
    radius = math.exp(min(max(best.x[0], low), high))
    return ExponentialCore(float(best.x[1]), float(best.x[2]), radius, loglik, log_shares)
