"""The modified radiation model for any benefit distribution, integrated with error control.

With w = -ln F_i(z)^n_i, an exponential variable of mean 1 whatever the distribution, paper 4,
Eq. 2 (before it is normalised) reads

    p_ij = integral dw exp(-w) prod_c F_c(z(w))^s_c [1 - F_j(z(w))^n_j].

Far destinations are reached by thresholds w of order n_i / s, many decades below 1, so the
integral runs over ln w.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad_vec

from movelaws.inequality._arguments import checked_excess
from movelaws.inequality.benefits import Benefit
from movelaws.inequality.surroundings import Surroundings

FLOOR = 1e-30
_FINEST = 1e-13  # relative tolerance; rounding of the sums allows no less
_CUT = 0.125  # share of the tolerance given to each end that is cut off
_INTERVAL = 4.0  # of ln w: wide enough to be cheap, narrow enough that no peak hides in one
_STEP = 0.05  # of ln w, for the first estimate
_MOST_INTERVALS = 20_000
_LOWEST_LOG = -1e290  # instead of -inf: times a mass of 0 it stays a number
_ATTEMPTS = 3


@dataclass(frozen=True, eq=False)
class Origin:
    """One origin and m destinations that see it through k classes of benefits.

    Attributes
    ----------
    mass : n_i > 0, people.
    nearer : (m, k) s_c, people of each class strictly nearer than the destination.
    destination_mass : (m,) n_j, people, >= 0.
    destination_class : (m,) int, from 0 to k - 1.
    excess : (k,) delta_c / delta_i - 1 of each class, relative to that of the origin, > -1.
    """

    mass: float
    nearer: np.ndarray
    destination_mass: np.ndarray
    destination_class: np.ndarray
    excess: np.ndarray

    def density(self, log_w: np.ndarray, benefit: Benefit) -> np.ndarray:
        """Chance per unit of ln w that the destination is the one chosen; (m, ...) of (...)."""
        w = np.exp(log_w)
        column = (-1, *[1] * np.ndim(w))
        excess = self.excess.reshape(column)
        log_cdf = np.maximum(benefit.scaled_log_cdf(-w / self.mass, excess), _LOWEST_LOG)
        of_destination = self.destination_mass.reshape(column) * log_cdf[self.destination_class]
        return np.exp(log_w - w + self.nearer @ log_cdf) * -np.expm1(of_destination)


def probabilities(
    surroundings: Surroundings,
    excess: np.ndarray,
    benefit: Benefit,
    *,
    relative: float = 1e-8,
) -> tuple[np.ndarray, float]:
    """p_ij of all pairs under any benefit distribution and any number of classes.

    Parameters
    ----------
    surroundings : of n zones.
    excess : (n,) delta - 1 of each zone, > -1; zones of equal value are one class.
    benefit : the distribution F that the classes scale; see :mod:`movelaws.inequality.benefits`.
    relative : error allowed, as a part of p_ij where that is at least 1e-30, else of 1e-30.

    Returns
    -------
    (n, n - 1) p_ij, not normalised, in the order of ``surroundings.order``, and the largest
    estimated error in the sense of ``relative``. Rows of zones without people are 0.

    Raises
    ------
    ValueError
        If ``excess`` has another shape or a value that is not finite or <= -1, or
        ``relative`` is not between 1e-13 and 0.1.
    RuntimeError
        If the integral of some origin does not reach ``relative``.
    """
    excess = checked_excess(surroundings, excess)
    levels, level = np.unique(excess, return_inverse=True)
    result, worst = np.zeros(surroundings.order.shape), 0.0
    for i in np.flatnonzero(surroundings.mass > 0):
        near = surroundings.order[i]
        mass = surroundings.mass[near]
        by_class = np.where(level[near, None] == np.arange(levels.size), mass[:, None], 0.0)
        inside = np.concatenate([np.zeros((1, levels.size)), np.cumsum(by_class, axis=0)])
        origin = Origin(
            mass=float(surroundings.mass[i]),
            nearer=inside[surroundings.nearer[i]],
            destination_mass=mass,
            destination_class=level[near],
            excess=(levels - excess[i]) / (1.0 + excess[i]),
        )
        name = f"zone {surroundings.zone_ids[i]!r}"
        result[i], error = integrate(origin, benefit, relative=relative, name=name)
        worst = max(worst, error)
    return result, worst


def integrate(
    origin: Origin, benefit: Benefit, *, relative: float = 1e-8, name: str = "the origin"
) -> tuple[np.ndarray, float]:
    """p_ij from one origin: (m,), and the largest estimated error; see :func:`probabilities`.

    All destinations share the nodes of an adaptive Gauss-Kronrod rule, and each is measured in
    units of its own p_ij, from a trapezoidal sum that is refined where it was too far off.
    """
    if not _FINEST <= relative <= 0.1:
        raise ValueError(f"relative = {relative} is not between {_FINEST} and 0.1")
    # Below w the integral is at most w, above it at most exp(-w).
    cut = _CUT * relative * FLOOR
    low, high = np.log(cut), np.log(-np.log(cut))
    fine = np.linspace(low, high, int((high - low) / _STEP))
    unit = np.maximum(np.trapezoid(origin.density(fine, benefit), fine, axis=1), FLOOR)
    points = _breaks(origin, benefit, low, high)
    for _ in range(_ATTEMPTS):
        found, error, status = quad_vec(
            lambda log_w, unit=unit: origin.density(log_w, benefit) / unit,
            low,
            high,
            epsabs=relative / 4,
            epsrel=0.0,
            norm="max",
            limit=_MOST_INTERVALS,
            points=points,
            full_output=True,
        )
        p = found * unit
        better = np.maximum(p, FLOOR)
        reached = float(((error * unit + 2 * cut) / better).max())
        if status.success and reached <= relative:
            return p, reached
        unit = better
    raise RuntimeError(
        f"the integral from {name} reached a relative error of {reached:.2g}, not {relative:.2g} "
        f"({status.intervals.shape[0]} intervals): allow a larger one"
    )


def _breaks(origin: Origin, benefit: Benefit, low: float, high: float) -> np.ndarray:
    """Kinks of the integrand, and a mesh that leaves no peak unseen."""
    mesh = np.linspace(low, high, int(np.ceil((high - low) / _INTERVAL)) + 1)[1:-1]
    logs = [benefit.kinks(excess) for excess in origin.excess if excess != 0]
    at = np.concatenate([*logs, []])
    kinks = np.log(-origin.mass * at[at < 0])
    return np.unique(np.concatenate([mesh, kinks[(kinks > low) & (kinks < high)]]))
