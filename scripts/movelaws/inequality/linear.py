"""The modified radiation model to first order in the excess of all zones over delta = 1."""

from typing import NamedTuple

import numba
import numpy as np

from movelaws.inequality._arguments import checked_excess
from movelaws.inequality.standard import radiation
from movelaws.inequality.surroundings import Surroundings
from movelaws.threads import share_out


class Linear(NamedTuple):
    """Probabilities of the linearised model and how many of them had to be clipped.

    Attributes
    ----------
    p : (n, n - 1) in [0, 1], not normalised, in the order of ``Surroundings.order``.
    n_low : number of pairs below 0 before clipping.
    n_high : number of pairs above 1 before clipping.
    """

    p: np.ndarray
    n_low: int
    n_high: int


def linear(surroundings: Surroundings, excess: np.ndarray) -> Linear:
    """Modified radiation model linearised around equal living conditions.

    p_ij = r_ij [1 + eps_i n_i + sum_k eps_k n_k - eps_j (n_i + s_ij)], where k runs over the zones
    strictly nearer to i than j and r_ij is the standard radiation probability. It holds while
    every eps n is small against 1, eps (n_i + s_ij) included; where it leaves [0, 1] it is clipped
    (see :func:`movelaws.inequality.many_class.many_class` for the exact form).

    Parameters
    ----------
    surroundings : n zones.
    excess : (n,) eps = delta - 1 > -1 of each zone; benefits are uniform on [0, 1 / delta].

    Returns
    -------
    Linear

    Raises
    ------
    ValueError
        If an excess is not finite or not above -1, or the shape is wrong.
    """
    excess = checked_excess(surroundings, excess)
    n = surroundings.n_zones
    result = np.empty(surroundings.order.shape)
    low, high = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    share_out(
        _fill, n,
        surroundings.mass, surroundings.order, surroundings.nearer, surroundings.intervening,
        excess, result, low, high,
    )  # fmt: skip
    return Linear(result, int(low.sum()), int(high.sum()))


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _fill(first, last, mass, order, nearer, intervening, excess, result, low, high):
    m = order.shape[1]
    for i in range(first, last):
        inside, weighted = 0, excess[i] * mass[i]
        for p in range(m):
            while inside < nearer[i, p]:
                k = order[i, inside]
                weighted += excess[k] * mass[k]
                inside += 1
            j, s, value = order[i, p], intervening[i, p], 0.0
            if mass[i] > 0:
                change = weighted - excess[j] * (mass[i] + s)
                value = radiation(mass[i], s, mass[j]) * (1.0 + change)
            low[i] += value < 0
            high[i] += value > 1
            result[i, p] = min(max(value, 0.0), 1.0)
