"""The modified radiation model, exact for any number of classes of zones."""

import numba
import numpy as np

from movelaws.inequality._arguments import checked_excess
from movelaws.inequality._pieces import SMALL, decay_difference, mean_decay, series
from movelaws.inequality.surroundings import Surroundings
from movelaws.threads import share_out

# What is left of an integral beyond a survival this small, as a part of the first, changes no
# digit of it as long as n_j is more than 1e-10 of all people and they are fewer than 1e10.
_NEGLIGIBLE = 1e-36
# Below this products of survivals are set to 0 before they turn into slow, inexact numbers.
_LEAST = 1e-290


def many_class(surroundings: Surroundings, excess: np.ndarray) -> np.ndarray:
    """Probability that a person in i moves to j when benefits differ between zones.

    Benefits in zone c are uniform on [0, 1 / delta_c], so in u = -log z with e_c = log delta_c

        p_ij = int_{u > max(e_i, e_j)} n_i exp[-n_i (u - e_i)] exp[-sum_k n_k (u - e_k)^+]
               {1 - exp[-n_j (u - e_j)]} du,

    k running over the zones strictly nearer to i than j. Between consecutive values of e the
    exponents are linear in u, so the integral is a finite sum of closed forms; none of them is
    negative. A common factor on all delta changes nothing.

    Parameters
    ----------
    surroundings : n zones.
    excess : (n,) delta - 1 > -1 of each zone. Small values keep all their digits.

    Returns
    -------
    (n, n - 1) in [0, 1], not normalised, in the order of ``surroundings.order``; rows sum to at
    most 1. 0 where n_i = 0 or n_j = 0, and where it is below 1e-290.

    Raises
    ------
    ValueError
        If an excess is not finite or not above -1, or the shape is wrong.

    Notes
    -----
    With C distinct values of the excess, at most n (n - 1) C terms (12 to 23 s of one core for
    3,108 zones and C = 312), and 16 n C bytes besides the result.

    References
    ----------
    Inequality-aware modified radiation model (paper 4), general equation for p_ij.
    """
    excess = checked_excess(surroundings, excess)
    levels, of_zone = np.unique(excess, return_inverse=True)
    log_delta = np.log1p(levels)
    # (n, C): the best of zone k stays below 1 / delta_c, or exceeds it. Each is needed to all its
    # digits, also where the other is 1.
    stays = np.minimum(log_delta[of_zone][:, None] - log_delta, 0.0)
    stays *= surroundings.mass[:, None]
    exceeds = -np.expm1(stays)
    np.exp(stays, out=stays)
    result = np.empty(surroundings.order.shape)
    share_out(
        _fill, surroundings.n_zones,
        surroundings.mass, surroundings.order, surroundings.nearer, of_zone.astype(np.int64),
        np.diff(log_delta), stays, exceeds, result,
    )  # fmt: skip
    return result


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill(low, high, mass, order, nearer, level, width, stays, exceeds, result):
    m = order.shape[1]
    for i in range(low, high):
        if mass[i] == 0:
            result[i] = 0.0
            continue
        inside = 0
        # At each level: rate of decay just beyond it, and chance that nobody nearer exceeds it.
        rate = np.zeros(width.size + 1)
        survival = np.ones(width.size + 1)
        _add(mass[i], level[i], stays[i], rate, survival)
        for p in range(m):
            while inside < nearer[i, p]:
                k = order[i, inside]
                _add(mass[k], level[k], stays[k], rate, survival)
                inside += 1
            j = order[i, p]
            first = max(level[i], level[j])
            arrivals = _arrivals(first, rate, survival, width, mass[j], exceeds[j])
            # A certainty may come out as one and a bit.
            result[i, p] = min(mass[i] * arrivals, 1.0)


@numba.njit(cache=True, error_model="numpy")
def _add(n_k, level, stays, rate, survival):
    """Let one more zone stop people."""
    for c in range(level, rate.size):
        rate[c] += n_k
    for c in range(level, rate.size):
        left = survival[c] * stays[c]
        survival[c] = left if left > _LEAST else 0.0


@numba.njit(cache=True, error_model="numpy")
def _arrivals(first, rate, survival, width, n_j, exceeds):
    """int survival(u) {1 - exp[-n_j (u - e_j)]} du from a level on.

    In a piece of width h the survival decays as exp(-a t) and the chance of staying below as
    exp(-n_j t): int_0^h exp(-a t) {1 - (1 - E) exp(-n_j t)} dt is a difference of two decays plus
    E times one.
    """
    end = _first_below(survival, first, survival[first] * _NEGLIGIBLE)
    if end == survival.size:
        a, last = rate[-1], width.size
        total = survival[last] * (n_j + exceeds[last] * a) / (a * (a + n_j))
    else:
        total = 0.0
    end = min(end, width.size)
    total += _narrow(first, end, rate, survival, width, n_j, exceeds)
    for c in range(first, end):
        x, y = rate[c] * width[c], n_j * width[c]
        if x + y >= SMALL:
            both = decay_difference(x, y) + exceeds[c] * mean_decay(x + y)
            total += survival[c] * width[c] * both
    return total


@numba.njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _narrow(first, end, rate, survival, width, n_j, exceeds):
    """Sum over the pieces for which the series holds; free of branches, so it is vectorised."""
    total = 0.0
    for c in range(first, end):
        h = width[c]
        x, y = rate[c] * h, n_j * h
        decay, slope = series(x, x + y)
        piece = survival[c] * h * (y * slope + exceeds[c] * decay)
        total += piece if x + y < SMALL else 0.0
    return total


@numba.njit(cache=True, error_model="numpy")
def _first_below(falling, first, limit):
    """First index from ``first`` on whose value is at most the limit; bisection."""
    low, high = first, falling.size
    while low < high:
        middle = (low + high) // 2
        if falling[middle] > limit:
            low = middle + 1
        else:
            high = middle
    return low
